import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { clock } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'
import { cut, fitting, type Host, hostLine } from './live-lines.ts'
import { type Activity, activityAfter, type View } from './view.ts'

const redrawEvery = 200

/** One line a node that moves; what was said stays above. */
export function liveView(stream: NodeJS.WriteStream, nodeNames: readonly string[]): View {
  const screen = movingLines(stream)
  const width = Math.max(4, ...nodeNames.map((name) => name.length))
  const active = new Map<string, Activity>()
  const last = new Map<string, string>()
  let everybody: string | undefined

  const dim = (text: string) => styleText('dim', text, { stream, validateStream: true })
  const redraw = () => {
    const columns = stream.columns ?? 80
    // Before the first phase nothing moves, and a question may stand on the screen.
    const hosts = nodeNames
      .map((name): Host => ({ name, now: active.get(name), last: last.get(name) ?? '' }))
      .filter(({ now, last: text }) => now !== undefined || text !== '')
    if (hosts.length === 0 && everybody === undefined) return
    const { shown, hidden } = fitting(hosts, stream.rows ?? 24)
    const lines = shown.map((host) => ({ text: hostLine(host, width, columns), rests: !host.now }))
    screen.draw(
      [
        ...lines.map(({ text, rests }) => (rests ? dim(text) : text)),
        ...(hidden > 0 ? [`and ${hidden} more nodes`] : []),
        ...(everybody ? [cut(everybody, columns - 1)] : []),
      ],
      lines.map(({ text }) => text.length),
    )
  }
  const timer = setInterval(redraw, redrawEvery)
  timer.unref()
  stream.on('resize', redraw)

  return {
    print(line) {
      screen.clear()
      stream.write(`${line}\n`)
      redraw()
    },
    planned(hosts) {
      for (const [name, text] of hosts) last.set(name, told(text))
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
      last.set(node.name, `${phase.padEnd(18)}  ${told(outcome)}, ${clock(ms)}`)
    },
    waiting(what) {
      everybody = what
      if (what === undefined) screen.clear()
    },
    close() {
      clearInterval(timer)
      stream.off('resize', redraw)
      screen.clear()
      screen.done()
    },
  }
}

/** log-update, and what it leaves open: a terminal made narrower wraps what stands there already. */
function movingLines(stream: NodeJS.WriteStream) {
  const update = createLogUpdate(stream, { showCursor: true })
  let drawn: { readonly columns: number; readonly lengths: readonly number[] } | undefined
  const clear = () => {
    update.clear()
    const columns = stream.columns ?? 80
    const wrapped = drawn && columns < drawn.columns ? drawn.lengths : []
    const more = wrapped.reduce(
      (sum, length) => sum + Math.ceil(Math.max(1, length) / columns) - 1,
      0,
    )
    // Cursor up so many rows; erase from there to the end of the screen (ECMA-48 CUU, ED).
    if (more > 0) stream.write(`\u001b[${more}A\u001b[J`)
    drawn = undefined
  }
  return {
    clear,
    done: () => update.done(),
    draw(lines: readonly string[], lengths: readonly number[]) {
      if (drawn && drawn.columns > (stream.columns ?? 80)) clear()
      update(lines.join('\n'))
      drawn = { columns: stream.columns ?? 80, lengths }
    },
  }
}
