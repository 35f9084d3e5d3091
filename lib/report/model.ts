import type { PhaseEvent, PlannedStep, StepOutcome } from '../events.ts'
import { otherScripts } from '../phases.ts'
import { count } from '../text.ts'
import type { Span } from '../timeline.ts'
import type { PicturedCluster, PlannedTask, RunRecord } from './record.ts'

/** A run as its report tells it. */
export interface RunReport {
  readonly cluster: PicturedCluster
  readonly version: string | undefined
  /** Milliseconds since the epoch. */
  readonly began: number
  readonly ended: number
  /** `unfinished`: its last words are missing, it was killed. */
  readonly outcome: 'done' | 'failed' | 'stopped' | 'unfinished'
  readonly error: string | undefined
  readonly works: readonly Work[]
  readonly planned: readonly PlannedTask[]
  readonly said: readonly string[]
}

/** One phase on one node, as it went. */
export interface Work extends Span {
  readonly title: string
  /** In a few words: "3 changed", "failed". */
  readonly outcome: string
  readonly steps: readonly WorkedStep[]
}

export interface WorkedStep {
  readonly title: string
  readonly why: string | undefined
  readonly outcome: StepOutcome | 'failed' | 'not finished'
  readonly found: string | undefined
  readonly wanted: string | undefined
  /** Why there was nothing to do. */
  readonly because: string | undefined
  readonly ms: number
  /** Commands with what they printed, waits and notes, in their order. */
  readonly lines: readonly { readonly kind: PhaseEvent['kind']; readonly text: string }[]
}

/** More of a step's lines than this are left out, from the middle: the node's log has them all. */
const mostLines = 200

type Of<K extends RunRecord['kind']> = Extract<RunRecord, { kind: K }>

/** @returns undefined where the first record is missing: then nothing is known */
export function runReport(records: readonly RunRecord[]): RunReport | undefined {
  const all = <K extends RunRecord['kind']>(kind: K) =>
    records.filter((one): one is Of<K> & { readonly at: string } => one.kind === kind)
  const [run] = all('run')
  if (!run) return undefined
  const plan = all('plan').at(-1)
  const end = all('run-ended').at(-1)
  const last = records.at(-1) ?? run
  return {
    cluster: run.cluster,
    version: plan?.version,
    began: Date.parse(run.at),
    ended: Date.parse((end ?? last).at),
    outcome: end?.outcome ?? 'unfinished',
    error: end?.error,
    works: worksOf(records, plan?.tasks ?? []),
    planned: plan?.tasks ?? [],
    said: all('said').map(({ line }) => line),
  }
}

interface Begun {
  readonly node: string
  readonly phase: string
  readonly from: number
  to: number
  outcome: string
  readonly events: PhaseEvent[]
}

/** Phases in the order in which they began; also those that are no task, join credentials for one. */
function worksOf(records: readonly RunRecord[], planned: readonly PlannedTask[]): Work[] {
  const begun: Begun[] = []
  const open = new Map<string, Begun>()
  const begin = (node: string, phase: string, at: string): Begun => {
    const time = Date.parse(at)
    const one = { node, phase, from: time, to: time, outcome: 'not finished', events: [] }
    begun.push(one)
    open.set(`${phase}@${node}`, one)
    return one
  }
  for (const record of records) {
    if (!('node' in record)) continue
    const { node, phase, at } = record
    const id = `${phase}@${node}`
    const work = begins(record, planned)
      ? begin(node, phase, at)
      : (open.get(id) ?? begin(node, phase, at))
    work.to = Date.parse(at)
    if (record.kind === 'event') work.events.push(record.event)
    if (record.kind !== 'task-ended') continue
    work.outcome = record.outcome
    open.delete(id)
  }
  return begun.map((one) => workOf(one, planned))
}

/** What is no task begins with its own first event. */
function begins(
  record: Of<'task-started' | 'task-ended' | 'event'>,
  planned: readonly PlannedTask[],
) {
  const { kind, node, phase } = record
  const isTask = planned.some((one) => one.node === node && one.phase === phase)
  if (isTask || kind !== 'event') return kind === 'task-started'
  return record.event.kind === 'phase-started'
}

