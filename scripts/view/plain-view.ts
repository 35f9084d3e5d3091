import type { PhaseEvent } from '../../lib/events.ts'
import { clock } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'
import { type Activity, activityAfter, nothingToDo, type View } from './view.ts'

/** Never silent for longer, in milliseconds: a log that stands still looks like one that hangs. */
const patience = 8_000

/** Lines that a log can keep: time, node, phase, what happened. */
export function plainView(
  write: (line: string) => void,
  nodeNames: readonly string[],
  /** While a question is open nothing is said: it would stand in the middle of it. */
  asking: () => boolean = () => false,
): View {
  const began = Date.now()
  const width = Math.max(4, ...nodeNames.map((name) => name.length))
  const active = new Map<string, Activity>()
  let everybody: string | undefined
  let lastLine = Date.now()
  const held: string[] = []

  const print = (line: string) => {
    lastLine = Date.now()
    held.push(line)
    if (!asking()) for (const one of held.splice(0)) write(one)
  }
  const tell = (node: string, phase: string, text: string) =>
    print(
      `${clock(Date.now() - began).padStart(5)}  ${node.padEnd(width)}  ${phase.padEnd(18)}  ${text}`,
    )

  const still = setInterval(() => {
    if (asking()) return
    for (const one of held.splice(0)) write(one)
    if (Date.now() - lastLine < patience) return
    const [first] = active
    if (!first) return print(`${clock(Date.now() - began).padStart(5)}  ${everybody ?? 'waiting'}`)
    const [node, { phase, step, detail, since, wait }] = first
    const more = active.size > 1 ? ` (and ${active.size - 1} more nodes)` : ''
    const time = wait
      ? told(`${clock(Date.now() - wait.since)} of ${clock(wait.limit)}`)
      : clock(Date.now() - since)
    const doing = [step, detail.slice(0, 80), time].filter(Boolean).join(', ')
    tell(node, phase, `${told('still')}: ${doing}${more}`)
  }, 1_000)
  still.unref()

  return {
    print,
    planned(hosts) {
      for (const [node, text] of hosts) if (text === nothingToDo) tell(node, '', told(text))
    },
    started(node, phase) {
      active.set(node.name, { phase, step: told('starting'), detail: '', since: Date.now() })
      tell(node.name, phase, told('started'))
    },
    event(node, phase, event) {
      const before = active.get(node.name)
      if (before) active.set(node.name, activityAfter(before, event))
      const text = lineFor(event)
      if (text) tell(node.name, phase, text)
    },
    finished(node, phase, outcome, ms) {
      active.delete(node.name)
      tell(node.name, phase, `${told(outcome)}, ${clock(ms)}`)
    },
    waiting(what) {
      if (what && what !== everybody) print(`${clock(Date.now() - began).padStart(5)}  ${what}`)
      everybody = what
    },
    close() {
      clearInterval(still)
      for (const one of held.splice(0)) write(one)
    },
  }
}

function lineFor(event: PhaseEvent): string | undefined {
  switch (event.kind) {
    case 'step-finished':
      return event.outcome === 'changed' ? told(`changed: ${told(event.step)}`) : undefined
    case 'command':
      return `$ ${event.text.slice(0, 110)}`
    case 'notice':
      return event.text
    default:
      return undefined
  }
}
