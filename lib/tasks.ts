import type { Cluster, ClusterNode } from './cluster.ts'
import type { PlannedStep } from './events.ts'
import type { Seen, Verdict } from './judgement.ts'
import { clearStep, joinStep, type Phase, phases } from './phases.ts'

/** One phase on one node. */
export interface Task {
  readonly phase: Phase
  readonly node: ClusterNode
  /** Whether the node is the control plane that acts for the cluster. */
  readonly onSteward: boolean
  /** It is to join, but the cluster still counts on it: a control plane that was wiped, for instance. */
  readonly returns: boolean
  /**
   * `to do`; nothing: every step was already seen to be as wanted; left out: there is something to
   * do, but --nodes or --only did not name it.
   */
  readonly state: 'to do' | 'nothing to do' | 'left out'
  /** What it would do, as far as it could be seen. */
  readonly steps: readonly PlannedStep[]
}

export interface Selection {
  readonly nodes?: readonly string[]
  readonly phases?: readonly string[]
}

/** The tasks of a run, in the order of the story. */
export function tasksOf(
  cluster: Cluster,
  verdict: Verdict,
  seen: readonly Seen[],
  selection: Selection = {},
): readonly Task[] {
  const plansOf = new Map(seen.map(({ node, inspection }) => [node.name, inspection?.plans]))
  const tasks = phases.flatMap((phase) =>
    cluster.nodes
      .filter((node) => phase.on(node, verdict, cluster))
      .map((node) => ({
        phase,
        node,
        onSteward: node.name === verdict.steward,
        ...stateFrom(plansOf.get(node.name)?.[phase.name]),
      }))
      .map((task) => ({ ...task, returns: needsCredentials(task) && isKnown(task, verdict) })),
  )
  return withConsequences(tasks, cluster).map((task) => selected(task, selection))
}

const isKnown = ({ node }: Pick<Task, 'node'>, { living }: Verdict) =>
  living?.nodes.some(({ name }) => name === node.name) ?? false

/** Without a plan nothing is known: everything is to do. */
function stateFrom(steps: readonly PlannedStep[] | undefined): Pick<Task, 'steps' | 'state'> {
  const whole = steps?.every(({ outcome }) => outcome === 'ok') ?? false
  return { steps: steps ?? [], state: whole ? 'nothing to do' : 'to do' }
}

/**
 * What was seen as done may not stay so: a joining node gives every other node a route to set, and
 * before an init or join that was cut short `kubeadm reset` empties the node's manifests folder.
 */
function withConsequences(tasks: readonly Task[], { podNetwork }: Cluster): readonly Task[] {
  const grows = tasks.some(needsCredentials) && podNetwork.provider === 'bridge'
  const cleared = new Set(tasks.filter(clearsNode).map(({ node }) => node.name))
  const isUndone = ({ phase, node }: Task) =>
    (grows && phase.needsNodes === true) ||
    (cleared.has(node.name) && phase.after.some(({ phase: one }) => makesMember.includes(one)))
  return tasks.map((task) => (isUndone(task) ? { ...task, state: 'to do' } : task))
}

const makesMember: readonly string[] = ['control-plane-init', 'control-plane-join', 'worker-join']

/** Whether it begins by taking a half init or join of ours away. */
export const clearsNode = ({ steps }: Task): boolean =>
  steps.some(({ step, outcome }) => step.startsWith(clearStep) && outcome === 'would-change')

function selected(task: Task, { nodes, phases: names }: Selection): Task {
  const chosen =
    (nodes?.includes(task.node.name) ?? true) && (names?.includes(task.phase.name) ?? true)
  return chosen || task.state === 'nothing to do' ? task : { ...task, state: 'left out' }
}

/** Whether the node really has to join, and not only something around it is open. */
export function needsCredentials({
  phase,
  state,
  steps,
}: Pick<Task, 'phase' | 'state' | 'steps'>): boolean {
  if (phase.joins === undefined || state !== 'to do') return false
  return steps.find(({ step }) => step === joinStep)?.outcome !== 'ok'
}

export const taskId = ({ phase, node }: Task): string => `${phase.name}@${node.name}`

export interface Need {
  readonly task: Task
  /** Done, or only ended, whatever came of it. */
  readonly until: 'done' | 'ended'
}

/** The tasks that come before this one. */
export function needsOf(task: Task, tasks: readonly Task[]): readonly Need[] {
  return [...returningFirst(task, tasks), ...needsOfPhase(task, tasks)]
}

/**
 * No new control plane may join while one that the cluster counts on is missing: see kube/gates.ts.
 * Members do not wait: the one that acts for the cluster is what the missing one itself waits for.
 */
const returningFirst = (task: Task, tasks: readonly Task[]): readonly Need[] =>
  task.phase.joins === 'control-plane' && needsCredentials(task) && !task.returns
    ? tasks
        .filter((other) => other.phase === task.phase && other.returns)
        .map((other) => ({ task: other, until: 'ended' }))
    : []

function needsOfPhase(task: Task, tasks: readonly Task[]): readonly Need[] {
  return task.phase.after.flatMap(({ phase, where }) =>
    tasks
      .filter((other) => other.phase.name === phase)
      .filter((other) => where !== 'same node' || other.node.name === task.node.name)
      .filter((other) => where !== 'steward' || (other.onSteward && !task.onSteward))
      .map(
        (other) =>
          ({ task: other, until: where === 'every node, ended' ? 'ended' : 'done' }) as const,
      ),
  )
}
