import {
  type Cluster,
  type ClusterNode,
  controlPlanes,
  isMinor,
  refusalsToCreate,
} from './cluster.ts'
import { type ErrorDetails, KubestrapError } from './errors.ts'
import { type ClusterView, type Facts, hasJoined, type Inspection } from './observed.ts'
import type { Who } from './phases.ts'
import type { Clock, PreflightFinding } from './preflight/finding.ts'
import { preflight } from './preflight/preflight.ts'
import { findingLines, findingsCount } from './preflight/text.ts'
import { type ProxyMode, proxyModeFor } from './proxy-mode.ts'
import { initNeedsEndpoint, minorPart } from './versions.ts'

/** One node as it was seen; without facts it could not be. */
export interface Seen {
  readonly node: ClusterNode
  readonly facts?: Facts
  readonly inspection?: Inspection
  /** Lines `TYPE KEY` of its ssh host keys. */
  readonly hostKeys?: readonly string[]
  readonly clock?: Clock
}

/** What the nodes together say. */
export interface Verdict extends Who {
  /** The living cluster as a healthy control plane sees it; undefined when there is none. */
  readonly living?: ClusterView
  /** Exact version, or the minor of the file when no node knows better. */
  readonly version: string
  /** How kube-proxy works, or will: one mode for all nodes. */
  readonly proxyMode: ProxyMode
  /** Nodes of the living cluster that the file does not name: reported, never removed. */
  readonly surplus: readonly string[]
  /** What is not as it should be with the machines, but stops nobody. */
  readonly findings: readonly PreflightFinding[]
}

/**
 * Decides from what is observed, not from the file, who begins the cluster: nobody, if any member
 * lives. Refuses whatever could make a second cluster, or mix two.
 *
 * @param chosen nodes to work on; all when undefined
 * @throws KubestrapError with the reason; nothing was changed
 */
export function judge(cluster: Cluster, all: readonly Seen[], chosen?: readonly string[]): Verdict {
  const findings = preflight(cluster, all, chosen)
  // What was not asked for may be as it is; it is still looked at for the cluster's sake.
  refuseUnfit(
    findings.filter(({ severity }) => severity === 'refuse'),
    all.filter(({ node }) => chosen?.includes(node.name) ?? true),
  )
  const seen = all
  refuseUninspected(seen)
  refuseTwoClusters(seen)
  const stewards = seen.filter(({ inspection }) => inspection?.cluster !== undefined)
  const healthy = stewards.find(({ inspection }) => inspection?.cluster?.problems.length === 0)
  const steward = healthy ?? stewards[0]
  const living = steward?.inspection?.cluster
  refuseEvicted(seen, chosen)
  const verdict =
    living && steward
      ? livingVerdict(cluster, living, steward.node.name)
      : newVerdict(cluster, seen)
  return { ...verdict, findings }
}

/**
 * A control plane whose etcd member was taken out can never go on with its data: etcd refuses it for
 * good. It is a member by its files only, and up would wait for it in vain.
 *
 * @throws KubestrapError KS-MEMBER-REMOVED
 */
function refuseEvicted(seen: readonly Seen[], chosen: readonly string[] | undefined): void {
  const views = seen.flatMap(({ inspection }) => inspection?.cluster?.etcd ?? [])
  const names = views.flatMap(({ members }) => members.map(({ name }) => name))
  // A member that has not started has no name yet: then who is missing is not known.
  if (names.length === 0 || names.includes('') || views.some(({ external }) => external)) return
  const evicted = seen.filter(
    ({ node, facts, inspection }) =>
      (chosen?.includes(node.name) ?? true) &&
      node.role === 'control-plane' &&
      facts?.etcdData === true &&
      hasJoined(inspection?.membership ?? 'none') &&
      !names.includes(node.name),
  )
  if (evicted.length === 0) return
  const them = evicted.map(({ node }) => node.name)
  refuse({
    id: 'KS-MEMBER-REMOVED',
    exit: 'conflict',
    what: `the etcd member of ${them.join(', ')} was taken out of the cluster, but its data is still there`,
    lines: [
      'so it is after a reset that was interrupted, after reset --gone of a machine that came back, or when somebody removed the member by hand',
    ],
    remedy: `take it out whole, then run this again: kubestrap reset ${them.join(' ')}`,
  })
}

type Decision = Omit<Verdict, 'findings'>

/**
 * Once the exact version is known: the cluster file may name a minor only.
 *
 * @throws KubestrapError KS-KUBEADM-OLD when its init would need kube-vip's address too early
 */