function workOf(
  { node, phase, from, to, outcome, events }: Begun,
  planned: readonly PlannedTask[],
) {
  const task = planned.find((one) => one.node === node && one.phase === phase)
  const steps = stepsOf(events)
  const changed = steps.filter((step) => step.outcome === 'changed').length
  // Who asked for it waits for its result, which is no event: its last step tells.
  const aside = changed > 0 ? `${changed} changed` : 'ok'
  return {
    ...{ id: `${phase}@${node}`, node, phase, from, to, steps },
    ...{ needs: task?.needs ?? [], atOnce: task?.atOnce ?? Infinity },
    title: task?.title ?? otherScripts[phase] ?? phase,
    outcome: task ? outcome : aside,
  }
}

function stepsOf(events: readonly PhaseEvent[]): WorkedStep[] {
  const steps: WorkedStep[] = []
  const add = (change: (last: WorkedStep) => WorkedStep) => {
    const last = steps.pop() ?? emptyStep('Before the first step')
    steps.push(change(last))
  }
  for (const event of events) {
    if (event.kind === 'step-started') steps.push(emptyStep(event.step, event.why))
    else if (event.kind === 'step-finished') {
      const { outcome, found, wanted, because, ms } = event
      add((last) => ({ ...last, outcome, found, wanted, because, ms }))
    } else if (event.kind === 'error') {
      const { what, lines = [], remedy } = event.error
      const texts = [what, ...lines, ...(remedy ? [`next: ${remedy}`] : [])]
      const told = texts.map((text) => ({ kind: 'error', text }) as const)
      add((last) => ({ ...last, outcome: 'failed', lines: [...last.lines, ...told] }))
    } else {
      const text = textOf(event)
      if (text !== undefined)
        add((last) => ({ ...last, lines: withLine(last.lines, { kind: event.kind, text }) }))
    }
  }
  return steps.map((step) => ({ ...step, lines: bounded(step.lines) }))
}

const emptyStep = (title: string, why?: string): WorkedStep => ({
  ...{ title, why, outcome: 'not finished', ms: 0, lines: [] },
  ...{ found: undefined, wanted: undefined, because: undefined },
})

type Lines = WorkedStep['lines']

/** A wait that is told again and again is told once. */
function withLine(lines: Lines, line: Lines[number]): Lines {
  const last = lines.at(-1)
  return last?.kind === 'waiting' && last.text === line.text ? lines : [...lines, line]
}

function textOf(event: PhaseEvent): string | undefined {
  switch (event.kind) {
    case 'command':
    case 'notice':
      return event.text
    case 'output':
      return event.line
    case 'waiting':
      return event.what
    default:
      return undefined
  }
}

function bounded(lines: Lines): Lines {
  if (lines.length <= mostLines) return lines
  const half = mostLines / 2
  const text = `${lines.length - mostLines} lines are left out; the log of the node has them`
  return [...lines.slice(0, half), { kind: 'notice', text }, ...lines.slice(-half)]
}

/** Tasks that did not run, with the reason. */
export function notRun({ planned, works }: RunReport): { task: PlannedTask; because: string }[] {
  const outcomeOf = (id: string) => works.find((work) => work.id === id)?.outcome
  return planned
    .filter(({ node, phase }) => outcomeOf(`${phase}@${node}`) === undefined)
    .map((task) => ({ task, because: reason(task, outcomeOf, planned) }))
}

function reason(
  task: PlannedTask,
  outcomeOf: (id: string) => string | undefined,
  planned: readonly PlannedTask[],
): string {
  if (task.state === 'nothing to do')
    return `all ${task.steps.length} steps were seen to be as wanted`
  if (task.state === 'left out') return 'left out by --nodes or --only'
  const missing = task.needs.find((id) => {
    const need = planned.find(({ node, phase }) => `${phase}@${node}` === id)
    const outcome = outcomeOf(id)
    return need?.state === 'to do' && (outcome === undefined || /failed|finished/.test(outcome))
  })
  return missing ? `${missing} is not done` : 'the run ended before it began'
}

/** What a plan knew of steps that needed nothing. */
export const asWanted = (steps: readonly PlannedStep[]): readonly PlannedStep[] =>
  steps.filter(({ outcome }) => outcome === 'ok')

/** `1 step changed something`. */
export function changesOf(works: readonly Work[]): string {
  const steps = works.flatMap((work) => work.steps)
  const changed = steps.filter(({ outcome }) => outcome === 'changed').length
  return `${count(changed, 'step')} changed something`
}
