import { formatAddress, parseAddress } from '../networks.ts'
import type { ClusterFile } from './schema.ts'
import type { Cluster, ClusterNode, ForwardProxy, SshJump, SshTarget, Taint } from './types.ts'

/** Set by kubeadm on control planes: ordinary pods stay away. */
export const controlPlaneTaint: Taint = {
  key: 'node-role.kubernetes.io/control-plane',
  effect: 'NoSchedule',
}

/** The checked file as the cluster: overrides of nodes resolved, values in their one spelling. */
export function resolveCluster(file: ClusterFile): Cluster {
  const { ssh: _, sources, proxy, ...rest } = file
  const { kubernetes, containerd, crio } = sources
  return deepFreeze({
    ...rest,
    endpoint: resolveEndpoint(file.endpoint),
    podNetwork: resolvePodNetwork(file),
    etcd: withoutUndefined(file.etcd),
    nodes: file.nodes.map((node) => resolveNode(node, file)),
    apiServer: {
      ...file.apiServer,
      certSANs: [...new Set(file.apiServer.certSANs.map(spelled))],
    },
    preflight: { ignore: [...new Set(file.preflight.ignore)] },
    ...(proxy ? { proxy: resolveProxy(proxy) } : {}),
    sources: {
      ...sources,
      kubernetes: source(kubernetes),
      containerd: source(containerd),
      crio: source(withoutUndefined(crio)),
    },
  })
}

/** What belongs to one provider is there with that provider only. */
function resolveEndpoint(file: ClusterFile['endpoint']): Cluster['endpoint'] {
  const { interface: _, kubeVip, ...endpoint } = withoutUndefined(file)
  const address = spelled(file.address)
  if (endpoint.provider !== 'kube-vip') return { ...endpoint, address }
  const { bgp, ...rest } = kubeVip
  const peers = bgp?.peers.map((peer) => ({ ...peer, address: spelled(peer.address) }))
  const routing = bgp && peers ? { bgp: { ...bgp, peers } } : {}
  return { ...endpoint, address, kubeVip: { ...rest, ...routing } }
}

function resolveProxy(proxy: NonNullable<ClusterFile['proxy']>): ForwardProxy {
  const http = withoutSlash(proxy.http)
  const https = proxy.https === undefined ? http : withoutSlash(proxy.https)
  return { http, https, noProxy: [...new Set(proxy.noProxy.map(spelled))] }
}

const withoutSlash = (url: string) => url.replace(/\/$/, '')

/** What belongs to Calico is there with Calico only. */
function resolvePodNetwork({ podNetwork, networking }: ClusterFile): Cluster['podNetwork'] {
  const { calico, ...rest } = podNetwork
  if (rest.provider !== 'calico') return rest
  const byVxlan = calico.encapsulation.startsWith('VXLAN')
  const settings = {
    ...withoutUndefined(calico),
    // Felix sets the routes of VXLAN by itself; all others are told by BGP.
    bgp: calico.bgp ?? !byVxlan,
    blockSize: calico.blockSize ?? (networking.podSubnet.includes(':') ? 122 : 26),
    checksums: withoutUndefined(calico.checksums),
  }
  return { ...rest, calico: settings }
}

type FileNode = ClusterFile['nodes'][number]

function resolveNode(node: FileNode, { ssh, endpoint }: ClusterFile): ClusterNode {
  const schedulable = node.schedulable ?? node.role === 'worker'
  const taints: Taint[] = node.taints.map((taint) => withoutUndefined(taint))
  const device = node.interface ?? endpoint.interface
  const own = taints.some(({ key, effect }) => sameTaint({ key, effect }, controlPlaneTaint))
  return {
    name: node.name,
    address: spelled(node.address),
    role: node.role,
    labels: node.labels,
    taints: schedulable || own ? taints : [controlPlaneTaint, ...taints],
    schedulable,
    ssh: sshTarget(ssh, node.ssh),
    ...(device === undefined || node.role === 'worker' ? {} : { interface: device }),
  }
}

/** Kubernetes tells taints apart by key and effect. */
export const sameTaint = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect

function sshTarget(all: ClusterFile['ssh'], one: ClusterFile['ssh']): SshTarget {
  const key = one.key ?? all.key
  const jump = one.jump ?? all.jump
  const user = one.user ?? all.user ?? 'kubernetesadmin'
  return {
    user,
    port: one.port ?? all.port ?? 22,
    ...(key === undefined ? {} : { key }),
    ...(jump === undefined ? {} : { jump: sshJump(jump, user) }),
  }
}

/** @param text `[USER@]HOST[:PORT]`, an IPv6 address in brackets */
function sshJump(text: string, nodeUser: string): SshJump {
  const [, user = nodeUser, host = '', port = '22'] =
    /^(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? []
  return { user, host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

const source = <T extends { readonly fingerprint?: string }>(one: T): T =>
  one.fingerprint === undefined
    ? one
    : { ...one, fingerprint: one.fingerprint.replaceAll(' ', '').toUpperCase() }

function spelled(text: string): string {
  const address = parseAddress(text)
  return address ? formatAddress(address) : text
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

function withoutUndefined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries) as Defined<T>
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const one of Object.values(value)) deepFreeze(one)
  }
  return value
}
