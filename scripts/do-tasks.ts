import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode } from '../lib/cluster.ts'
import { formatError, KubestrapError } from '../lib/errors.ts'
import type { ObservedForPhase, PhaseInput } from '../lib/phase-input.ts'
import { phases } from '../lib/phases.ts'
import { clearsNode, needsCredentials, type Task, taskId } from '../lib/tasks.ts'
import { told } from '../lib/texts/told.ts'
import { type CredentialsService, credentialsService } from './credentials-service.ts'
import { endpointAnswers } from './endpoint.ts'
import { etcdClientFor, inspectAgain, observedOf } from './observe.ts'
import type { Pauser } from './pause.ts'
import { equip, type Remote } from './remote.ts'
import { runPhase } from './run-phase.ts'
import { type Outcome, runSchedule } from './schedule.ts'
import type { Session } from './session.ts'
import type { Survey } from './survey.ts'
import type { Measured } from './view/closing-table.ts'
import type { View } from './view/view.ts'

/** A run of `up`. */
export interface Run {
  /** Aborted by the first Ctrl-C or SIGTERM (the reason is the signal), or when a node was lost
   * to another orchestrator (the reason is the error). */
  readonly stop: AbortController
  readonly session: Session
  readonly view: View
  readonly remote: Remote
  readonly pauser?: Pauser
}

export interface Done {
  readonly outcomes: ReadonlyMap<Task, Outcome>
  readonly measured: ReadonlyMap<string, Measured>
  readonly errors: readonly unknown[]
}

/** How long a join that runs is waited for after Ctrl-C, milliseconds; again Ctrl-C ends the wait. */
const joinLimit = 60_000

/** Does the tasks as a graph; credentials that were made for them are taken back at the end. */
export async function doTasks(run: Run, { tasks, verdict, seen }: Survey): Promise<Done> {
  const { session, view } = run
  const open = tasks.filter(({ state }) => state === 'to do')
  const joining = new Set(open.filter(needsCredentials))
  const measured = new Map<string, Measured>()
  const errors: unknown[] = []
  const steward = session.cluster.nodes.find(({ name }) => name === verdict.steward)
  const observed = verdict.living
    ? observedOf(verdict.living, session.cluster)
    : { kubernetesVersion: verdict.version, nodes: [], proxyMode: verdict.proxyMode }
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
      stopped: run.stop.signal,
      leftOver: verdict.living?.joinSecretsLeft ?? false,
    })
  const tools: Tools = {
    ...run,
    credentials,
    steward,
    observed,
    reached: seen.map(({ node }) => node),
    round: { now: undefined },
    again: { nodes: undefined },
  }
  try {
    const outcomes = await runSchedule({
      tasks,
      stopped: run.stop.signal,
      async run(task) {
        if (run.pauser?.at === 'phase') await run.pauser.ask(taskLines(task))
        const started = Date.now()
        view.started(task.node, task.phase.name)
        const measure = (changed: number) =>
          measured.set(taskId(task), { from: started, ms: Date.now() - started, changed })
        const changed = await doTask(tools, task).catch((error: unknown) => {
          measure(0)
          throw error
        })
        measure(changed)
        // As soon as the last has joined; what fails here is tried, and told, at the end.
        if (joining.delete(task) && joining.size === 0) credentials?.revoke().catch(() => undefined)
        view.finished(
          task.node,
          task.phase.name,
          changed === 0 ? 'ok' : `${changed} changed`,
          Date.now() - started,
        )
      },
      onFailed(task, error) {
        // What fails from here on is what was stopped: on its node it goes on, the next run reads along.
        if (run.stop.signal.aborted) return
        errors.push(error)
        view.finished(task.node, task.phase.name, 'failed', measured.get(taskId(task))?.ms ?? 0)
        view.print(formatError(error))
      },
      onSkipped: (task, because) =>
        view.print(told(`skipped: ${taskId(task)}, because ${taskId(because)} is not done`)),
    })
    return { outcomes, measured, errors }
  } finally {
    await takeBack(tools, errors)
  }
}

function taskLines({ phase, node, steps }: Task): string[] {
  const open = steps.filter(({ outcome }) => outcome !== 'ok')
  return [
    '',
    `${node.name}  ${phase.name}  ${told(phase.title)}`,
    ...open.map(({ step }) => `    ${told(step)}`),
  ]
}

const joins: readonly string[] = phases.flatMap(({ name, joins: role }) => (role ? [name] : []))