export function refuseOldKubeadm({ endpoint }: Cluster, version: string): void {
  const reason = endpoint.kubeVip && initNeedsEndpoint(version)
  if (reason === undefined) return
  refuse({
    id: 'KS-KUBEADM-OLD',
    exit: 'preflight',
    what: `Kubernetes ${version} does not go with endpoint.provider kube-vip`,
    lines: [`wanted ${reason}`],
    remedy: 'set kubernetesVersion to a newer patch, and see that the repository has it',
  })
}

function livingVerdict(cluster: Cluster, living: ClusterView, steward: string): Decision {
  const planes = living.nodes.filter(({ controlPlane }) => controlPlane)
  const version = planes[0]?.kubeletVersion ?? cluster.kubernetesVersion
  const wanted = cluster.kubernetesVersion
  const exact = !isMinor(wanted)
  if (exact ? wanted !== version : wanted !== minorPart(version))
    throw otherVersion(wanted, version)
  const names = new Set(cluster.nodes.map(({ name }) => name))
  const surplus = living.nodes.map(({ name }) => name).filter((name) => !names.has(name))
  const proxyMode = living.proxyMode ?? proxyModeFor(cluster, [])
  return { first: undefined, steward, living, version, surplus, proxyMode }
}

/** No API server answered anywhere: a new cluster, if really nobody holds one. */
function newVerdict(cluster: Cluster, seen: readonly Seen[]): Decision {
  const planes = controlPlanes(cluster)
  const unseen = planes
    .map(({ name }) => name)
    .filter((name) => !seen.find((one) => one.node.name === name)?.facts)
  const holders = seen.filter(holdsCluster).map(({ node }) => node.name)
  if (holders.length > 0) throw silentCluster(holders, unseen)
  if (unseen.length > 0) throw notAllSeen(unseen)
  refuseForeign(seen)
  // A half init is taken up where it was begun; its API may answer behind the endpoint already.
  const begun = seen.find(
    ({ node, inspection }) => node.role === 'control-plane' && inspection?.membership === 'partial',
  )
  const answering = seen.filter(({ facts }) => answersAtEndpoint.test(facts?.endpointStatus ?? ''))
  if (answering.length > 0 && !begun)
    throw endpointAnswers(
      cluster,
      answering.map(({ node }) => node.name),
    )
  const refusals = refusalsToCreate(cluster)
  if (refusals.length > 0) throw notToCreate(refusals)
  const first = (begun?.node ?? planes[0])?.name
  const known = seen.map(({ inspection }) => inspection?.observed.kubernetesVersion ?? '')
  const version = known.find((one) => one.split('.').length === 3) ?? cluster.kubernetesVersion
  const kernels = seen.map(({ facts }) => facts?.kernel ?? '')
  const proxyMode = proxyModeFor(cluster, kernels)
  return { first, steward: first, version, surplus: [], proxyMode }
}

/** A control plane that has, or may have, what a cluster knows; a half init does not count. */
function holdsCluster({ node, facts, inspection }: Seen): boolean {
  if (node.role !== 'control-plane' || !facts) return false
  if (inspection) {
    // etcd copies everything to a control plane that joins: a half join may hold the last copy.
    const copy = inspection.membership === 'partial' && inspection.begun === 'join'
    return hasJoined(inspection.membership) || (copy && facts.etcdData)
  }
  return facts.kubeletConf || facts.etcdData
}

/** The machines and what their own phases refuse, all at once: nobody wants to mend them one by one. */
function refuseUnfit(findings: readonly PreflightFinding[], seen: readonly Seen[]): void {
  const refusals = seen.flatMap(({ inspection }) => inspection?.refusals ?? [])
  const lines = refusals.flatMap(({ node, what, remedy, lines: more = [] }) => [
    `${node}: ${what}${remedy ? ` (${remedy})` : ''}`,
    ...more.slice(0, 5).map((line) => `  ${line}`),
  ])
  if (findings.length > 0) {
    refuse({
      id: 'KS-PREFLIGHT',
      exit: 'preflight',
      what: `the machines are not fit to be a cluster: ${findingsCount(findings)}`,
      lines: [...findingLines(findings), ...lines],
      remedy:
        'mend what is named, or accept it by name in the cluster file: preflight: { ignore: [NAME] }',
    })
  }
  const [first] = refusals
  if (!first) return
  if (refusals.length === 1) throw new KubestrapError(first)
  throw new KubestrapError({
    id: first.id,
    exit: first.exit,
    what: `${refusals.length} nodes are not as they should be`,
    lines,
    unchanged: 'nothing, on no node',
  })
}

/** 500 is an ill API server; 502 to 504 is a balancer that has none. */
const answersAtEndpoint = /^([1-4]\d\d|500)$/

