/** On control planes: what API servers are given in files, mounted read-only as one folder. */
export const apiServerFolder = '/etc/kubernetes/kubestrap'

export const auditPolicyFile = `${apiServerFolder}/audit-policy.yaml`
export const auditLogFolder = '/var/log/kubernetes/audit'
export const auditLogFile = `${auditLogFolder}/audit.log`

/**
 * Which requests the API server notes. The first rule that fits counts. No rule is of a level above
 * Metadata: bodies of Secrets, ConfigMaps and TokenReviews are never written, nor anybody else's.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy ; CIS 3.2.1, 3.2.2
 */
export const auditPolicy = `# Written by kubestrap, phase prerequisites.
# Read when the API server starts. The first rule that fits a request counts.
apiVersion: audit.k8s.io/v1
kind: Policy
# One line a request, when it was answered; of a watch one when it begins and one when it ends.
omitStages: [RequestReceived]
omitManagedFields: true
rules:
  # Noise: probes, renewed leases, events, and what the cluster's own parts read all the time.
  - level: None
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi*"]
  - level: None
    resources:
      - group: ""
        resources: [events]
      - group: events.k8s.io
        resources: [events]
  - level: None
    userGroups: ["system:nodes"]
    verbs: [get, patch, update]
    resources:
      - group: ""
        resources: [nodes, nodes/status, pods, pods/status]
      - group: coordination.k8s.io
        resources: [leases]
  - level: None
    users:
      - system:kube-controller-manager
      - system:kube-scheduler
      - system:apiserver
    verbs: [get, list, watch, update]
    resources:
      - group: ""
        resources: [endpoints, namespaces, nodes, pods, services]
      - group: coordination.k8s.io
        resources: [leases]
  - level: None
    userGroups: ["system:serviceaccounts:kube-system"]
    verbs: [list, watch]
    resources:
      - group: ""
        resources: [endpoints, namespaces, nodes, pods, services]
      - group: discovery.k8s.io
        resources: [endpointslices]
  # All the rest: who, when, what, from where, and how it ended; no bodies.
  - level: Metadata
`
