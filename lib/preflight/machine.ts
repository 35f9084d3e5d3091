import type { Cluster, ClusterNode } from '../cluster.ts'
import type { Disk, MachineFacts } from '../machine-facts.ts'
import { finding, joining, type Look, type PreflightFinding } from './finding.ts'

type Judge = (
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

const GiB = 1024 * 1024

interface Need {
  readonly folder: string
  readonly what: string
  readonly KiB: number
}

/**
 * Room that is needed before anything of one's own runs; folders of one file system share it.
 * etcd's is its default quota (https://etcd.io/docs/v3.6/op-guide/maintenance/#space-quota), the
 * others are what a fresh cluster was measured to take, rounded up.
 */
export function needs(role: ClusterNode['role'], runtime: Cluster['runtime']): readonly Need[] {
  const images = runtime === 'cri-o' ? '/var/lib/containers' : '/var/lib/containerd'
  const etcd = { folder: '/var/lib/etcd', what: 'etcd', KiB: 2 * GiB }
  return [
    { folder: '/', what: 'packages', KiB: 1 * GiB },
    { folder: images, what: 'images', KiB: 2 * GiB },
    { folder: '/var/lib/kubelet', what: 'pods', KiB: 0.5 * GiB },
    ...(role === 'control-plane' ? [etcd] : []),
  ]
}

const room: Judge = ({ name, role }, { disks }, { runtime, kubelet }) => {
  const systems = new Map<string, { disk: Disk; needs: Need[] }>()
  for (const need of needs(role, runtime)) {
    const disk = disks.find(({ folder }) => folder === need.folder)
    if (!disk) continue
    const one = systems.get(disk.mount) ?? { disk, needs: [] }
    systems.set(disk.mount, { disk, needs: [...one.needs, need] })
  }
  return [...systems.values()].flatMap(({ disk, needs }) => {
    const needed = needs.reduce((sum, { KiB }) => sum + KiB, 0)
    const [free, least] = [disk.freeKiB, needed].map((KiB) => `${(KiB / GiB).toFixed(1)} GiB`)
    if (disk.freeKiB < needed) {
      const what = `${disk.mount}: ${free} free of ${least} for ${needs.map((one) => one.what).join(', ')}`
      return [finding('Disk', 'refuse', [name], what)]
    }
    // https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
    const own = 'evictionHard' in kubelet || disk.sizeKiB === 0
    if (own || disk.freeKiB / disk.sizeKiB >= 0.15) return []
    const full = Math.round((1 - disk.freeKiB / disk.sizeKiB) * 100)
    const what = `${disk.mount}: ${full} % full; from 85 % on the kubelet evicts pods`
    return [finding('Disk', 'warn', [name], what)]
  })
}

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/; 10248, 10249, 2381: local. */
const portsOf = {
  'control-plane': [6443, 2379, 2380, 2381, 10248, 10249, 10250, 10256, 10257, 10259],
  worker: [10248, 10249, 10250, 10256],
} as const

/** A half join of ours may hold them: its own phase clears it. */
const ports: Judge = ({ name, role }, { ports: taken, network }) => {
  if (!network) return []
  const own: readonly number[] = portsOf[role]
  return taken
    .filter(({ port }) => own.includes(port))
    .map(({ port, program }) => {
      const what = `${port}${program ? ` by ${program}` : ''}`
      return finding('Port', 'refuse', [name], what, `Port-${port}`)
    })
}

const interfaces: Judge = ({ name, address }, { networks }) => {
  if (networks.length === 0) return []
  if (networks.some(({ network }) => network.split('/')[0] === address)) return []
  const there = networks.map(({ interface: one, network }) => `${one} ${network}`).join(', ')
  return [finding('Interface', 'refuse', [name], `no interface has ${address}; there are ${there}`)]
}
