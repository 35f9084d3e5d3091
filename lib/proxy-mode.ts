import type { Cluster } from './cluster.ts'

/** How kube-proxy, and the pod network beside it, write their rules into the kernel. */
export type ProxyMode = 'nftables' | 'iptables' | 'ipvs'

/** https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables */
const nftablesSince = [5, 13] as const

/**
 * One mode for the whole cluster: kube-proxy and Calico have to agree, on all nodes. The file
 * decides; else nftables, unless the kernel of one node is too old for it (Enterprise Linux 9 has
 * 5.14, 10 has 6.12 and no legacy iptables).
 *
 * @param kernels `5.14.0-585.el9.x86_64` of each node; what has no such form is passed over
 */
export function proxyModeFor({ kubeProxy }: Cluster, kernels: readonly string[]): ProxyMode {
  return modeOf(kubeProxy.mode) ?? (kernels.some(isOlder) ? 'iptables' : 'nftables')
}

/** `mode` of a KubeProxyConfiguration; empty means iptables there. */
export function modeOf(value: unknown): ProxyMode | undefined {
  if (value === '') return 'iptables'
  return value === 'nftables' || value === 'iptables' || value === 'ipvs' ? value : undefined
}

function isOlder(kernel: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? []
  if (major === undefined) return false
  const [wantedMajor, wantedMinor] = nftablesSince
  return (
    Number(major) < wantedMajor || (Number(major) === wantedMajor && Number(minor) < wantedMinor)
  )
}