/** A join whose token is taken away under it would try for minutes in vain, and then fail. */
async function joinsHaveEnded({ remote, view }: Pick<Run, 'remote' | 'view'>): Promise<void> {
  const until = Date.now() + joinLimit
  const inTheMiddle = () => [...remote.running].filter(({ phase }) => joins.includes(phase))
  for (let left = inTheMiddle(); left.length > 0 && Date.now() < until; left = inTheMiddle()) {
    const who = left.map(({ node }) => node.name).join(', ')
    view.waiting(told(`${who} is in the middle of its join`))
    await sleep(200)
  }
  view.waiting(undefined)
}

/** Credentials go whatever happened; when the steward is busy or gone their minutes end them. */
async function takeBack(
  { credentials, remote, view, stop }: Tools,
  errors: unknown[],
): Promise<void> {
  // Somebody else works on the cluster now: all that could be taken back are theirs, and they will.
  if (stop.signal.reason instanceof KubestrapError) return
  if (stop.signal.aborted) await joinsHaveEnded({ remote, view })
  const limit = stop.signal.aborted ? 20_000 : 300_000
  const tooLong = sleep(limit, 'too long' as const, { ref: false })
  const revoking = credentials?.revoke().catch((error: unknown) => {
    errors.push(error)
    view.print(formatError(error))
  })
  if ((await Promise.race([revoking, tooLong])) === undefined) return
  view.print(
    told(
      `join credentials could not be taken back in ${limit / 1000} s; tokens end in 15 minutes, uploaded certificates in two hours`,
    ),
  )
}

interface Tools extends Run {
  readonly credentials: CredentialsService | undefined
  readonly steward: ClusterNode | undefined
  readonly observed: ObservedForPhase
  /** Nodes that are connected. */
  readonly reached: readonly ClusterNode[]
  readonly round: { now: Promise<void> | undefined }
  readonly again: { nodes: Promise<ObservedForPhase> | undefined }
}

/** One phase on one node. @returns how many steps changed something */
async function doTask(tools: Tools, task: Task): Promise<number> {
  const { session, remote, view } = tools
  const { phase, node } = task
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
    ...(phase.name === 'calico' ? { calicoManifests: session.calicoManifests } : {}),
    ...etcdClientFor(node, session.etcdClient),
    ...(join ? { join } : {}),
    ...(tools.pauser?.at === 'step' ? { pause: true as const } : {}),
  }
  const result = await runPhase(remote, node, phase.name, input, tools.stop.signal)
  const asks = phase.thenEndpointAnswers?.(cluster) ?? 'nobody'
  if (asks !== 'nobody') {
    const id = taskId(task)
    const all = asks === 'every node'
    view.waiting(
      told(
        all
          ? `every node asks the endpoint, after ${id}`
          : `${node.name} asks the endpoint, after ${id}`,
      ),
    )
    await (all ? everybodyAsks(tools) : endpointAnswers(session, [node]))
    view.waiting(undefined)
  }
  return result.changed.length
}

/** Tasks that end at the same time share one round. */
function everybodyAsks(tools: Tools): Promise<void> {
  tools.round.now ??= endpointAnswers(tools.session, tools.reached).finally(() => {
    tools.round.now = undefined
  })
  return tools.round.now
}

async function credentialsFor({ credentials, steward, view }: Tools, task: Task) {
  if (!credentials || !steward) return undefined
  view.waiting(told(`${steward.name} issues join credentials for ${task.node.name}`))
  const made = await (task.phase.joins === 'control-plane'
    ? credentials.forControlPlane(task.node, clearsNode(task))
    : credentials.forWorker())
  view.waiting(undefined)
  return made.reveal()
}

/** Pod ranges are given when nodes join: whoever needs them looks again, once for all. */
async function observedAgain(tools: Tools): Promise<ObservedForPhase> {
  const { steward, observed } = tools
  if (!steward) return observed
  tools.again.nodes ??= lookAgain(tools, steward)
  return tools.again.nodes
}

/** @throws KubestrapError KS-POD-RANGES when a node is given none */
async function lookAgain({ session, remote, observed }: Tools, steward: ClusterNode) {
  await equip(remote, steward)
  for (let tries = 0; tries < 30; tries += 1) {
    const inspection = await inspectAgain(session, steward, { look: 'nodes' })
    const nodes = inspection?.cluster?.nodes ?? []
    if (nodes.length > 0 && nodes.every(({ podCIDR }) => podCIDR !== undefined))
      return { ...observed, nodes }
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
