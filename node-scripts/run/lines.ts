import { formatError, KubestrapError } from '../../lib/errors.ts'
import type { Emit, PlannedStep } from '../../lib/events.ts'
import { clock } from '../../lib/text.ts'

/** Events as plain lines for a person who runs a phase by hand. */
export function plainLines(print: (line: string) => void): Emit {
  return (event) => {
    switch (event.kind) {
      case 'phase-started':
        return print(`${event.phase}: ${event.title}`)
      case 'step-finished':
        return print(
          `  ${event.outcome === 'ok' ? 'ok      ' : 'changed '}  ${event.step}${inBrackets(event.because)}`,
        )
      case 'command':
        return print(`      $ ${event.text}`)
      case 'output':
        return print(`      | ${event.line}`)
      case 'waiting':
        return print(`      ... ${event.what}  ${clock(event.elapsed)} of ${clock(event.limit)}`)
      case 'notice':
        return print(`  ${event.text}`)
      case 'error':
        return print(formatError(new KubestrapError(event.error)))
      case 'step-started':
        return undefined
    }
  }
}

const inBrackets = (text?: string) => (text === undefined ? '' : `  (${text})`)

const signs = { ok: ' ', changed: '~', 'would-change': '~', unknown: '?' } as const

/** A plan as lines: `~` would change, `?` known only later. */
export function planLines(name: string, steps: readonly PlannedStep[]): string[] {
  const lines = steps.map(({ step, outcome, found, wanted, note, because }) => {
    const remark = note === undefined ? '' : `\n        note   ${note}`
    const diff = found !== undefined ? `\n        found  ${found}\n        wanted ${wanted}` : ''
    const later = outcome === 'unknown' && wanted ? `  (${wanted})` : ''
    return `  ${signs[outcome]} ${step}${inBrackets(because)}${later}${diff}${remark}`
  })
  const changes = steps.filter(({ outcome }) => outcome !== 'ok').length
  return [`${name}: ${changes} of ${steps.length} steps would do something`, ...lines]
}
