import { KubestrapError } from '../../lib/errors.ts'
import { lastLines } from '../../lib/text.ts'
import type { Machine } from '../run/machine.ts'

/**
 * kubeadm init or join. They wait four to six minutes for a kubelet that does not start, and then only
 * say so: why is in the kubelet's own journal, so its last words come with the error.
 *
 * @throws KubestrapError KS-KUBELET-UNHEALTHY in that case, else what the command failed with
 */
export async function runKubeadm(on: Machine, argv: readonly string[]): Promise<void> {
  try {
    await on.run({ argv, timeout: 900_000 })
  } catch (error) {
    throw await withKubeletsWords(on, error)
  }
}

const unhealthy = /kubelet is not (?:healthy|running)|kubelet-check.*not healthy/i
const journal = [
  'journalctl',
  '--unit',
  'kubelet',
  '--lines',
  '12',
  '--output',
  'cat',
  '--no-pager',
]

async function withKubeletsWords(on: Machine, error: unknown): Promise<unknown> {
  if (!(error instanceof KubestrapError)) return error
  if (!unhealthy.test((error.details.lines ?? []).join('\n'))) return error
  const { stdout } = await on.look({ argv: journal })
  const words = lastLines(stdout, 8)
  const full = /no space left|ENOSPC/i.test(stdout)
  const details = {
    ...error.details,
    id: 'KS-KUBELET-UNHEALTHY',
    what: full
      ? 'the kubelet does not become healthy: no space is left on a disk'
      : 'the kubelet does not become healthy, so kubeadm gave up',
    lines: words.length > 0 ? words : (error.details.lines ?? []),
    remedy: full
      ? 'see which: df -h; free some of it, then run the same command again'
      : 'the lines above are from: journalctl --unit kubelet; mend that, then run the same command again',
  }
  return new KubestrapError(details, { cause: error })
}
