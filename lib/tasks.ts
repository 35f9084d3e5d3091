import type { Cluster, ClusterNode } from './cluster.ts'
import type { PlannedStep } from './events.ts'
import type { Seen, Verdict } from './judgement.ts'
import { joinStep, type Phase, phases } from './phases.ts'

/** One phase on one node. */
export interface Task {
  readonly phase: Phase
  readonly node: ClusterNode
  /** `to do`, or nothing: every step was already seen to be as wanted. */
  readonly state: 'to do' | 'nothing to do'
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
  const inspectionOf = new Map(seen.map(({ node, inspection }) => [node.name, inspection]))
  const chosen = ({ name }: ClusterNode) => selection.nodes?.includes(name) ?? true
  const tasks: Task[] = []
  for (const phase of phases) {
    if (selection.phases && !selection.phases.includes(phase.name)) continue
    for (const node of cluster.nodes) {
      if (!phase.on(node, verdict) || !chosen(node)) continue
      const steps = inspectionOf.get(node.name)?.plans[phase.name] ?? []
      const whole = steps.length > 0 && steps.every(({ outcome }) => outcome === 'ok')
      // A phase without steps here (pod-network: none on a worker) was looked at as well.
      const empty = inspectionOf.get(node.name)?.plans[phase.name]?.length === 0
      tasks.push({ phase, node, steps, state: whole || empty ? 'nothing to do' : 'to do' })
    }
  }
  return withConsequences(tasks, cluster, verdict)
}

/** A joining node gives every other node a route to set. */
function withConsequences(
  tasks: readonly Task[],
  cluster: Cluster,
  verdict: Verdict,
): readonly Task[] {
  const known = new Set(verdict.living?.nodes.map(({ name }) => name))
  const grows = tasks.some(({ phase, node }) => phase.joins !== undefined && !known.has(node.name))
  if (!grows || cluster.podNetwork.provider !== 'bridge') return tasks
  return tasks.map((task) => (task.phase.needsNodes ? { ...task, state: 'to do' } : task))
}

/** Whether the node really has to join, and not only something around it is open. */
export function needsCredentials({ phase, state, steps }: Task): boolean {
  if (phase.joins === undefined || state !== 'to do') return false
  return steps.find(({ step }) => step === joinStep)?.outcome !== 'ok'
}

export const taskId = ({ phase, node }: Task): string => `${phase.name}@${node.name}`

/** The tasks that must be done before this one. */
export function dependencies(task: Task, tasks: readonly Task[]): readonly Task[] {
  return tasks.filter((other) =>
    task.phase.after.some(
      ({ phase, where }) =>
        other.phase.name === phase &&
        (where === 'every node' || other.node.name === task.node.name),
    ),
  )
}
