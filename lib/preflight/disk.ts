import type { Cluster, ClusterNode } from '../cluster.ts'
import type { Disk } from '../machine-facts.ts'
import { finding, type PreflightFinding } from './finding.ts'
import type { Judge } from './machine.ts'

const GiB = 1024 * 1024

interface Need {
  readonly folder: string
  readonly what: string
  readonly KiB: number
}

/**
 * Room that a fresh cluster needs, in KiB. etcd's is its default quota
 * (https://etcd.io/docs/v3.6/op-guide/maintenance/#space-quota); the others are round figures of
 * our own for packages, for images of control plane and pod network, and for logs of pods.
 */
export function needs({ role }: ClusterNode, { runtime, etcd }: Cluster): readonly Need[] {
  const images = runtime === 'cri-o' ? '/var/lib/containers' : '/var/lib/containerd'
  const runsEtcd = role === 'control-plane' && !etcd.external
  return [
    { folder: '/', what: 'packages', KiB: 1 * GiB },
    { folder: images, what: 'images', KiB: 2 * GiB },
    { folder: '/var/lib/kubelet', what: 'pods', KiB: 0.5 * GiB },
    ...(runsEtcd ? [{ folder: '/var/lib/etcd', what: 'etcd', KiB: 2 * GiB }] : []),
  ]
}

/** Folders of one file system share its room. */
export const room: Judge = (node, { disks }, cluster) => {
  const systems = new Map<string, { disk: Disk; needs: Need[] }>()
  for (const need of needs(node, cluster)) {
    const disk = disks.find(({ folder }) => folder === need.folder)
    if (!disk) continue
    const one = systems.get(disk.mount) ?? { disk, needs: [] }
    systems.set(disk.mount, { disk, needs: [...one.needs, need] })
  }
  return [...systems.values()].flatMap((one) => fileSystem(node.name, one, cluster))
}

function fileSystem(
  node: string,
  { disk, needs }: { readonly disk: Disk; readonly needs: readonly Need[] },
  { kubelet }: Cluster,
): readonly PreflightFinding[] {
  const needed = needs.reduce((sum, { KiB }) => sum + KiB, 0)
  const [free, least] = [disk.freeKiB, needed].map((KiB) => `${(KiB / GiB).toFixed(1)} GiB`)
  if (disk.freeKiB < needed) {
    const uses = needs.map(({ what }) => what).join(', ')
    return [
      finding('Disk', 'refuse', [node], `${disk.mount}: ${free} free of ${least} for ${uses}`),
    ]
  }
  // https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
  if ('evictionHard' in kubelet || disk.sizeKiB === 0) return []
  const full = 1 - disk.freeKiB / disk.sizeKiB
  if (full <= 0.85) return []
  const what = `${disk.mount}: ${Math.round(full * 100)} % full; from 85 % on the kubelet evicts pods`
  return [finding('Disk', 'warn', [node], what)]
}
