import { type Task, taskId } from '../../lib/tasks.ts'
import { clock } from '../../lib/text.ts'
import { told, toldAll } from '../../lib/texts/told.ts'
import { axisMarks, criticalPath, type Span } from '../../lib/timeline.ts'
import type { Outcome } from '../schedule.ts'
import { cut } from './live-lines.ts'
import { table } from './table.ts'

export interface Measured {
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly ms: number
  readonly changed: number
}

export interface Paper {
  readonly columns: number
  /** Bars for eyes; without them the same in words, for logs and screen readers. */
  readonly bars: boolean
  readonly emphasis: (text: string) => string
}

interface Row {
  readonly task: Task
  readonly outcome: string
  readonly span: Span | undefined
}

/** Every phase of every node on one axis of time, and what decided how long it took. */
export function closingTable(
  outcomes: ReadonlyMap<Task, Outcome>,
  measured: ReadonlyMap<string, Measured>,
  needsOf: (task: Task) => readonly string[],
  paper: Paper,
): string[] {
  const rows = [...outcomes].map(([task, outcome]) => rowOf(task, outcome, measured, needsOf))
  const spans = rows.flatMap(({ span }) => span ?? [])
  const path = criticalPath(spans)
  const body = paper.bars && spans.length > 0 ? barred(rows, path, paper) : worded(rows)
  return [...body, ...pathLines(path, spans)]
}

function rowOf(
  task: Task,
  outcome: Outcome,
  measured: ReadonlyMap<string, Measured>,
  needsOf: (task: Task) => readonly string[],
): Row {
  const id = taskId(task)
  const took = measured.get(id)
  const changed = took && took.changed > 0 ? `${took.changed} changed` : 'ok'
  const span = took && {
    ...{ id, node: task.node.name, phase: task.phase.name },
    ...{ from: took.from, to: took.from + took.ms },
    ...{ needs: needsOf(task), atOnce: task.phase.atOnce },
  }
  return { task, span, outcome: told(outcome === 'done' ? changed : outcome) }
}

const beginOf = (rows: readonly Row[]) =>
  Math.min(...rows.map(({ span }) => span?.from ?? Infinity))

const head = () => toldAll('node', 'phase', 'began', 'took', 'outcome')

function worded(rows: readonly Row[]): string[] {
  const begin = beginOf(rows)
  const cells = rows.map(({ task, span, outcome }) => [
    task.node.name,
    task.phase.name,
    span ? clock(span.from - begin) : '',
    span ? clock(span.to - span.from) : '',
    outcome,
  ])
  return table([head(), ...cells])
}

/** One row a node and phase; the node's name once. The critical path is full, the rest lighter. */
function barred(rows: readonly Row[], path: readonly Span[], paper: Paper): string[] {
  const byNode = [...rows].sort((a, b) => order(rows, a) - order(rows, b))
  const begin = beginOf(rows)
  const length = Math.max(1000, ...rows.map(({ span }) => (span ? span.to - begin : 0)))
  const names = table(
    byNode.map(({ task }, index) => [
      byNode[index - 1]?.task.node === task.node ? '' : task.node.name,
      task.phase.name,
    ]),
  )
  const left = Math.max(...names.map((name) => name.length))
  const right = Math.max(...byNode.map((row) => tail(row).length))
  const width = paper.columns - 1 - left - right - 4
  if (width < 10) return worded(rows)
  const lines = byNode.map((row, index) => {
    const critical = path.some(({ id }) => id === row.span?.id)
    const bar = row.span ? barOf(row.span, begin, width / length, critical) : ''
    const shown = bar.padEnd(width).slice(0, width)
    const name = (names[index] ?? '').padEnd(left)
    return `${name}  ${critical ? paper.emphasis(shown) : shown}  ${tail(row)}`
  })
  return [`${' '.repeat(left)}  ${axis(length, width)}`, ...lines]
}

/** The file's order of nodes; within one the story's. */
function order(rows: readonly Row[], row: Row): number {
  const nodes = [...new Set(rows.map(({ task }) => task.node))]
  return nodes.indexOf(row.task.node) * rows.length + rows.indexOf(row)
}

const tail = ({ span, outcome }: Row) =>
  `${(span ? clock(span.to - span.from) : '').padStart(5)}  ${outcome}`

function barOf({ from, to }: Span, begin: number, scale: number, critical: boolean): string {
  const start = Math.round((from - begin) * scale)
  const end = Math.max(start + 1, Math.round((to - begin) * scale))
  return ' '.repeat(start) + (critical ? '█' : '░').repeat(end - start)
}

/** `0:00      1:00      2:00` */
function axis(length: number, width: number): string {
  return axisMarks(length, Math.floor(width / 7)).reduce((line, mark) => {
    const at = Math.round((mark / length) * width)
    const text = clock(mark)
    return at + text.length <= width ? line.padEnd(at) + text : line
  }, '')
}

function pathLines(path: readonly Span[], spans: readonly Span[]): string[] {
  const [first, last] = [path[0], path.at(-1)]
  if (!first || !last || spans.length < 2) return []
  const steps = path.map(({ id, from, to }) => `  ${clock(to - from).padStart(5)}  ${id}`)
  return [
    '',
    told(`What decided the time (${clock(last.to - first.from)}), one after the other:`),
    ...steps.map((line) => cut(line, 79)),
  ]
}
