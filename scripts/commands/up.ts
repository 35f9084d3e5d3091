import type { ClusterNode } from '../../lib/cluster.ts'
import { exitCodes, formatError, KubestrapError } from '../../lib/errors.ts'
import type { ObservedForPhase, PhaseInput } from '../../lib/phase-input.ts'
import { needsCredentials, type Task, taskId } from '../../lib/tasks.ts'
import { clock, count } from '../../lib/text.ts'
import type { Options } from '../arguments.ts'
import { upload } from '../bundles.ts'
import { type CredentialsService, credentialsService } from '../credentials-service.ts'
import { endpointFromEveryNode } from '../endpoint.ts'
import { fetchKubeconfig } from '../kubeconfig-file.ts'
import { nodeLogs } from '../node-logs.ts'
import { observe, observedOf } from '../observe.ts'
import { planText } from '../plan-text.ts'
import { type Remote, runPhase } from '../run-phase.ts'
import { type Outcome, runSchedule } from '../schedule.ts'
import { type Session, withSession } from '../session.ts'
import { type Survey, survey } from '../survey.ts'
import { closingTable, type Measured } from '../view/closing-table.ts'
import { openView } from '../view/open-view.ts'
import type { View } from '../view/view.ts'

/** Raises the cluster, or brings it to what the file says. */
export async function up(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const began = Date.now()
    const logs = nodeLogs(session.state.logs)
    const view = openView(options, session.cluster.nodes)
    const remote: Remote = {
      ...session,
      onEvent(node, phase, event) {
        logs.event(node, phase, event)
        view.event(node, phase, event)
      },
      turns: new Map(),
      onNoise: logs.noise,
    }
    const stop = stopOnSignals(view.print)
    const run = { session: { ...session, print: view.print }, view, remote, stop: stop.controller }
    try {
      return await converge(run, began)
    } finally {
      stop.forget()
      view.close()
    }
  })
}

