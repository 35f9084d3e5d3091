import { phases } from '../../lib/phases.ts'
import { type Task, taskId } from '../../lib/tasks.ts'
import type { Outcome } from '../schedule.ts'
import { table } from './table.ts'

export interface Measured {
  readonly ms: number
  readonly changed: number
}

/** Seconds per phase and node, with what was changed: the table that closes a run. */
export function closingTable(
  outcomes: ReadonlyMap<Task, Outcome>,
  measured: ReadonlyMap<string, Measured>,
): string[] {
  const tasks = [...outcomes.keys()]
  const columns = phases.filter(({ name }) => tasks.some(({ phase }) => phase.name === name))
  const nodes = [...new Set(tasks.map(({ node }) => node.name))]
  const cell = (node: string, phase: string) => {
    const task = tasks.find((one) => one.node.name === node && one.phase.name === phase)
    if (!task) return ''
    const outcome = outcomes.get(task)
    if (outcome !== 'done') return outcome ?? ''
    const took = measured.get(taskId(task))
    return took ? `${(took.ms / 1000).toFixed(1)} s` : 'ok'
  }
  const rows = [
    ['', ...columns.map(({ name }) => name)],
    ...nodes.map((node) => [node, ...columns.map(({ name }) => cell(node, name))]),
  ]
  return table(rows, 'right')
}
