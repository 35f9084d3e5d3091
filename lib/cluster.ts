import { KubestrapError } from './errors.ts'
// STUB until the cluster-file engineer's version lands.
export type Role = 'control-plane' | 'worker'
export interface SshTarget {
  readonly user: string
  readonly port: number
  readonly key?: string
}
export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}
export interface ClusterNode {
  readonly name: string
  readonly address: string
  readonly role: Role
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly schedulable: boolean
  readonly ssh: SshTarget
}
export interface PackageSource {
  readonly baseurl: string
  readonly gpgkey: string
  readonly fingerprint: string
}
export interface Cluster {
  readonly name: string
  readonly kubernetesVersion: string
  readonly endpoint: {
    readonly provider: 'external'
    readonly address: string
    readonly name?: string
    readonly port: number
  }
  readonly networking: {
    readonly podSubnet: string
    readonly serviceSubnet: string
    readonly dnsDomain: string
  }
  readonly podNetwork: {
    readonly provider: 'bridge' | 'none'
    readonly manifests: readonly string[]
  }
  readonly runtime: 'containerd'
  readonly nodes: readonly ClusterNode[]
  readonly kubelet: Readonly<Record<string, unknown>>
  readonly apiServer: {
    readonly extraArgs: Readonly<Record<string, string>>
    readonly certSANs: readonly string[]
  }
  readonly kubeProxy: Readonly<Record<string, unknown>>
  readonly preflight: { readonly ignore: readonly string[] }
  readonly sources: {
    readonly kubernetes: PackageSource
    readonly containerd: PackageSource
    readonly images: Readonly<Record<string, string>>
  }
}
export interface FlagValue {
  readonly flag: string
  readonly path: readonly (string | number)[]
  readonly value: string
}
export const clusterFlags: readonly {
  flag: string
  path: readonly (string | number)[]
  placeholder: string
  help: string
}[] = []
export async function parseCluster(
  text: string,
  _file: string,
  _options?: { flags?: readonly FlagValue[] },
): Promise<Cluster> {
  const { parse } = await import('yaml')
  const raw = parse(text)
  const ssh = { user: 'kubernetesadmin', port: 22, ...raw.ssh }
  return {
    kubernetesVersion: '1.36',
    runtime: 'containerd',
    kubelet: {},
    kubeProxy: {},
    ...raw,
    endpoint: { provider: 'external', port: 6443, ...raw.endpoint },
    networking: {
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/12',
      dnsDomain: 'cluster.local',
      ...raw.networking,
    },
    podNetwork: { provider: 'bridge', manifests: [], ...raw.podNetwork },
    apiServer: { extraArgs: {}, certSANs: [], ...raw.apiServer },
    preflight: { ignore: [], ...raw.preflight },
    sources: { images: {}, ...raw.sources },
    nodes: raw.nodes.map((n: ClusterNode) => ({
      labels: {},
      schedulable: false,
      taints:
        n.role === 'control-plane' && !n.schedulable
          ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]
          : [],
      ...n,
      ssh: { ...ssh, ...n.ssh },
    })),
  }
}
export async function clusterFromFlags(_flags: readonly FlagValue[]): Promise<Cluster> {
  throw new Error('stub')
}
export function nodeNamed(cluster: Cluster, name: string): ClusterNode {
  const found = cluster.nodes.find((n) => n.name === name)
  if (!found)
    throw new KubestrapError({ id: 'KS-NO-SUCH-NODE', exit: 'usage', what: `no node ${name}` })
  return found
}
export const controlPlanes = (cluster: Cluster) =>
  cluster.nodes.filter((n) => n.role === 'control-plane')
export const workers = (cluster: Cluster) => cluster.nodes.filter((n) => n.role === 'worker')
export const warnings = (_c: Cluster): readonly string[] => []
export const refusalsToCreate = (_c: Cluster): readonly string[] => []