/** The first signal stops in good order, credentials taken back; the second leaves at once. */
function stopOnSignals(print: (line: string) => void) {
  const controller = new AbortController()
  const onSignal = (signal: Signal) => {
    if (controller.signal.aborted)
      process.exit(exitCodes[signal === 'SIGINT' ? 'interrupted' : 'terminated'])
    print(`${signal}: nothing more is begun; taking back join credentials (again: leave at once)`)
    controller.abort(signal)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const forget = () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  return { controller, forget }
}

interface Run {
  /** Aborted by the first Ctrl-C or SIGTERM; its reason is the signal. */
  readonly stop: AbortController
  readonly session: Session
  readonly view: View
  readonly remote: Remote
}

async function converge(run: Run, began: number): Promise<number> {
  const { session, view } = run
  view.waiting(`looking at ${count(session.cluster.nodes.length, 'node')}`)
  const seen = await survey(session, run.remote)
  view.waiting(undefined)
  const open = seen.tasks.filter(({ state }) => state === 'to do')
  for (const line of planText(session.cluster, seen.verdict, seen.tasks)) view.print(line)
  if (open.length > 0 && !session.options.yes && !(await session.confirm('Do this?'))) {
    view.print('Nothing was done. (In scripts: --yes)')
    return exitCodes.usage
  }
  const done = await work(run, seen)
  const signal = run.stop.signal.aborted ? (run.stop.signal.reason as Signal) : undefined
  if (signal) return interrupted(run, done, signal)
  return close(run, seen, done, Date.now() - began)
}

interface Done {
  readonly outcomes: ReadonlyMap<Task, Outcome>
  readonly measured: ReadonlyMap<string, Measured>
  readonly errors: readonly unknown[]
}

type Signal = 'SIGINT' | 'SIGTERM'

/** What was begun on nodes goes on there: it is said where, and how it is found again. */
function interrupted({ view, session }: Run, { outcomes }: Done, signal: Signal): number {
  const ended = [...outcomes.keys()]
  view.print(`\nstopped by ${signal}; ${ended.length} tasks were done or skipped.`)
  view.print(
    'Phases that run go on on their nodes; the same command reads along with them and goes on.',
  )
  view.print(`Logs: ${session.state.logs}`)
  return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
}

async function work(run: Run, { tasks, verdict, seen }: Survey): Promise<Done> {
  const { session, view } = run
  const open = tasks.filter(({ state }) => state === 'to do')
  const measured = new Map<string, Measured>()
  const errors: unknown[] = []
  const uploads = new Map<string, Promise<void>>()
  const has = new Set(seen.filter(({ facts }) => facts?.bundles).map(({ node }) => node.name))
  /** Once a node, before its first phase. */
  const equip = (node: ClusterNode) => {
    const sending =
      uploads.get(node.name) ??
      (has.has(node.name) ? Promise.resolve() : upload(session.ssh, node, session.bundles))
    uploads.set(node.name, sending)
    return sending
  }
  const steward = session.cluster.nodes.find(({ name }) => name === verdict.steward)
  const observed = verdict.living
    ? observedOf(verdict.living, session.cluster)
    : { kubernetesVersion: verdict.version, nodes: [] }
  const credentials =
    steward &&
    credentialsService({
      remote: run.remote,
      cluster: session.cluster,
      steward,
      observed,
      equip,
      workers: open
        .filter((task) => task.phase.joins === 'worker' && needsCredentials(task))
        .map(({ node }) => node),
      leftOver: verdict.living?.joinSecretsLeft ?? false,
    })
  const tools: Tools = {
    ...run,
    credentials,
    steward,
    observed,
    equip,
    reached: seen.map(({ node }) => node),
    round: { now: undefined },
    again: { nodes: undefined },
  }
  try {
    const outcomes = await runSchedule({
      tasks,
      stopped: run.stop.signal,
      async run(task) {
        const started = Date.now()
        view.started(task.node, task.phase.name)
        const changed = await doTask(tools, task)
        measured.set(taskId(task), { ms: Date.now() - started, changed })
        view.finished(
          task.node,
          task.phase.name,
          changed === 0 ? 'ok' : `${changed} changed`,
          Date.now() - started,
        )
      },
      onFailed(task, error) {
        errors.push(error)
        view.finished(task.node, task.phase.name, 'failed', 0)
        view.print(formatError(error))
      },
      onSkipped: (task, because) =>
        view.print(`skipped: ${taskId(task)}, because ${taskId(because)} is not done`),
    })
    return { outcomes, measured, errors }
  } finally {
    await takeBack(tools, errors)
  }
}

/** Credentials go whatever happened; when the steward is busy or gone their minutes end them. */
async function takeBack({ credentials, view, stop }: Tools, errors: unknown[]): Promise<void> {
  const limit = stop.signal.aborted ? 20_000 : 300_000
  const tooLong = new Promise<void>((resolve) => setTimeout(resolve, limit).unref())
  const revoking = credentials?.revoke().catch((error: unknown) => {
    errors.push(error)
    view.print(formatError(error))
  })
  await Promise.race([revoking, tooLong])
}

interface Tools extends Run {
  readonly credentials: CredentialsService | undefined
  readonly steward: ClusterNode | undefined
  readonly observed: ObservedForPhase
  readonly equip: (node: ClusterNode) => Promise<void>
  /** Nodes that are connected. */
  readonly reached: readonly ClusterNode[]
  readonly round: { now: Promise<void> | undefined }
  readonly again: { nodes: Promise<ObservedForPhase> | undefined }
}

/** One phase on one node. @returns how many steps changed something */
async function doTask(tools: Tools, task: Task): Promise<number> {
  const { session, remote, view, equip } = tools
  const { phase, node } = task
  await equip(node)
  const join = needsCredentials(task) ? await credentialsFor(tools, task) : undefined
  const observed = phase.needsNodes ? await observedAgain(tools) : tools.observed
  const { cluster } = session
  // One control plane applies the manifests, not all at the same time.
  const manifests = node === tools.steward ? session.manifests : {}
  const input: PhaseInput = {
    cluster,
    node: node.name,
    observed,
    manifests,
    ...(join ? { join } : {}),
  }
  const result = await runPhase(remote, node, phase.name, input)
  if (phase.thenEndpointAnswers) {
    view.waiting(`every node asks the endpoint, after ${taskId(task)}`)
    await everybodyAsks(tools)
    view.waiting(undefined)
  }
  return result.changed.length
}

/** Workers join together: those that ask at the same time share one round. */
function everybodyAsks(tools: Tools): Promise<void> {
  tools.round.now ??= endpointFromEveryNode(tools.session, tools.reached).finally(() => {
    tools.round.now = undefined
  })
  return tools.round.now
}

async function credentialsFor({ credentials, steward, view }: Tools, task: Task) {
  if (!credentials || !steward) return undefined
  view.waiting(`${steward.name} issues join credentials for ${task.node.name}`)
  const made = await (task.phase.joins === 'control-plane'
    ? credentials.forControlPlane(task.node)
    : credentials.forWorker())
  view.waiting(undefined)
  return made.reveal()
}

/** Pod ranges are given when nodes join: whoever needs them looks again, once for all. */
async function observedAgain(tools: Tools): Promise<ObservedForPhase> {
  const { session, steward, observed } = tools
  if (!steward) return observed
  tools.again.nodes ??= lookAgain(session, steward, observed)
  return tools.again.nodes
}

async function lookAgain(session: Session, steward: ClusterNode, before: ObservedForPhase) {
  for (let tries = 0; tries < 30; tries += 1) {
    const { inspection } = await observe(session, steward)
    const nodes = inspection?.cluster?.nodes ?? []
    if (nodes.length > 0 && nodes.every(({ podCIDR }) => podCIDR !== undefined))
      return { ...before, nodes }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  throw new KubestrapError({
    id: 'KS-POD-RANGES',
    exit: 'timeout',
    what: 'some nodes were given no pod range within 30 s',
    node: steward.name,
    remedy:
      'look at the controller manager: kubectl -n kube-system logs -l component=kube-controller-manager',
  })
}

async function close(run: Run, seen: Survey, done: Done, ms: number): Promise<number> {
  const { session, view } = run
  // In the order of the file, not in that of the ends.
  const worked = seen.tasks.flatMap((task) => {
    const outcome = done.outcomes.get(task)
    return task.state === 'to do' && outcome ? [[task, outcome] as const] : []
  })
  const changed = [...done.measured.values()].reduce((sum, one) => sum + one.changed, 0)
  if (worked.length > 0) {
    view.print('')
    for (const line of closingTable(new Map(worked), done.measured)) view.print(line)
  }
  const [first] = done.errors
  if (first !== undefined) {
    view.print(
      `\n${count(done.errors.length, 'failure')}, ${changed} changed, ${clock(ms)}. Logs: ${session.state.logs}`,
    )
    view.print('Nothing that was done is lost: run the same command again, it goes on from here.')
    return first instanceof KubestrapError ? first.exitCode : 1
  }
  view.print(`\n${count(session.cluster.nodes.length, 'node')}, ${changed} changed, ${clock(ms)}`)
  const steward = session.cluster.nodes.find(({ name }) => name === seen.verdict.steward)
  const begun = worked.some(
    ([{ phase }, outcome]) => phase.name === 'control-plane-init' && outcome === 'done',
  )
  if (steward && (seen.verdict.living || begun))
    view.print(`kubeconfig: ${await fetchKubeconfig(session, steward, session.state.kubeconfig)}`)
  return exitCodes.ok
}
