import type { Cluster, ClusterNode } from '../cluster.ts'
import { plainCluster } from '../example-cluster.ts'
import type { Seen } from '../judgement.ts'
import type { MachineFacts, NetworkFacts } from '../machine-facts.ts'
import type { Facts } from '../observed.ts'
import { preflight } from './preflight.ts'

/** For tests: bare machines that nothing is wrong with. */

const GiB = 1024 * 1024

/** The way to others, all free. */
export const freeNetwork: NetworkFacts = {
  blocked: [],
  resolved: undefined,
  holder: '',
  served: [],
}

/** Of a node with the address 192.168.9.N. */
export function fitMachine({ address }: Pick<ClusterNode, 'address'>): MachineFacts {
  const own = Number(address.split('.')[3])
  const hex = own.toString(16).padStart(2, '0')
  const folders = ['/', '/var/lib/etcd', '/var/lib/containerd', '/var/lib/containers']
  return {
    osId: 'centos',
    osLike: ['rhel', 'fedora'],
    osVersion: '9',
    machineId: hex.repeat(16),
    productUuid: `4c4c4544-0000-0000-0000-0000000000${hex}`,
    macs: [{ interface: 'eth0', mac: `bc:24:11:00:00:${hex}` }],
    interfaces: ['eth0', 'lo'],
    networks: [
      { interface: 'lo', network: '127.0.0.1/8' },
      { interface: 'eth0', network: `${address}/24` },
    ],
    memoryKiB: 3 * GiB,
    cpus: 2,
    cgroup: 2,
    disks: [...folders, '/var/lib/kubelet'].map((folder) => ({
      folder,
      mount: '/',
      freeKiB: 20 * GiB,
      sizeKiB: 32 * GiB,
    })),
    ports: [],
    firewalld: false,
    timeSynchronized: true,
    network: freeNetwork,
  }
}

export interface Spoiled {
  readonly facts?: Partial<Facts>
  readonly machine?: Partial<MachineFacts>
  readonly network?: Partial<NetworkFacts>
}

export function fitFacts(node: ClusterNode, { facts, machine, network }: Spoiled = {}): Facts {
  return {
    hostname: node.name,
    os: 'CentOS Stream 9',
    arch: 'x86_64',
    kernel: '5.14.0-585.el9.x86_64',
    addresses: [node.address],
    node: 'v22.20.0',
    dnf: true,
    systemd: true,
    kubeletConf: false,
    etcdData: false,
    apiServerManifest: false,
    ca: '',
    run: '',
    endpointStatus: '000',
    bundles: true,
    machine: {
      ...fitMachine(node),
      ...machine,
      ...(network ? { network: { ...freeNetwork, ...network } } : {}),
    },
    ...facts,
  }
}

/** What may be wrong with a node as it was seen. */
export type SpoiledNode = Spoiled & Omit<Partial<Seen>, 'facts' | 'node'>

/** All nodes as they should be, but for what is told of them. */
export function seenNodes(
  nodes: readonly ClusterNode[],
  spoiled: SpoiledNodes = {},
): readonly Seen[] {
  return nodes.map((node) => {
    const { facts, machine, network, ...rest } = spoiled[node.name] ?? {}
    const own = {
      ...(facts ? { facts } : {}),
      ...(machine ? { machine } : {}),
      ...(network ? { network } : {}),
    }
    return {
      node,
      clock: { ahead: 0, within: 0.05 },
      hostKeys: [`ssh-ed25519 ${node.name}`],
      ...rest,
      facts: fitFacts(node, own),
    }
  })
}

export type SpoiledNodes = Readonly<Record<string, SpoiledNode>>

/** A single node spoiled. */
export const only = (name: string, one: SpoiledNode): SpoiledNodes => ({ [name]: one })

/** `severity ignore: nodes: what` of each finding. */
export function found(
  spoiled: SpoiledNodes,
  cluster: Cluster = plainCluster(),
  chosen?: readonly string[],
): readonly string[] {
  return preflight(cluster, seenNodes(cluster.nodes, spoiled), chosen).map(
    ({ severity, ignore, nodes, what }) => `${severity} ${ignore}: ${nodes.join(' ')}: ${what}`,
  )
}

/** A node that a living cluster confirms. */
export const member = {
  inspection: {
    plans: {},
    refusals: [],
    membership: 'member' as const,
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
  },
}
