import { type Cluster, type ClusterNode, nodeNamed } from '../../lib/cluster.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { dataStays } from '../../lib/external-etcd.ts'
import { refuseTwoClusters } from '../../lib/judgement.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { told } from '../../lib/texts/told.ts'
import type { Options } from '../arguments.ts'
import { holds } from '../hold.ts'
import { interrupted } from '../interrupted.ts'
import { observeAll, observedOf, type SeenNode } from '../observe.ts'
import { noteEquipped, openRemote, type Remote } from '../remote.ts'
import { runPhase } from '../run-phase.ts'
import { ask, meet, type Session, unreachable, withSession } from '../session.ts'
import { noLivingControlPlane } from '../steward.ts'
import { stopOnSignals, unlessStopped } from '../stop-on-signals.ts'
import { settle } from '../survey.ts'
import { openView } from '../view/open-view.ts'
import type { View } from '../view/view.ts'

/**
 * Takes nodes out of the cluster: drained, their etcd member removed and that verified from a
 * control plane that stays, reset, their Node object deleted. Without names: the whole cluster,
 * workers first, then the control planes from the last to the first.
 */
export async function reset(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    let { print } = session
    const say = (line: string) => print(line)
    const stop = stopOnSignals(say, 'nothing more is begun (again: leave at once)')
    const { signal } = stop.controller
    const onLost = (error: KubestrapError) => stop.controller.abort(error)
    const held = holds({ ...session, verb: 'reset', print: say, onLost })
    const onView = (view: View) => {
      print = view.print
    }
    try {
      const targets = await unlessStopped(agreed({ ...session, hold: held.take }), signal)
      if (targets === undefined) return notBegun(session, signal)
      return await takeAway(session, { ...targets, stop: signal, stands: held.stands, onView })
    } finally {
      await held.release()
      stop.forget()
    }
  })
}

interface Agreed {
  readonly targets: readonly ClusterNode[]
  readonly seen: readonly SeenNode[]
}

/** What shall be taken out, when it can be and a person has agreed. */
async function agreed(session: Session): Promise<Agreed> {
  const { cluster, options } = session
  const targets =
    options.words.length > 0
      ? options.words.map((name) => nodeNamed(cluster, name))
      : everything(session)
  const seen = await look(session, targets)
  refuseOtherCluster(targets, seen)
  await confirmed(session, targets)
  return { targets, seen }
}

function notBegun({ print, state }: Session, { reason }: AbortSignal): number {
  const remote = { running: new Set<never>() }
  return interrupted({ remote, print, reason, ended: 0, logs: state.logs })
}

interface Begun extends Agreed, Pick<Work, 'stop'>, Pick<Remote, 'stands'> {
  /** From now on lines are told by it. */
  readonly onView: (view: View) => void
}

async function takeAway(session: Session, { targets, seen, stop, stands, onView }: Begun) {
  const { cluster, options, state } = session
  const view = openView(options, targets)
  onView(view)
  const { print } = view
  const remote = openRemote(session, view, { stands })
  noteEquipped(remote, seen)
  const ended: string[] = []
  const down = async () => {
    const settled = await settle({ ...session, print }, remote, seen, {})
    const work = { session, remote, view, seen: settled, targets, stop, ended }
    if (targets.length === cluster.nodes.length) await takeAllDown(work)
    else for (const target of targets) await takeOut(work, target)
  }
  try {
    await unlessStopped(down(), stop)
    if (stop.aborted) {
      const { reason } = stop
      return interrupted({ remote, print, reason, ended: ended.length, logs: state.logs })
    }
    print(`\n${targets.map(({ name }) => name).join(', ')}: ${told('reset')}`)
    if (endsCluster(cluster, targets)) for (const line of dataStays(cluster)) print(line)
    return exitCodes.ok
  } finally {
    view.close()
  }
}

/**
 * The cluster whose name is confirmed is the one that goes; a machine of another one, which has the
 * address of a node by mistake, is somebody's.
 */
function refuseOtherCluster(targets: readonly ClusterNode[], seen: readonly SeenNode[]): void {
  const concerned = seen.filter(
    ({ node, inspection }) => targets.includes(node) || inspection?.cluster !== undefined,
  )
  refuseTwoClusters(
    concerned,
    'correct the addresses in the file; if the other cluster is gone, on its nodes: sudo sh reset.mjs',
  )
}

const endsCluster = ({ nodes }: Cluster, targets: readonly ClusterNode[]) =>
  nodes.every((node) => node.role !== 'control-plane' || targets.includes(node))

