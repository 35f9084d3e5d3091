import type { ClusterNode } from '../lib/cluster.ts'
import { isMinor, nodeNamed } from '../lib/cluster.ts'
import { judge, refuseOldKubeadm, type Verdict } from '../lib/judgement.ts'
import { type Task, tasksOf } from '../lib/tasks.ts'
import { told } from '../lib/texts/told.ts'
import { externalEtcdUsable } from './external-etcd.ts'
import { hostKeysOf } from './host-keys.ts'
import { type LookOptions, observeAll, type SeenNode } from './observe.ts'
import { noteEquipped, type Remote } from './remote.ts'
import { attach } from './run-phase.ts'
import { meet, type Session, unreachable } from './session.ts'

/** The living system, judged, and the tasks that follow from it. */
export interface Survey {
  readonly seen: readonly SeenNode[]
  readonly verdict: Verdict
  readonly tasks: readonly Task[]
}

/**
 * Looks at all nodes, waits for phases that still run there, and judges.
 *
 * @param remote when given, phases found running are followed to their end
 * @throws KubestrapError when a node cannot be worked on, or together they make no sense
 */
export async function survey(session: Session, remote?: Remote): Promise<Survey> {
  const nodes = session.cluster.nodes
  const look = { preflight: true }
  const met = await meet(session, nodes)
  const first = await observeAll(
    session,
    nodes.filter(({ name }) => !met.some((p) => p.node === name)),
    look,
  )
  const problems = [...met, ...first.flatMap(({ problem }) => (problem ? [problem] : []))]
  const chosen = session.options.nodes?.map((name) => nodeNamed(session.cluster, name).name)
  const inTheWay = problems.filter(({ node }) => chosen?.includes(node) ?? true)
  // A control plane that cannot be seen is the judgement's business: it knows whether one lives.
  const reachable = first.filter(({ problem }) => !problem)
  if (remote) noteEquipped(remote, reachable)
  const settled = remote ? await settle(session, remote, reachable, look) : reachable
  // A refused login or a changed key is a matter of its own; only silence leaves the question open.
  const refused = inTheWay.filter(({ exit }) => exit !== 'unreachable')
  if (refused.length > 0) throw unreachable(inTheWay)
  const verdict = judge(session.cluster, await withHostKeys(session, settled), chosen)
  if (inTheWay.length > 0) throw unreachable(inTheWay)
  if (!verdict.living) await externalEtcdFits(session, settled)
  const selection = {
    ...(chosen ? { nodes: chosen } : {}),
    ...(session.options.only ? { phases: session.options.only } : {}),
  }
  const exact = remote ? await withExactVersion(session, verdict, settled) : verdict
  if (!exact.living) refuseOldKubeadm(session.cluster, exact.version)
  return {
    seen: settled,
    verdict: exact,
    tasks: tasksOf(session.cluster, exact, settled, selection),
  }
}

/** Only where a cluster is begun: a living one proves by itself that its etcd can be used. */
async function externalEtcdFits(session: Session, seen: readonly SeenNode[]): Promise<void> {
  const planes = seen.filter(({ node }) => node.role === 'control-plane')
  const halfBegun = planes.some(({ inspection }) => inspection?.membership === 'partial')
  await externalEtcdUsable(
    session,
    planes.map(({ node }) => node),
    halfBegun,
  )
}

/** An earlier orchestrator's phases outlive it: read along to their end, then look again. */
export async function settle(
  session: Session,
  remote: Remote,
  seen: readonly SeenNode[],
  options: LookOptions,
): Promise<readonly SeenNode[]> {
  const running = seen.filter(({ facts }) => facts?.run)
  if (running.length === 0) return seen
  for (const { node, facts } of running) {
    session.print(
      `${node.name}: ${told(`${facts?.run} still runs from an earlier start; reading along`)}`,
    )
  }
  await Promise.all(
    running.map(async ({ node, facts }) => {
      const result = await attach(remote, node, facts?.run ?? '')
      if (result.error) session.print(`${node.name}: ${told(`it failed: ${result.error.what}`)}`)
    }),
  )
  return observeAll(
    session,
    seen.map(({ node }) => node),
    options,
  )
}

/** What first contact learned of each node, to be compared. */
function withHostKeys({ state }: Session, seen: readonly SeenNode[]): Promise<SeenNode[]> {
  return Promise.all(
    seen.map(async (one) => ({ ...one, hostKeys: await hostKeysOf(one.node, state) })),
  )
}

/** For a minor the newest patch of the repository, asked once, of one node, for all. */
async function withExactVersion(
  session: Session,
  verdict: Verdict,
  seen: readonly SeenNode[],
): Promise<Verdict> {
  if (!isMinor(verdict.version)) return verdict
  const { newestVersion } = await import('./newest-version.ts')
  const node = seen[0]?.node as ClusterNode
  session.print(told(`asking ${node.name} for the newest Kubernetes ${verdict.version}`))
  const version = await newestVersion(session, node, verdict.version)
  session.print(told(`Kubernetes ${version} for all nodes`))
  return { ...verdict, version }
}
