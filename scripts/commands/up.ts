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
    const run = { session: { ...session, print: view.print }, view, remote }
    try {
      return await converge(run, began)
    } finally {
      view.close()
    }
  })
}

interface Run {
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
    view.print('Nothing was done.')
    return exitCodes.ok
  }
  const done = await work(run, seen)
  return close(run, seen, done, Date.now() - began)
}

interface Done {
  readonly outcomes: ReadonlyMap<Task, Outcome>
  readonly measured: ReadonlyMap<string, Measured>
  readonly errors: readonly unknown[]
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
      workers: open
        .filter((task) => task.phase.joins === 'worker' && needsCredentials(task))
        .map(({ node }) => node),
      leftOver: verdict.living?.joinSecretsLeft ?? false,
    })
  const tools: Tools = { ...run, credentials, steward, observed, equip }
  try {
    const outcomes = await runSchedule({
      tasks,
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
    if (steward) await equip(steward).catch(() => undefined)
    await credentials?.revoke().catch((error: unknown) => {
      errors.push(error)
      view.print(formatError(error))
    })
  }
}

interface Tools extends Run {
  readonly credentials: CredentialsService | undefined
  readonly steward: ClusterNode | undefined
  readonly observed: ObservedForPhase
  readonly equip: (node: ClusterNode) => Promise<void>
}

/** One phase on one node. @returns how many steps changed something */
async function doTask(tools: Tools, task: Task): Promise<number> {
  const { session, remote, view, equip } = tools
  const { phase, node } = task
  await equip(node)
  const join = needsCredentials(task) ? await credentialsFor(tools, task) : undefined
  const observed = phase.needsNodes ? await observedAgain(tools) : tools.observed
  const { cluster, manifests } = session
  const input: PhaseInput = {
    cluster,
    node: node.name,
    observed,
    manifests,
    ...(join ? { join } : {}),
  }
  const result = await runPhase(remote, node, phase.name, input)
  if (phase.thenEndpointAnswers && result.changed.length > 0) {
    view.waiting(`every node asks the endpoint, after ${taskId(task)}`)
    await endpointFromEveryNode(session)
    view.waiting(undefined)
  }
  return result.changed.length
}

async function credentialsFor({ credentials, steward, equip, view }: Tools, task: Task) {
  if (!credentials || !steward) return undefined
  await equip(steward)
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
  const known = again.get(session) ?? lookAgain(session, steward, observed)
  again.set(session, known)
  return known
}

const again = new WeakMap<Session, Promise<ObservedForPhase>>()

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
  const worked = [...done.outcomes].filter(([task]) => task.state === 'to do')
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
  if (steward)
    view.print(`kubeconfig: ${await fetchKubeconfig(session, steward, session.state.kubeconfig)}`)
  return exitCodes.ok
}
