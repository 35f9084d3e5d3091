import type { Cluster, ClusterNode, KubeVip } from '../cluster.ts'
import type { Document } from './kubeadm-config.ts'

/** What the manifest of one control plane is made from. */
export interface KubeVipTarget {
  readonly kubeVip: KubeVip
  /** The virtual IP. */
  readonly address: string
  readonly port: number
  /** The address of the node itself. */
  readonly nodeAddress: string
  readonly interface: string
  /** Path on the node; admin.conf unless told. */
  readonly kubeconfig?: string
}

/** Where the kubelet looks for static pods. */
export const kubeVipManifestPath = '/etc/kubernetes/manifests/kube-vip.yaml'

/** The lease that says who holds the virtual IP, in kube-system; kube-vip's own default. */
export const kubeVipLease = 'plndr-cp-lock'

const adminConf = '/etc/kubernetes/admin.conf'
const defaultImage = 'ghcr.io/kube-vip/kube-vip'

export const kubeVipImage = ({ image, version }: KubeVip): string => `${image}:${version}`

/** @returns undefined when the cluster has no kube-vip */
export function kubeVipTarget(
  { endpoint }: Cluster,
  node: ClusterNode,
  device: string,
): KubeVipTarget | undefined {
  const { kubeVip, address, port } = endpoint
  return kubeVip && { kubeVip, address, port, nodeAddress: node.address, interface: device }
}

/**
 * Arguments of kube-vip's own generator for this manifest; what stands for a default of the
 * generator is left out, but for the lease, whose defaults have changed before.
 * https://github.com/kube-vip/kube-vip/blob/v1.2.3/cmd/kube-vip.go
 */
export function kubeVipArguments(target: KubeVipTarget): readonly string[] {
  const { kubeVip, kubeconfig = adminConf } = target
  const { mode, services, image } = kubeVip
  return [
    ...['manifest', 'pod'],
    ...['--interface', target.interface, '--address', target.address, '--controlplane'],
    ...(services ? ['--services'] : []),
    ...(mode === 'arp' ? arpArguments(kubeVip) : bgpArguments(target)),
    ...(kubeconfig === adminConf ? [] : ['--k8sConfigPath', kubeconfig]),
    ...(image === defaultImage ? [] : ['--image', kubeVipImage(kubeVip)]),
  ]
}

function arpArguments({ lease }: KubeVip): readonly string[] {
  return [
    ...['--arp', '--leaderElection'],
    ...['--leaseDuration', String(lease.duration)],
    ...['--leaseRenewDuration', String(lease.renewDeadline)],
    ...['--leaseRetry', String(lease.retryPeriod)],
  ]
}

function bgpArguments({ kubeVip: { bgp }, nodeAddress }: KubeVipTarget): readonly string[] {
  if (!bgp) return ['--bgp']
  return [
    ...['--bgp', '--localAS', String(bgp.localAS), '--bgpRouterID', nodeAddress],
    ...['--bgppeers', bgpPeers(bgp.peers)],
  ]
}

type Peers = NonNullable<KubeVip['bgp']>['peers']

/** `ADDRESS:AS:PASSWORD:MULTIHOP`, with commas; a password is never in it. */
const bgpPeers = (peers: Peers): string =>
  peers
    .map(({ address, as, multihop }) => {
      const host = address.includes(':') ? `[${address}]` : address
      return `${host}:${as}::${multihop}`
    })
    .join(',')

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: unknown
}

/**
 * The static pod as kube-vip's own generator makes it, as plain data: for machines without podman,
 * and to compare what podman made.
 * https://github.com/kube-vip/kube-vip/blob/v1.2.3/pkg/kubevip/config_generator.go
 */
export function kubeVipManifest(target: KubeVipTarget): Document {
  const { kubeVip, kubeconfig = adminConf } = target
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-vip', namespace: 'kube-system' },
    spec: {
      containers: [
        {
          args: ['manager'],
          env: variables(target),
          image: kubeVipImage(kubeVip),
          imagePullPolicy: 'IfNotPresent',
          name: 'kube-vip',
          resources: {},
          // For the address itself, and for the ARP packets that tell the network about it.
          securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] } },
          volumeMounts: [{ mountPath: adminConf, name: 'kubeconfig' }],
        },
      ],
      // It dials https://kubernetes:6443, a name in every API server's certificate: this node's own.
      hostAliases: [{ hostnames: ['kubernetes'], ip: '127.0.0.1' }],
      hostNetwork: true,
      volumes: [{ hostPath: { path: kubeconfig }, name: 'kubeconfig' }],
    },
    status: {},
  }
}

function variables(target: KubeVipTarget): readonly Variable[] {
  const { kubeVip, address, port } = target
  return [
    { name: 'vip_arp', value: String(kubeVip.mode === 'arp') },
    { name: 'port', value: String(port) },
    { name: 'vip_nodename', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'vip_interface', value: target.interface },
    { name: 'vip_subnet', value: address.includes(':') ? '128' : '32' },
    { name: 'dns_mode', value: 'first' },
    { name: 'dhcp_mode', value: 'ipv4' },
    { name: 'cp_enable', value: 'true' },
    { name: 'cp_namespace', value: 'kube-system' },
    ...(kubeVip.services ? serviceVariables : []),
    ...(kubeVip.mode === 'arp' ? leaseVariables(kubeVip) : bgpVariables(target)),
    { name: 'address', value: address },
    { name: 'prometheus_server', value: ':2112' },
  ]
}

const serviceVariables: readonly Variable[] = [
  { name: 'svc_enable', value: 'true' },
  { name: 'svc_leasename', value: 'plndr-svcs-lock' },
]

function leaseVariables({ lease }: KubeVip): readonly Variable[] {
  return [
    { name: 'vip_leaderelection', value: 'true' },
    { name: 'vip_leasename', value: kubeVipLease },
    { name: 'vip_leaseduration', value: String(lease.duration) },
    { name: 'vip_renewdeadline', value: String(lease.renewDeadline) },
    { name: 'vip_retryperiod', value: String(lease.retryPeriod) },
  ]
}

function bgpVariables({ kubeVip: { bgp }, nodeAddress }: KubeVipTarget): readonly Variable[] {
  if (!bgp) return []
  return [
    { name: 'bgp_enable', value: 'true' },
    { name: 'bgp_routerid', value: nodeAddress },
    { name: 'bgp_as', value: String(bgp.localAS) },
    // One peer by flags of its own: not used, but the generator writes its defaults.
    { name: 'bgp_peeraddress' },
    { name: 'bgp_peerpass' },
    { name: 'bgp_peeras', value: '65000' },
    { name: 'bgp_peers', value: bgpPeers(bgp.peers) },
  ]
}