/** A node that holds a cluster but could not be looked into must not be taken for an empty one. */
function refuseUninspected(seen: readonly Seen[]): void {
  const blind = seen.filter(
    ({ facts, inspection }) => facts && !inspection && (facts.kubeletConf || facts.etcdData),
  )
  if (blind.length === 0) return
  refuse({
    id: 'KS-NOT-INSPECTED',
    exit: 'unhealthy',
    what: 'nodes hold parts of a cluster, but could not be looked into',
    lines: blind.map(({ node, facts }) => `${node.name}: Node.js ${facts?.node || 'is not there'}`),
    remedy:
      'install Node.js 20 or newer there (dnf module enable nodejs:22; dnf install nodejs), or reset them',
  })
}

/** Before a cluster is begun nobody may hold a part of another one. */
function refuseForeign(seen: readonly Seen[]): void {
  const holders = seen.filter(({ inspection }) =>
    ['member', 'unconfirmed', 'foreign'].includes(inspection?.membership ?? 'none'),
  )
  if (holders.length === 0) return
  refuse({
    id: 'KS-OTHER-CLUSTER',
    exit: 'conflict',
    what: 'nodes belong to a cluster that is not the one of the file',
    lines: holders.map(({ node, inspection }) => `${node.name}: ${inspection?.membership}`),
    remedy: 'if that cluster is gone, reset them first: kubestrap reset NODE',
  })
}

/** @throws KubestrapError KS-TWO-CLUSTERS when the nodes' CA certificates differ */
export function refuseTwoClusters(
  seen: readonly Seen[],
  remedy = 'take the nodes of the other cluster out of the file; if that cluster is gone, on them: sudo sh reset.mjs',
): void {
  const owners = new Map<string, string[]>()
  for (const { node, facts } of seen) {
    if (facts?.ca) owners.set(facts.ca, [...(owners.get(facts.ca) ?? []), node.name])
  }
  if (owners.size < 2) return
  refuse({
    id: 'KS-TWO-CLUSTERS',
    exit: 'conflict',
    what: 'the nodes belong to different clusters: their CA certificates differ',
    lines: [...owners].map(([ca, names]) => `CA ${ca.slice(0, 16)}...  ${names.join(', ')}`),
    remedy,
  })
}

function refuse(details: Omit<ErrorDetails, 'unchanged'>): never {
  throw new KubestrapError({ ...details, unchanged: 'nothing, on no node' })
}

const notAllSeen = (names: readonly string[]) =>
  new KubestrapError({
    id: 'KS-CONTROL-PLANES-UNSEEN',
    exit: 'unhealthy',
    what: 'a cluster is begun only when every control plane of the file was looked at',
    lines: names.map((name) => `${name} could not be reached: it may hold the cluster`),
    unchanged: 'nothing, on no node',
    remedy: 'bring them up, or take them out of the cluster file',
  })

const silentCluster = (names: readonly string[], unseen: readonly string[]) =>
  new KubestrapError({
    id: 'KS-CLUSTER-SILENT',
    exit: 'unhealthy',
    what: 'there is a cluster, but none of its API servers answers',
    lines: [
      ...names.map((name) => `${name} holds a control plane`),
      ...unseen.map((name) => `${name} could not be reached`),
    ],
    unchanged: 'nothing, on no node',
    remedy:
      unseen.length > 0
        ? 'bring those up that could not be reached: etcd needs more than half of its members'
        : 'wait a minute after a restart; then on one of them: journalctl -u kubelet, crictl ps -a',
  })

const endpointAnswers = ({ endpoint }: Cluster, names: readonly string[]) =>
  new KubestrapError({
    id: 'KS-ENDPOINT-ANSWERS',
    exit: 'conflict',
    what: `an API server already answers at ${endpoint.name ?? endpoint.address}:${endpoint.port}, but no node of the file holds a cluster`,
    lines: [`seen from ${names.join(', ')}`],
    unchanged: 'nothing, on no node',
    remedy: 'correct the endpoint, or add the control planes of that cluster to the file',
  })

const notToCreate = (refusals: readonly string[]) =>
  new KubestrapError({
    id: 'KS-NOT-TO-CREATE',
    exit: 'preflight',
    what: 'a cluster is not begun like this',
    lines: refusals,
    unchanged: 'nothing, on no node',
    remedy: 'correct the cluster file',
  })

const otherVersion = (wanted: string, version: string) =>
  new KubestrapError({
    id: 'KS-VERSION-LIVING',
    exit: 'conflict',
    what: `the cluster runs ${version}, the cluster file wants ${wanted}`,
    unchanged: 'nothing, on no node',
    remedy: `set kubernetesVersion to "${minorPart(version)}" or "${version}"; upgrading is not done by up`,
  })
