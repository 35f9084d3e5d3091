import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import type { Command } from '../run/step.ts'
import { explained } from './source-failures.ts'

/** How long somebody else's installation may take, milliseconds. */
const limit = 600_000

/**
 * Runs dnf, or rpm, and waits where somebody else installs something. dnf waits by itself for another
 * dnf; but for the lock of rpm, which an `rpm -i` holds, neither waits: they fail at once.
 *
 * @throws KubestrapError named after what its text says went wrong; KS-WAIT when the lock stays held
 */
export async function runDnf(on: Machine, command: Command): Promise<void> {
  await on.waitFor('somebody else’s installation is done', limit, async () => {
    try {
      await on.run(command)
      return { value: true }
    } catch (error) {
      if (isLocked(error)) return { missing: 'somebody else holds the lock of rpm' }
      throw explained(error)
    }
  })
}

/** lib/rpmlock.c of rpm: `can't create transaction lock on /var/lib/rpm/.rpm.lock (...)`. */
const isLocked = (error: unknown): boolean =>
  error instanceof KubestrapError &&
  (error.details.lines ?? []).some((line) => /can't create transaction lock on/.test(line))
