import { KubestrapError } from '../lib/errors.ts'

export function noLivingControlPlane(): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-CONTROL-PLANE',
    exit: 'unhealthy',
    what: 'no control plane of the file has an API server that answers',
    remedy: 'kubestrap status shows what each node says; kubestrap up raises the cluster',
  })
}
