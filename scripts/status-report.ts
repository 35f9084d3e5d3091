import type { Cluster, Role } from '../lib/cluster.ts'
import { compareVersions, minorOf } from '../lib/cluster.ts'
import type {
  ApiServerSeen,
  ClusterView,
  EtcdView,
  Membership,
  PodProblem,
  ServingRequest,
} from '../lib/observed.ts'
import type { KnownNode } from '../lib/phase-input.ts'
import { endpointOf } from '../lib/render/kubeadm-config.ts'
import type { SeenNode } from './observe.ts'

/**
 * What `status --json` prints; docs/status.md tells each field. Fields are added, never renamed or
 * taken away within a format; what could not be asked is absent.
 */
export interface StatusReport {
  readonly format: 1
  /** ISO 8601, UTC. */
  readonly time: string
  readonly cluster: string
  readonly healthy: boolean
  /** `192.168.9.120:6443` */
  readonly endpoint: string
  readonly endpointHolder?: string
  readonly nodes: readonly NodeStatus[]
  /** Nodes of the living cluster that the file does not name. */
  readonly surplus?: readonly KnownNode[]
  readonly apiServers?: readonly ApiServerSeen[]
  readonly etcd?: EtcdView
  readonly problems?: readonly string[]
  /** Kubelets of another version than the control plane: sentences. */
  readonly skew?: readonly string[]
  readonly pods?: readonly PodProblem[]
  readonly servingRequests?: readonly ServingRequest[]
}

export interface NodeStatus {
  readonly name: string
  readonly address: string
  readonly role: Role
  readonly reachable: boolean
  readonly problem?: string
  readonly os?: string
  readonly membership?: Membership
  readonly known?: KnownNode
  readonly certificates?: readonly CertificateStatus[]
}

export interface CertificateStatus {
  readonly path: string
  readonly expires: string
  /** Whole days; negative when it has ended. */
  readonly daysLeft: number
}

/** Below this a certificate is worth a line: `up` of kubeadm's own renewal leaves them a year. */
export const warnBelowDays = 30

/** Puts together what was seen of the nodes, in the order of the file. */
export function statusReport(cluster: Cluster, seen: readonly SeenNode[], now: Date): StatusReport {
  const view = seen.find(({ inspection }) => inspection?.cluster)?.inspection?.cluster
  const nodes = cluster.nodes.flatMap(({ name }) =>
    seen.filter(({ node }) => node.name === name).map((one) => nodeStatus(one, view, now)),
  )
  const names = new Set(cluster.nodes.map(({ name }) => name))
  return {
    format: 1,
    time: now.toISOString(),
    cluster: cluster.name,
    healthy: isWell(nodes, view),
    endpoint: endpointOf(cluster),
    nodes,
    ...(view ? { ...viewParts(view), skew: skewOf(view.nodes) } : {}),
    ...(view ? { surplus: view.nodes.filter(({ name }) => !names.has(name)) } : {}),
  }
}

const viewParts = (view: ClusterView) => ({
  ...(view.endpointHolder ? { endpointHolder: view.endpointHolder } : {}),
  ...(view.apiServers ? { apiServers: view.apiServers } : {}),
  ...(view.etcd ? { etcd: view.etcd } : {}),
  problems: view.problems,
  ...(view.pods ? { pods: view.pods } : {}),
  ...(view.servingRequests ? { servingRequests: view.servingRequests } : {}),
})

function nodeStatus(
  { node, problem, facts, inspection }: SeenNode,
  view: ClusterView | undefined,
  now: Date,
): NodeStatus {
  const known = view?.nodes.find(({ name }) => name === node.name)
  const certificates = inspection?.certificates?.map(({ path, expires }) => ({
    ...{ path, expires },
    daysLeft: Math.floor((Date.parse(expires) - now.getTime()) / 86_400_000),
  }))
  return {
    name: node.name,
    address: node.address,
    role: node.role,
    reachable: problem === undefined,
    ...(problem ? { problem: problem.what } : {}),
    ...(facts ? { os: facts.os } : {}),
    ...(inspection ? { membership: inspection.membership } : {}),
    ...(known ? { known } : {}),
    ...(certificates ? { certificates } : {}),
  }
}

function isWell(nodes: readonly NodeStatus[], view: ClusterView | undefined): boolean {
  const ready = view?.nodes.every((node) => node.ready) ?? false
  const valid = nodes.every(({ certificates = [] }) =>
    certificates.every(({ daysLeft }) => daysLeft >= 0),
  )
  return nodes.every(({ reachable }) => reachable) && ready && view?.problems.length === 0 && valid
}

/** How far a kubelet may be behind: https://kubernetes.io/releases/version-skew-policy/#kubelet */
const minorsBehind = 3

/** Kubelets that differ from the oldest control plane's, and what the policy says to it. */
function skewOf(nodes: readonly KnownNode[]): readonly string[] {
  const versions = nodes
    .filter(({ controlPlane }) => controlPlane)
    .map(({ kubeletVersion }) => kubeletVersion)
    .sort(compareVersions)
  const [oldest] = versions
  if (oldest === undefined) return []
  return nodes
    .filter(({ kubeletVersion }) => kubeletVersion !== oldest)
    .map(({ name, kubeletVersion }) => {
      const behind = minorNumber(oldest) - minorNumber(kubeletVersion)
      const newer = behind < 0 ? ': newer than an API server, which is not supported' : ''
      const far = behind > minorsBehind ? `: more than ${minorsBehind} minor versions behind` : ''
      return `${name} has ${kubeletVersion}, the oldest control plane ${oldest}${newer}${far}`
    })
}

const minorNumber = (version: string) => Number(minorOf(version).split('.')[1])
