import { controlPlanes } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { observeAll, type SeenNode } from './observe.ts'
import { meet, type Session } from './session.ts'

/** A control plane whose API server answers. @throws KubestrapError KS-NO-CONTROL-PLANE */
export async function meetSteward(session: Session): Promise<SeenNode> {
  const planes = controlPlanes(session.cluster)
  await meet(session, planes)
  const seen = await observeAll(session, planes)
  const living = seen.find(({ inspection }) => inspection?.cluster)
  if (!living) throw noLivingControlPlane()
  return living
}

export function noLivingControlPlane(): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-CONTROL-PLANE',
    exit: 'unhealthy',
    what: 'no control plane of the file has an API server that answers',
    remedy: 'kubestrap status shows what each node says; kubestrap up raises the cluster',
  })
}
