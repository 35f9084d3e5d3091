import { exitCodes } from '../../lib/errors.ts'
import type { ClusterView } from '../../lib/observed.ts'
import { endpointOf } from '../../lib/render/kubeadm-config.ts'
import { plainLine } from '../../lib/text.ts'
import type { Options } from '../arguments.ts'
import { observeAll, type SeenNode } from '../observe.ts'
import { meet, type Session, withSession } from '../session.ts'
import { table } from '../view/table.ts'
import { requestLine } from './approve.ts'

/** Asks the living cluster how it is; works with nodes down. */
export async function status(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const nodes = session.cluster.nodes
    const met = await meet(session, nodes)
    const reachable = nodes.filter(({ name }) => !met.some(({ node }) => node === name))
    const seen = await observeAll(session, reachable, { options: { pods: 'true' } })
    const silent = met.map((problem) => ({
      node: nodes.find(({ name }) => name === problem.node),
      problem,
    }))
    const all = [...seen, ...silent].flatMap((one) => (one.node ? [one as SeenNode] : []))
    const steward = seen.find(({ inspection }) => inspection?.cluster)
    const cluster = steward?.inspection?.cluster
    if (options.json) printJson(session, all, cluster)
    else for (const line of statusText(session, all, cluster)) session.print(line)
    return isWell(all, cluster) ? exitCodes.ok : exitCodes.unhealthy
  })
}

function isWell(seen: readonly SeenNode[], cluster: ClusterView | undefined): boolean {
  const answers = seen.every(({ problem }) => problem === undefined)
  const ready = cluster?.nodes.every((node) => node.ready) ?? false
  return answers && ready && cluster?.problems.length === 0
}

function printJson(session: Session, seen: readonly SeenNode[], cluster: ClusterView | undefined) {
  const nodes = seen.map(({ node, problem, facts, inspection }) => ({
    name: node.name,
    address: node.address,
    role: node.role,
    reachable: problem === undefined,
    ...(problem ? { problem: problem.what } : {}),
    os: facts?.os,
    membership: inspection?.membership,
    known: cluster?.nodes.find(({ name }) => name === node.name),
  }))
  const { cluster: file } = session
  const value = {
    cluster: file.name,
    endpoint: endpointOf(file),
    endpointHolder: cluster?.endpointHolder,
    healthy: isWell(seen, cluster),
    nodes,
    etcd: cluster?.etcd,
    problems: cluster?.problems,
    pods: cluster?.pods,
    servingRequests: cluster?.servingRequests,
  }
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}

function statusText(
  { cluster: file }: Session,
  seen: readonly SeenNode[],
  cluster: ClusterView | undefined,
): string[] {
  const endpointProblem = cluster?.problems.find((problem) => problem.startsWith('the endpoint'))
  const holder = cluster?.endpointHolder ? `, ${cluster.endpointHolder} holds it` : ''
  const answer = `${endpointProblem ?? 'answers'}${holder}`
  const endpoint = cluster ? answer : 'no control plane could be asked'
  return [
    `${file.name}  endpoint ${endpointOf(file)}: ${endpoint}`,
    '',
    ...table([
      ['NODE', 'ROLE', 'ADDRESS', 'STATE', 'VERSION'],
      ...order(file.nodes, seen).map((one) => nodeRow(one, cluster)),
    ]),
    ...surplusLines(file.nodes, cluster),
    '',
    ...etcdLines(cluster),
    ...problemLines(cluster),
    ...requestLines(cluster),
    ...podLines(cluster),
  ]
}

function order(nodes: readonly { name: string }[], seen: readonly SeenNode[]) {
  return nodes.flatMap(({ name }) => seen.filter(({ node }) => node.name === name))
}

function nodeRow(
  { node, problem, inspection }: SeenNode,
  cluster: ClusterView | undefined,
): string[] {
  const known = cluster?.nodes.find(({ name }) => name === node.name)
  const inCluster = known ? (known.ready ? 'Ready' : 'NotReady') : 'not in the cluster'
  const state = problem ? `${inCluster}; unreachable: ${problem.what}` : inCluster
  const half = inspection?.membership === 'partial' ? ', a half join' : ''
  return [node.name, node.role, node.address, state + half, known?.kubeletVersion ?? '-']
}

function surplusLines(nodes: readonly { name: string }[], cluster: ClusterView | undefined) {
  const names = new Set(nodes.map(({ name }) => name))
  const surplus = cluster?.nodes.filter(({ name }) => !names.has(name)) ?? []
  return surplus.map(
    ({ name, address }) => `${name} (${address}) is in the cluster but not in the file`,
  )
}

function etcdLines(cluster: ClusterView | undefined): string[] {
  if (!cluster?.etcd) return ['etcd: could not be asked']
  const { members, alarms } = cluster.etcd
  const rows = members.map(({ name, id, learner, answers, leader }) => {
    const role = learner ? 'learner' : leader ? 'leader' : 'voter'
    return [name || '(not started)', BigInt(id).toString(16), role, answers ? 'answers' : 'silent']
  })
  return [
    ...table([['ETCD', 'ID', 'ROLE', 'HEALTH'], ...rows]),
    ...alarms.map((alarm) => `etcd alarm: ${alarm}`),
  ]
}

function problemLines(cluster: ClusterView | undefined): string[] {
  const problems = cluster?.problems ?? []
  return problems.length === 0 ? [] : ['', ...problems.map((problem) => `not healthy: ${problem}`)]
}

function requestLines(cluster: ClusterView | undefined): string[] {
  const requests = cluster?.servingRequests ?? []
  return requests.length === 0 ? [] : ['', ...requests.map(requestLine).map(plainLine)]
}

function podLines(cluster: ClusterView | undefined): string[] {
  if (!cluster?.pods) return []
  if (cluster.pods.length === 0) return ['', 'All pods are well.']
  const rows = cluster.pods.map(({ namespace, name, node, problem }) => [
    namespace,
    name,
    node,
    problem,
  ])
  return ['', ...table([['NAMESPACE', 'POD', 'NODE', 'PROBLEM'], ...rows])]
}
