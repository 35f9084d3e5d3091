import { KubestrapError } from '../errors.ts'
import { contains, parseAddress, parseNetwork } from '../networks.ts'
import { closest } from '../suggest.ts'
import { crioKeyUrl } from './sources-schema.ts'
import type { Cluster, ClusterNode } from './types.ts'

export const controlPlanes = (cluster: Cluster): readonly ClusterNode[] =>
  cluster.nodes.filter(({ role }) => role === 'control-plane')

export const workers = (cluster: Cluster): readonly ClusterNode[] =>
  cluster.nodes.filter(({ role }) => role === 'worker')

/** @throws KubestrapError KS-NO-SUCH-NODE that names the nodes there are */
export function nodeNamed(cluster: Cluster, name: string): ClusterNode {
  const found = cluster.nodes.find((node) => node.name === name)
  if (found) return found
  const names = cluster.nodes.map((node) => node.name)
  const near = closest(name, names)
  throw new KubestrapError({
    id: 'KS-NO-SUCH-NODE',
    exit: 'usage',
    what: `the cluster ${cluster.name} has no node ${JSON.stringify(name.slice(0, 100))}`,
    lines: near ? [`did you mean ${near}?`] : [],
    unchanged: 'nothing was done',
    remedy: `give one of: ${names.join(', ')}`,
  })
}

/** The project itself publishes no fingerprint, and its own server is believed; a mirror is not by itself. */
const keyOfUnknownHost = ({ sources: { crio } }: Cluster) =>
  crio.fingerprint === undefined && crio.gpgkey !== crioKeyUrl

/** What works but is hardly meant. Each a sentence. */
export function warnings(cluster: Cluster): readonly string[] {
  const { provider, manifests } = cluster.podNetwork
  const homeless = cluster.nodes.every(({ schedulable }) => !schedulable)
  return [
    ...evenControlPlanes(cluster),
    ...(homeless && cluster.nodes.length > 0
      ? ['no node takes ordinary pods: add a worker, or set schedulable: true on a control plane']
      : []),
    ...proxyWithoutNetwork(cluster),
    ...(provider === 'none' && manifests.length === 0
      ? ['podNetwork none without manifests: nodes stay NotReady until you bring a pod network']
      : []),
    ...(provider === 'none' && cluster.firewall === 'managed'
      ? [
          'firewall managed opens no ports for a pod network of your own: open what it needs between the nodes (an overlay often 4789/udp or 8472/udp)',
        ]
      : []),
    ...(cluster.runtime === 'cri-o' && keyOfUnknownHost(cluster)
      ? [
          'sources.crio names no fingerprint: the key its https server gives first is trusted on each node',
        ]
      : []),
  ]
}

/** What is worth knowing before a cluster is begun, since it is hard to change later. */
export function notesToCreate({ endpoint, selinux, runtime }: Cluster): readonly string[] {
  return [
    ...(endpoint.name === undefined
      ? [
          `endpoint.name is recommended: a cluster that is begun with the bare address ${endpoint.address} keeps it in every certificate and kubeconfig (no DNS server? endpoint.hostsEntry: true)`,
        ]
      : []),
    // https://github.com/containers/container-selinux/blob/main/container.te, type kubernetes_file_t
    ...(selinux === 'enforcing' && runtime === 'containerd'
      ? [
          'selinux: enforcing goes with runtime: cri-o. containerd gives etcd and the API server a label, too, and the policy keeps it out of /etc/kubernetes and /var/lib/etcd: the cluster would not begin',
        ]
      : []),
  ]
}

/** kubeadm writes NO_PROXY into the static pods once: a node added later is missing there. */
function proxyWithoutNetwork({ proxy, nodes }: Cluster): readonly string[] {
  if (!proxy) return []
  const networks = proxy.noProxy.flatMap((one) => parseNetwork(one) ?? [])
  const outside = nodes.filter(({ address }) => {
    const it = parseAddress(address)
    return it && !networks.some((network) => contains(network, it))
  })
  return outside.length === 0
    ? []
    : [
        'proxy.noProxy names no network with all nodes: the API server would ask the proxy for the kubelets of nodes that are added later (logs, exec)',
      ]
}

/** What a living cluster may be, but none is begun as. Each a sentence. */
export const refusalsToCreate = (cluster: Cluster): readonly string[] => evenControlPlanes(cluster)

/**
 * An external etcd counts its own members: any number of API servers may use it.
 * https://etcd.io/docs/v3.6/faq/#why-an-odd-number-of-cluster-members
 */
function evenControlPlanes(cluster: Cluster): readonly string[] {
  const count = controlPlanes(cluster).length
  if (cluster.etcd.external || count === 0 || count % 2 === 1) return []
  const survives = count / 2 - 1
  return [
    `${count} control planes survive the loss of ${survives}, as ${count - 1} do: take ${count - 1} or ${count + 1}`,
  ]
}
