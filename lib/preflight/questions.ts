import { calicoUrl, operatorFile } from '../calico-releases.ts'
import type { Cluster, ClusterNode, PackageSource } from '../cluster.ts'
import { calicoOpenings } from '../firewall.ts'
import { proxyFor } from '../render/proxy.ts'
import { runtimes } from '../runtimes.ts'
import { minorPart } from '../versions.ts'

/**
 * What a node that is not yet a member is asked about its way to others. The node answers with
 * numbers, places in these lists; who judges makes the same lists again.
 */
export interface Questions {
  /** Ports of other nodes that this one will need. */
  readonly peers: readonly Peer[]
  readonly servers: readonly Server[]
}

export interface Peer {
  readonly node: string
  readonly address: string
  readonly port: number
}

/** Where packages, images or manifests come from. */
export interface Server {
  readonly kind: 'Repository' | 'Registry' | 'Manifests'
  readonly title: string
  /** May hold dnf's `$releasever` and `$basearch`; the node replaces them. */
  readonly url: string
  /** Through which the node is to ask; undefined: directly. */
  readonly proxy?: string
}

const portsNeeded = (cluster: Cluster, from: ClusterNode, to: ClusterNode): readonly number[] => [
  ...kubernetesPorts(cluster, from, to),
  ...podNetworkPorts(cluster.podNetwork),
]

/** Between all nodes. VXLAN's port is not among them: UDP does not tell whether it arrives. */
const podNetworkPorts = ({ calico }: Cluster['podNetwork']): readonly number[] =>
  calico
    ? calicoOpenings(calico).flatMap((one) => (one.protocol === 'tcp' ? [Number(one.port)] : []))
    : []

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
function kubernetesPorts({ etcd }: Cluster, from: ClusterNode, to: ClusterNode): readonly number[] {
  if (from.role === 'worker') return to.role === 'control-plane' ? [6443] : []
  if (to.role === 'worker') return [10250]
  return [6443, ...(etcd.external ? [] : [2379, 2380]), 10250]
}

export function questionsFor(cluster: Cluster, node: ClusterNode): Questions {
  const others = cluster.nodes.filter(({ name }) => name !== node.name)
  return {
    peers: others.flatMap((to) =>
      portsNeeded(cluster, node, to).map((port) => ({ node: to.name, address: to.address, port })),
    ),
    servers: serversOf(cluster, node).map((server) => {
      const proxy = proxyFor(cluster, server.url)
      return proxy === undefined ? server : { ...server, proxy }
    }),
  }
}

const serversOf = (cluster: Cluster, node: ClusterNode): readonly Server[] => [
  ...repositories(cluster),
  ...registries(cluster, node),
  ...manifests(cluster, node),
]

/** A repository is read from this file on. */
const metadata = ({ baseurl }: PackageSource, minor: string) =>
  `${baseurl.replaceAll('{minor}', minor).replace(/\/*$/, '')}/repodata/repomd.xml`

function repositories(cluster: Cluster): readonly Server[] {
  const { sources, runtime } = cluster
  const minor = minorPart(cluster.kubernetesVersion)
  const source = runtime === 'cri-o' ? sources.crio : sources.containerd
  return [
    { kind: 'Repository', title: 'Kubernetes', url: metadata(sources.kubernetes, minor) },
    { kind: 'Repository', title: runtimes[runtime].title, url: metadata(source, minor) },
  ]
}

/** Of the images that the node will need; a mirror stands in for its registry. */
function registries(cluster: Cluster, { role }: ClusterNode): readonly Server[] {
  const { sources, endpoint, podNetwork } = cluster
  const kubeVip = role === 'control-plane' ? endpoint.kubeVip?.image.split('/')[0] : undefined
  const names = [
    'registry.k8s.io',
    ...(kubeVip === undefined ? [] : [kubeVip]),
    // https://docs.tigera.io/calico/latest/operations/image-options/alternate-registry
    ...(podNetwork.calico ? ['quay.io'] : []),
  ]
  return [...new Set(names)].map((name) => {
    const mirror = sources.images[name]
    const base = (mirror ?? `https://${name}`).replace(/\/*$/, '')
    // https://distribution.github.io/distribution/spec/api/#api-version-check
    const title = mirror === undefined ? name : `mirror of ${name}`
    return { kind: 'Registry', title, url: `${base}/v2/` }
  })
}

/** Any control plane may be the one that applies them. A folder beside the file needs no way. */
function manifests({ sources, podNetwork }: Cluster, { role }: ClusterNode): readonly Server[] {
  const base = sources.manifests.calico
  if (!podNetwork.calico || role !== 'control-plane' || !/^https?:/.test(base)) return []
  const url = calicoUrl(base, podNetwork.calico.version, operatorFile)
  return [{ kind: 'Manifests', title: 'Calico', url }]
}
