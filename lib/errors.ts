/**
 * Every way kubestrap can refuse or fail, with the exit code that scripts may rely on.
 * The table is part of the interface: numbers never change their meaning.
 */
export const exitCodes = {
  ok: 0,
  usage: 2,
  preflight: 10,
  unreachable: 11,
  hostKey: 12,
  login: 13,
  locked: 14,
  phaseFailed: 15,
  timeout: 16,
  verification: 17,
  unhealthy: 18,
  conflict: 19,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitName = keyof typeof exitCodes

/** What an error tells: facts first, then what to do. Every text is safe to print. */
export interface ErrorDetails {
  /** Stable id, printed with the message: `KS-...`. */
  readonly id: string
  readonly exit: ExitName
  /** One sentence: what happened. */
  readonly what: string
  readonly node?: string
  readonly phase?: string
  readonly step?: string
  /** Last lines of output, or the list of findings; already bounded and without secrets. */
  readonly lines?: readonly string[]
  /** Where the whole output is. */
  readonly log?: string
  /** What was not changed, so that nobody has to guess. */
  readonly unchanged?: string
  /** The next command, or what to look at. */
  readonly remedy?: string
}

/** An expected error. Anything else that is thrown is a bug and shows its stack. */
export class KubestrapError extends Error {
  readonly details: ErrorDetails

  constructor(details: ErrorDetails, options?: { cause?: unknown }) {
    super(details.what, options)
    this.name = 'KubestrapError'
    this.details = details
  }

  get exitCode(): number {
    return exitCodes[this.details.exit]
  }
}

/** The text of an error, as printed on a terminal or into a log. */
export function formatError(error: unknown): string {
  if (!(error instanceof KubestrapError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const { id, what, node, phase, step, lines = [], log, unchanged, remedy } = error.details
  const where = [node, phase, step].filter(Boolean).join('  ')
  return [
    `error: ${what}  [${id}]`,
    ...(where ? [`  where: ${where}`] : []),
    ...lines.map((line) => `  | ${line}`),
    ...(log ? [`  full log: ${log}`] : []),
    ...(unchanged ? [`  not changed: ${unchanged}`] : []),
    ...(remedy ? [`  next: ${remedy}`] : []),
  ].join('\n')
}
