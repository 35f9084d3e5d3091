import type { Cluster } from './cluster.ts'
import { KubestrapError } from './errors.ts'
import { endpointOf } from './render/kubeadm-config.ts'

/** KS-ENDPOINT-SILENT: the API servers answer, but not behind their common address. */
export function endpointSilent(cluster: Cluster, lines: readonly string[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-ENDPOINT-SILENT',
    exit: 'unhealthy',
    what: `the endpoint ${endpointOf(cluster)} cannot be relied on`,
    lines,
    remedy:
      cluster.endpoint.provider === 'kube-vip'
        ? 'kubestrap status shows who holds the virtual IP; its log there: kubectl -n kube-system logs kube-vip-NODE. All control planes must be in one network'
        : 'check the load balancer: it must forward to port 6443 of every control plane, by /readyz',
  })
}
