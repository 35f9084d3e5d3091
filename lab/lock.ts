import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { KubestrapError } from '../lib/errors.ts'
import { type Report, waitUntil } from './report.ts'

/** Start time of a process in clock ticks: a number that came again names another process (proc(5)). */
function startOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]
  } catch {
    return undefined
  }
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, `${process.pid} ${startOf(String(process.pid))}`)
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

/** An owner killed before it had written its name left an empty file; it counts for ten seconds. */
const emptyCounts = 10_000

function isStale(path: string): boolean {
  const [pid = '', start] = readFileSync(path, 'utf8').split(' ')
  if (pid === '') return Date.now() - statSync(path).mtimeMs > emptyCounts
  return startOf(pid) !== start
}

/**
 * A lock whose owner was killed is nobody's. It is moved aside first: only one of several waiters
 * can do that, and none can take away the lock that another has just taken.
 */
function removeIfStale(path: string): void {
  const aside = `${path}.${process.pid}`
  try {
    if (!isStale(path)) return
    renameSync(path, aside)
    if (!isStale(aside)) linkSync(aside, path)
    rmSync(aside, { force: true })
  } catch {
    // The owner removed it in this moment, or another waiter was faster.
  }
}

/** Runs one thing at a time among all labs that use the same lock file. */
export async function withLock<T>(
  path: string,
  what: string,
  say: Report,
  run: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const taken = await waitUntil(
    { what: `another run that holds the lock on ${what}`, limit: 3_600_000 },
    say,
    async () => {
      if (take(path)) return true
      removeIfStale(path)
      return false
    },
  )
  if (!taken) {
    throw new KubestrapError({
      id: 'KS-LAB-LOCKED',
      exit: 'locked',
      what: `another run of the lab has been working on ${what} for an hour`,
      remedy: `if there is none, remove ${path}`,
    })
  }
  try {
    return await run()
  } finally {
    rmSync(path, { force: true })
  }
}
