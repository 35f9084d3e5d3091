import { formatError, KubestrapError } from '../../lib/errors.ts'
import type { Emit, PlannedStep } from '../../lib/events.ts'
import { clock } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'

/** Events as plain lines for a person who runs a phase by hand. */
export function plainLines(print: (line: string) => void): Emit {
  return (event) => {
    switch (event.kind) {
      case 'phase-started':
        return print(`${event.phase}: ${told(event.title)}`)
      case 'step-finished':
        return print(
          `  ${told(event.outcome).padEnd(8)}  ${told(event.step)}${inBrackets(event.because)}`,
        )
      case 'command':
        return print(`      $ ${event.text}`)
      case 'output':
        return print(`      | ${event.line}`)
      case 'waiting':
        return print(
          `      ... ${told(event.what)}  ${told(`${clock(event.elapsed)} of ${clock(event.limit)}`)}`,
        )
      case 'notice':
        return print(`  ${event.text}`)
      case 'error':
        return print(formatError(new KubestrapError(event.error)))
      case 'step-started':
        return undefined
    }
  }
}

const inBrackets = (text?: string) => (text === undefined ? '' : `  (${told(text)})`)

const signs = { ok: ' ', changed: '~', 'would-change': '~', unknown: '?' } as const

/** A plan as lines: `~` would change, `?` known only later. */
export function planLines(name: string, steps: readonly PlannedStep[]): string[] {
  const lines = steps.map(({ step, outcome, found, wanted, note, because }) => {
    const remark = note === undefined ? '' : `\n        ${told('note').padEnd(6)} ${note}`
    const diff = found !== undefined ? diffLines(found, wanted) : ''
    const later = outcome === 'unknown' && wanted ? `  (${told(wanted)})` : ''
    return `  ${signs[outcome]} ${told(step)}${inBrackets(because)}${later}${diff}${remark}`
  })
  const changes = steps.filter(({ outcome }) => outcome !== 'ok').length
  return [`${name}: ${told(`${changes} of ${steps.length} steps would do something`)}`, ...lines]
}

function diffLines(found: string, wanted = ''): string {
  const words = [told('found'), told('wanted')]
  const width = Math.max(...words.map((word) => word.length))
  const [before = '', after = ''] = words.map((word) => word.padEnd(width))
  return `\n        ${before} ${found}\n        ${after} ${wanted}`
}
