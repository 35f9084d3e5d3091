import { needsCredentials, needsOf, type Task, taskId } from '../lib/tasks.ts'

export type Outcome = 'done' | 'failed' | 'skipped'

export interface Schedule {
  readonly tasks: readonly Task[]
  /** Does one task; a rejection is its failure. */
  readonly run: (task: Task) => Promise<void>
  readonly onFailed: (task: Task, error: unknown) => void
  readonly onSkipped: (task: Task, because: Task) => void
  /** When it says so nothing more is begun; what runs is no longer waited for. */
  readonly stopped?: AbortSignal
}

/**
 * Runs tasks as a graph: each starts when what it needs is done, not when a whole stage is. A
 * failed task makes those that need it skipped; its siblings finish.
 */
export async function runSchedule(schedule: Schedule): Promise<ReadonlyMap<Task, Outcome>> {
  const { tasks } = schedule
  const outcomes = new Map<Task, Outcome>()
  const running = new Map<Task, Promise<void>>()
  const needs = new Map(tasks.map((task) => [task, needsOf(task, tasks)]))

  const begin = (task: Task) => {
    const work = task.state === 'to do' ? schedule.run(task) : Promise.resolve()
    const settled = work.then(
      () => outcomes.set(task, 'done'),
      (error: unknown) => {
        outcomes.set(task, 'failed')
        schedule.onFailed(task, error)
      },
    )
    running.set(
      task,
      settled.then(() => void running.delete(task)),
    )
  }

  const stop = new Promise<void>((resolve) => {
    schedule.stopped?.addEventListener('abort', () => resolve(), { once: true })
  })
  for (const task of tasks) if (task.state === 'left out') outcomes.set(task, 'skipped')

  while (outcomes.size < tasks.length && !schedule.stopped?.aborted) {
    const waiting = tasks.filter((task) => !outcomes.has(task) && !running.has(task))
    for (const task of waiting) {
      const before = needs.get(task) ?? []
      const broken = before.find(
        ({ task: one, until }) =>
          until === 'done' &&
          ['failed', 'skipped'].includes(outcomes.get(one) ?? '') &&
          concerns(one, task),
      )
      if (broken) {
        outcomes.set(task, 'skipped')
        schedule.onSkipped(task, broken.task)
      } else if (before.every(({ task: one }) => outcomes.has(one)) && hasSlot(task, running)) {
        begin(task)
      }
    }
    if (running.size > 0) await Promise.race([...running.values(), stop])
    else if (waiting.every((task) => !outcomes.has(task))) throw inCircle(waiting)
  }
  return outcomes
}

/** A mistake in the story, and not to be waited for. */
const inCircle = (tasks: readonly Task[]) =>
  new Error(`these tasks wait for each other: ${tasks.map(taskId).join(', ')}`)

/** What has nothing to do was done before, whatever becomes of other nodes now. */
const concerns = (broken: Task, task: Task): boolean =>
  task.state !== 'nothing to do' || broken.node === task.node

/**
 * A slot is taken only by what really works: tasks with nothing to do need none, and of a phase that
 * joins nodes only joins do. Members that wait until they are well again wait together.
 */
const takesSlot = (task: Task): boolean =>
  task.state === 'to do' && (task.phase.joins === undefined || needsCredentials(task))

function hasSlot(task: Task, running: ReadonlyMap<Task, unknown>): boolean {
  if (!takesSlot(task)) return true
  const busy = [...running.keys()].filter((one) => one.phase === task.phase && takesSlot(one))
  return busy.length < task.phase.atOnce
}
