import type { Cluster, ClusterNode, Role } from '../cluster.ts'
import type { MachineFacts } from '../machine-facts.ts'
import { room } from './disk.ts'
import { finding, joining, type Look, type PreflightFinding } from './finding.ts'

/** Looks at one joining node. */
export type Judge = (
  node: ClusterNode,
  facts: MachineFacts,
  cluster: Cluster,
) => readonly PreflightFinding[]

/** Each joining machine by itself. */
export function machines(look: Look): readonly PreflightFinding[] {
  const all: readonly Judge[] = [system, cgroups, cpus, memory, room, ports, interfaces]
  return [
    ...joining(look)
      .filter(({ facts }) => !['x86_64', 'aarch64'].includes(facts.arch))
      .map(({ node, facts }) => finding('Architecture', 'refuse', [node.name], facts.arch)),
    ...all.flatMap((judge) =>
      joining(look).flatMap(({ node, facts }) => judge(node, facts.machine, look.cluster)),
    ),
  ]
}

const supported = ['centos', 'rocky', 'almalinux', 'rhel']
const releases = ['9', '10']

const system: Judge = ({ name }, { osId, osLike, osVersion }) => {
  const known = releases.includes(osVersion.split('.')[0] ?? '')
  if (known && supported.includes(osId)) return []
  const found = [osId || 'unknown', osVersion].filter(Boolean).join(' ')
  const related = known && osLike.some((one) => supported.includes(one))
  return related
    ? [finding('OperatingSystem', 'warn', [name], `${found}, a relative: it was not tried`)]
    : [finding('OperatingSystem', 'refuse', [name], found)]
}

// https://kubernetes.io/docs/concepts/architecture/cgroups/; failCgroupV1 is true since 1.35.
const cgroups: Judge = ({ name }, { cgroup }) =>
  cgroup === 1 ? [finding('CgroupV1', 'refuse', [name], 'cgroup v1')] : []

// ControlPlaneNumCPU and ControlPlaneMem in kubeadm's constants.go.
const leastCpus = 2
const leastMemory = { 'control-plane': 1700, worker: 700 } as const

const cpus: Judge = ({ name, role }, { cpus: found }) =>
  role === 'control-plane' && found !== undefined && found < leastCpus
    ? [finding('NumCPU', 'refuse', [name], `${found} CPU`)]
    : []

/** Of workers the kit's own limit: kubelet, runtime and pod network leave little of less. */
const memory: Judge = ({ name, role }, { memoryKiB }) => {
  if (memoryKiB === undefined) return []
  const found = Math.floor(memoryKiB / 1024)
  if (found >= leastMemory[role]) return []
  const severity = role === 'control-plane' ? 'refuse' : 'warn'
  return [finding('Mem', severity, [name], `${found} MiB of ${leastMemory[role]}`)]
}

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/; 10248, 10249, 2381: local. */
function portsOf(role: Role, { etcd }: Cluster): readonly number[] {
  const everywhere = [10248, 10249, 10250, 10256]
  if (role === 'worker') return everywhere
  return [6443, 10257, 10259, ...everywhere, ...(etcd.external ? [] : [2379, 2380, 2381])]
}

/** A half join of ours may hold them: its own phase clears it. */
const ports: Judge = ({ name, role }, { ports: taken, network }, cluster) => {
  if (!network) return []
  const own = portsOf(role, cluster)
  return taken
    .filter(({ port }) => own.includes(port))
    .map(({ port, program }) => {
      const what = `${port}${program ? ` by ${program}` : ''}`
      return finding('Port', 'refuse', [name], what, `Port-${port}`)
    })
}

/** What the cluster file says of the node's own network, with what there is. */
const interfaces: Judge = ({ name, address, interface: device }, { networks, interfaces: all }) => {
  if (networks.length === 0) return []
  if (device !== undefined && !all.includes(device)) {
    const what = `there is no interface ${device}; there are ${all.join(', ')}`
    return [finding('Interface', 'refuse', [name], what)]
  }
  if (networks.some(({ network }) => network.split('/')[0] === address)) return []
  const there = networks.map(({ interface: one, network }) => `${one} ${network}`).join(', ')
  return [finding('Interface', 'refuse', [name], `no interface has ${address}; there are ${there}`)]
}
