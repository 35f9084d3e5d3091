import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { clock } from '../../lib/text.ts'
import { type Activity, activityAfter, type View } from './view.ts'

const redrawEvery = 200

/** One line a node that moves; what was said stays above. */
export function liveView(stream: NodeJS.WriteStream, nodeNames: readonly string[]): View {
  const draw = createLogUpdate(stream, { showCursor: true })
  const width = Math.max(4, ...nodeNames.map((name) => name.length))
  const active = new Map<string, Activity>()
  const last = new Map<string, string>()
  let everybody: string | undefined

  const dim = (text: string) => styleText('dim', text, { stream, validateStream: true })
  const cut = (line: string) => line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))
  const lineOf = (name: string) => {
    const now = active.get(name)
    if (!now) return `${name.padEnd(width)}  ${last.get(name) ?? ''}`
    const time = clock(Date.now() - now.since).padStart(5)
    return `${name.padEnd(width)}  ${time}  ${now.phase.padEnd(18)}  ${now.step}  ${now.detail}`
  }
  const redraw = () => {
    // Before the first phase nothing moves, and a question may stand on the screen.
    const shown = nodeNames.filter((name) => active.has(name) || last.has(name))
    if (shown.length === 0 && everybody === undefined) return
    const lines = shown.map((name) =>
      active.has(name) ? cut(lineOf(name)) : dim(cut(lineOf(name))),
    )
    draw([...lines, ...(everybody ? [cut(everybody)] : [])].join('\n'))
  }
  const timer = setInterval(redraw, redrawEvery)
  timer.unref()

  return {
    print(line) {
      draw.clear()
      stream.write(`${line}\n`)
      redraw()
    },
    started(node, phase) {
      active.set(node.name, { phase, step: '', detail: '', since: Date.now() })
    },
    event(node, _phase, event) {
      const before = active.get(node.name)
      if (before) active.set(node.name, activityAfter(before, event))
    },
    finished(node, phase, outcome, ms) {
      active.delete(node.name)
      last.set(node.name, `${clock(ms).padStart(5)}  ${phase.padEnd(18)}  ${outcome}`)
    },
    waiting(what) {
      everybody = what
      if (what === undefined) draw.clear()
    },
    close() {
      clearInterval(timer)
      draw.clear()
      draw.done()
    },
  }
}
