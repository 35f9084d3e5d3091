import { type Cluster, controlPlanes, isMinor } from '../../lib/cluster.ts'
import { exampleCluster, plainCluster } from '../../lib/example-cluster.ts'
import { formatNetwork, parseNetwork } from '../../lib/networks.ts'
import type { KnownNode, PhaseInput } from '../../lib/phase-input.ts'
import type { Arguments } from './arguments.ts'
import { nodesOf } from './explain.ts'
import { clusterFromFile, manifestTexts } from './input.ts'

/**
 * What `--explain` is told with: the cluster of `--config`, else an example. No machine is asked,
 * so what only a living cluster knows (exact version, pod ranges) is made up.
 * @throws KubestrapError when the cluster file is missing or wrong
 */
export async function lessonInput(phase: string, args: Arguments): Promise<PhaseInput> {
  const cluster = args.config === undefined ? exampleFor(phase) : await clusterFromFile(args)
  return {
    cluster,
    node: args.node ?? nodesOf(phase, cluster)[0] ?? cluster.nodes[0]?.name ?? '',
    observed: { kubernetesVersion: exactVersion(cluster), nodes: knownNodes(cluster) },
    manifests: await manifestTexts(cluster, args.config),
    options: { target: lastControlPlane(cluster), for: 'control-plane', ...args.options },
  }
}

/** One in which the phase has something to do: Calico sets its routes by itself. */
const exampleFor = (phase: string) => (phase === 'pod-routes' ? plainCluster() : exampleCluster())

/** Whom lessons add and take out: what concerns etcd is in them, too. */
const lastControlPlane = (cluster: Cluster) => controlPlanes(cluster).at(-1)?.name ?? ''

/** A patch that exists: the one the kit was tried with, else the first of the minor. */
function exactVersion({ kubernetesVersion: version }: Cluster): string {
  if (!isMinor(version)) return version
  return version === '1.36' ? '1.36.3' : `${version}.0`
}

const knownNodes = (cluster: Cluster): readonly KnownNode[] =>
  cluster.nodes.map(({ name, address, role }, index) => ({
    name,
    address,
    podCIDR: podRange(cluster.networking.podSubnet, index),
    ready: true,
    controlPlane: role === 'control-plane',
    kubeletVersion: exactVersion(cluster),
  }))

/** The range of the node with this index: a /24 (IPv6: /64) each, as the controller manager does. */
function podRange(podSubnet: string, index: number): string {
  const network = parseNetwork(podSubnet)
  if (!network) return podSubnet
  const [prefix, bits] = network.family === 4 ? [24, 32] : [64, 128]
  const address = network.address + (BigInt(index) << BigInt(bits - prefix))
  return formatNetwork({ ...network, address, prefix })
}
