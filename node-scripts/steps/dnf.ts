import { setTimeout as sleep } from 'node:timers/promises'
import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import type { Command } from '../run/step.ts'
import { explained } from './source-failures.ts'

/** How long somebody else's installation may go on, milliseconds. */
const limit = 600_000
/** Between two tries, milliseconds: each is a whole dnf, and shows its output. */
const usualPause = 5_000

/**
 * Runs dnf, waiting where somebody else installs something.
 *
 * @throws KubestrapError named after what its text says went wrong; KS-WAIT when the lock stays held
 */
export async function runDnf(on: Machine, command: Command): Promise<void> {
  try {
    await whenRpmIsFree(on, command)
  } catch (error) {
    throw explained(error)
  }
}

/**
 * Runs what needs rpm's lock. dnf waits by itself for another dnf; but for the lock of rpm, which an
 * `rpm -i` holds, neither dnf nor rpm waits: they fail at once.
 *
 * @throws KubestrapError KS-WAIT when the lock stays held, else what the command failed with
 */
export async function whenRpmIsFree(
  on: Machine,
  command: Command,
  pause = usualPause,
): Promise<void> {
  if (await isDone(on, command)) return
  await on.waitFor('the lock of rpm is free', limit, async () => {
    await sleep(pause)
    return (await isDone(on, command))
      ? { value: true }
      : { missing: 'somebody else holds the lock of rpm' }
  })
}

/** @returns false when somebody else holds the lock */
async function isDone(on: Machine, command: Command): Promise<boolean> {
  try {
    await on.run(command)
    return true
  } catch (error) {
    if (isLocked(error)) return false
    throw error
  }
}

/** lib/rpmlock.c of rpm, and EAGAIN: a read-only disk has the same words with another reason. */
const locked = /can't create transaction lock on .*\(Resource temporarily unavailable\)/

const isLocked = (error: unknown): boolean =>
  error instanceof KubestrapError && (error.details.lines ?? []).some((line) => locked.test(line))
