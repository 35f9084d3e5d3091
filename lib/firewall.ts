import type { CalicoSettings, Cluster, ClusterNode } from './cluster.ts'

/** A port or a range of ports (`30000-32767`) that a node answers on. */
export interface PortOpening {
  readonly port: string
  readonly protocol: 'tcp' | 'udp'
  /** Who listens there. */
  readonly what: string
}

/** A port, or a whole IP protocol by its number: its name differs between distributions. */
export type Opening = PortOpening | { readonly protocol: '4'; readonly what: string }

/** What the packet filter of one node lets in. */
export interface Openings {
  /** Open for everybody who reaches the node. */
  readonly anybody: readonly PortOpening[]
  /** Open for the nodes of the cluster only. */
  readonly nodes: readonly Opening[]
}

const tcp = (port: string, what: string): PortOpening => ({ port, protocol: 'tcp', what })
const udp = (port: string, what: string): PortOpening => ({ port, protocol: 'udp', what })

/**
 * https://kubernetes.io/docs/reference/networking/ports-and-protocols/ for a node of this role. The
 * scheduler (10259) and the controller manager (10257) are not in it: kubeadm lets them listen on
 * 127.0.0.1 only. NodePorts are for nodes that take ordinary pods, as load balancers see it.
 */
export function openings(cluster: Cluster, node: ClusterNode): Openings {
  const serves = node.role === 'control-plane'
  const sshPort = node.ssh.port
  return {
    anybody: [
      // firewalld lets ssh in by itself, on its own port only.
      ...(sshPort === 22 ? [] : [tcp(String(sshPort), 'SSH, as the cluster file has it')]),
      ...(serves ? [tcp('6443', 'Kubernetes API server')] : []),
      ...(node.schedulable ? serviceOpenings : []),
    ],
    nodes: [
      // An etcd of one's own runs elsewhere.
      ...(serves && !cluster.etcd.external
        ? [tcp('2379-2380', 'etcd, clients and other members')]
        : []),
      tcp('10250', 'kubelet: logs, exec and metrics for the API server'),
      ...podNetworkOpenings(cluster.podNetwork),
    ],
  }
}

const serviceOpenings = [
  tcp('10256', 'kube-proxy: health for load balancers'),
  tcp('30000-32767', 'NodePort Services'),
  udp('30000-32767', 'NodePort Services'),
]

/** The bridge needs none: its packets are the pods' own, and those are trusted. */
const podNetworkOpenings = ({ calico }: Cluster['podNetwork']): readonly Opening[] =>
  calico ? calicoOpenings(calico) : []

/**
 * What the nodes of a Calico network say to each other. WireGuard's ports are not in it: the kit
 * does not switch it on. https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements
 */
export function calicoOpenings({
  encapsulation,
  bgp,
}: Pick<CalicoSettings, 'encapsulation' | 'bgp'>): readonly Opening[] {
  return [
    tcp('5473', 'Calico: Typha, which hands the API server’s news on to the nodes'),
    ...(bgp ? [tcp('179', 'Calico: routes by BGP')] : []),
    ...(encapsulation.startsWith('VXLAN')
      ? [udp('4789', 'Calico: packets of pods, by VXLAN')]
      : []),
    ...(encapsulation.startsWith('IPIP')
      ? [{ protocol: '4' as const, what: 'Calico: packets of pods, by IP in IP' }]
      : []),
  ]
}

/** Networks whose packets are the cluster's own: pods, and the addresses of Services. */
export const trustedNetworks = ({ networking }: Cluster): readonly string[] => [
  networking.podSubnet,
  networking.serviceSubnet,
]

/** `6443/tcp`, as firewall-cmd writes it. */
export const openingName = (one: Opening): string =>
  'port' in one ? `${one.port}/${one.protocol}` : `IP protocol ${one.protocol}`
