/** Where the lab's own lines go: standard error, so that `lab kubectl` and `lab ssh` can be piped. */
export type Report = (line: string) => void

export const report: Report = (line) => {
  process.stderr.write(`${line}\n`)
}

/** `0:07`, `12:40`. */
export function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Runs something long and says every eight seconds that it is still going on. */
export async function withHeartbeat<T>(
  what: string,
  say: Report,
  run: () => Promise<T>,
): Promise<T> {
  const start = Date.now()
  say(what)
  const timer = setInterval(() => say(`${what}  ${clock(Date.now() - start)}`), 8000)
  try {
    return await run()
  } finally {
    clearInterval(timer)
  }
}

export interface Wait {
  readonly what: string
  /** Milliseconds after which it is given up. */
  readonly limit: number
  readonly every?: number
}

/**
 * Asks again and again until the answer is `true`, and says what it waits for every five seconds.
 * @returns false when the time is over
 */
export async function waitUntil(
  { what, limit, every = 300 }: Wait,
  say: Report,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  const start = Date.now()
  let said = start
  for (;;) {
    if (await ask()) return true
    if (Date.now() - start > limit) return false
    if (Date.now() - said > 5000) {
      said = Date.now()
      say(`waiting for ${what}  ${clock(said - start)} of ${clock(limit)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
