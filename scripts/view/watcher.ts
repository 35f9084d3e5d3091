import { plainLine } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'
import type { StatusReport } from '../status-report.ts'
import { statusText } from '../status-text.ts'

/** Shows one report after the other. */
export interface Watcher {
  readonly show: (report: StatusReport) => void
  readonly close: () => void
}

interface Screen {
  readonly write: (text: string) => unknown
  readonly columns?: number
  readonly rows?: number
}

/** Codes of ECMA-48 and xterm: other screen and back, home, erase to the end of line and screen. */
const codes = {
  enter: '\u001b[?1049h\u001b[?25l',
  leave: '\u001b[?25h\u001b[?1049l',
  home: '\u001b[H',
  endOfLine: '\u001b[K',
  endOfScreen: '\u001b[J',
} as const

/** On a terminal a screen that is drawn anew; elsewhere lines of what has changed, with the time. */
export const watcher = (out: Screen, terminal: boolean): Watcher =>
  terminal ? screenWatcher(out) : lineWatcher(out)

function screenWatcher(out: Screen): Watcher {
  let last: readonly string[] = []
  out.write(codes.enter)
  return {
    show(report) {
      const [width, height] = [out.columns ?? 80, out.rows ?? 24]
      last = statusText(report)
      const head = `${timeOf(report)}  ${told(wordFor(report))}  (${told('every 3 s; Ctrl-C ends')})`
      const lines = [head, '', ...last].map((line) => plainLine(line).slice(0, width - 1))
      const hidden = lines.length - height + 1
      const shown =
        hidden > 0
          ? [...lines.slice(0, height - 2), `... ${told(`${hidden + 1} more lines`)}`]
          : lines
      const text = shown.map((line) => `${line}${codes.endOfLine}`).join('\n')
      out.write(`${codes.home}${text}${codes.endOfLine}${codes.endOfScreen}`)
    },
    close() {
      // What was on the screen last is worth keeping.
      out.write(`${codes.leave}${last.map((line) => `${plainLine(line)}\n`).join('')}`)
    },
  }
}

function lineWatcher(out: Screen): Watcher {
  let before: readonly string[] | undefined
  return {
    show(report) {
      const lines = statusText(report)
        .filter((line) => line !== '')
        .map(plainLine)
      const fresh = before === undefined ? lines : changesBetween(before, lines)
      for (const line of fresh) out.write(`${timeOf(report)}  ${line}\n`)
      before = lines
    },
    close: () => undefined,
  }
}

/** Columns may grow wider without any news in them. */
const spaced = (line: string) => line.replace(/ {2,}/g, '  ').trim()

/** New lines, and after `gone:` the ones that are not there any more. */
export function changesBetween(before: readonly string[], now: readonly string[]): string[] {
  const [old, current] = [new Set(before.map(spaced)), new Set(now.map(spaced))]
  const first = (line: string) => line.split('  ')[0] ?? ''
  const renewed = new Set([...current].map(first))
  return [
    ...now.filter((line) => !old.has(spaced(line))),
    ...[...old]
      .filter((line) => !current.has(line) && !renewed.has(first(line)))
      .map((line) => `${told('gone')}: ${line}`),
  ]
}

const timeOf = ({ time }: StatusReport) => time.slice(11, 19)
const wordFor = ({ healthy }: StatusReport) => (healthy ? 'healthy' : 'not healthy')
