import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode } from '../lib/cluster.ts'
import type { Connections } from './ssh.ts'
import type { SshProblem } from './ssh-problems.ts'

/** How long a lost connection is tried again, in milliseconds between the tries. */
const patience = [0, 1_000, 3_000, 7_000, 15_000, 30_000, 30_000, 30_000, 30_000]

/** Undefined: the connection was lost on the way. */
type Attempt<T> = () => Promise<T | undefined>

/**
 * Tries until an attempt gives something; before each but the first the connection is opened anew.
 *
 * @returns what it gave, or why the node could not be reached the last time, if that was the reason
 */
export async function withPatience<T>(
  ssh: Connections,
  node: ClusterNode,
  attempt: Attempt<T>,
): Promise<{ readonly given: T } | { readonly away: SshProblem | undefined }> {
  let away: SshProblem | undefined
  for (const [tries, pause] of patience.entries()) {
    await sleep(pause)
    away = tries > 0 ? await ssh.open(node) : undefined
    const given = away ? undefined : await attempt()
    if (given !== undefined) return { given }
  }
  return { away }
}