function everything({ cluster }: Session): readonly ClusterNode[] {
  const of = (role: string) => cluster.nodes.filter((node) => node.role === role)
  return [...of('worker'), ...of('control-plane').reverse()]
}

async function look(session: Session, targets: readonly ClusterNode[]): Promise<SeenNode[]> {
  const { cluster, options } = session
  const met = await meet(session, cluster.nodes)
  const reachable = cluster.nodes.filter(({ name }) => !met.some(({ node }) => node === name))
  const seen = await observeAll(session, reachable)
  const problems = [...met, ...seen.flatMap(({ problem }) => (problem ? [problem] : []))]
  const inTheWay = problems.filter(({ node }) => targets.some(({ name }) => name === node))
  if (inTheWay.length > 0 && !options.gone) throw unreachable(inTheWay)
  return seen.filter(({ problem }) => !problem)
}

async function confirmed({ cluster, options, print }: Session, targets: readonly ClusterNode[]) {
  print(
    told(
      `This takes ${targets.map(({ name }) => name).join(', ')} out of the cluster ${cluster.name}.`,
    ),
  )
  const given =
    options.confirm ?? (await ask(`${told('Type the cluster’s name to go on')}: `)).trim()
  if (given === cluster.name) return
  throw new KubestrapError({
    id: 'KS-NOT-CONFIRMED',
    exit: 'usage',
    what: 'the name of the cluster was not given',
    unchanged: 'nothing, on no node',
    remedy: `type it, or in scripts: --confirm ${cluster.name}`,
  })
}

interface Work {
  readonly session: Session
  readonly remote: Remote
  readonly view: View
  readonly seen: readonly SeenNode[]
  readonly targets: readonly ClusterNode[]
  /** Aborted by a signal, or when a node was lost to another orchestrator. */
  readonly stop: AbortSignal
  /** Phases that have ended. */
  readonly ended: string[]
}

/** Nobody stays: no pod needs another place, no etcd a quorum. Workers together, then the others. */
async function takeAllDown(work: Work): Promise<void> {
  const { targets } = work
  const workers = targets.filter(({ role }) => role === 'worker')
  await Promise.all(workers.map((node) => phaseOn(work, node, 'reset', node)))
  for (const node of targets) {
    if (node.role === 'control-plane') await phaseOn(work, node, 'reset', node)
  }
}

async function takeOut(work: Work, target: ClusterNode): Promise<void> {
  const { session, targets, seen } = work
  const { options } = session
  const index = targets.indexOf(target)
  const leaving = targets.slice(index)
  // A control plane that stays longest: one that is not reset at all, else the one reset last.
  const candidates = seen.filter(({ node, inspection }) => inspection?.cluster && node !== target)
  const staying = candidates.find(({ node }) => !leaving.includes(node))
  const steward = staying ?? candidates.filter(({ node }) => leaving.includes(node)).at(-1)
  const isMember = seen.some(
    ({ node, facts }) => node === target && (facts?.kubeletConf || facts?.etcdData),
  )
  if (!steward && !isLast(work, target) && isMember) throw noLivingControlPlane()
  if (steward) await phaseOn(work, steward.node, 'node-drain', target)
  if (!options.gone) await phaseOn(work, target, 'reset', target)
  if (steward) await phaseOn(work, steward.node, 'node-delete', target)
}

/** With the last control plane the cluster ends: nobody is left to drain from. */
function isLast({ session, targets }: Work, target: ClusterNode): boolean {
  const later = targets.slice(targets.indexOf(target) + 1)
  const staying = session.cluster.nodes.filter((node) => !targets.includes(node))
  return ![...later, ...staying].some(({ role }) => role === 'control-plane')
}

async function phaseOn(work: Work, node: ClusterNode, phase: string, target: ClusterNode) {
  const { session, remote, view, seen, stop, ended } = work
  const { cluster, options } = session
  const view_ = seen.find(({ inspection }) => inspection?.cluster)?.inspection?.cluster
  const observed = view_
    ? observedOf(view_, cluster)
    : { kubernetesVersion: cluster.kubernetesVersion, nodes: [] }
  const flags = {
    target: target.name,
    ...(options.purge ? { purge: 'true' } : {}),
    ...(options.gone ? { gone: 'true' } : {}),
  }
  const input: PhaseInput = { cluster, node: node.name, observed, options: flags }
  const began = Date.now()
  view.started(node, phase)
  const { changed } = await runPhase(remote, node, phase, input, stop)
  ended.push(phase)
  view.finished(node, phase, `${changed.length} changed`, Date.now() - began)
}
