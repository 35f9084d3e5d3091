import { apiServerFolder } from './audit-policy.ts'

export const admissionFile = `${apiServerFolder}/admission.yaml`

/**
 * What the API server thinks of pods in namespaces without labels of their own: it warns of what
 * the standard "baseline" forbids, and notes it in the audit log, but forbids nothing.
 * https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/
 */
export const admissionConfig = `# Written by kubestrap, phase prerequisites.
# Read when the API server starts. A namespace that is to be strict is labelled:
#   kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults:
        enforce: privileged
        enforce-version: latest
        audit: baseline
        audit-version: latest
        warn: baseline
        warn-version: latest
      exemptions:
        # The cluster's own parts need the node's network and files.
        namespaces: [kube-system, calico-system, calico-apiserver, tigera-operator]
`
