import { KubestrapError } from '../../lib/errors.ts'
import { lastLines } from '../../lib/text.ts'
import type { Machine } from '../run/machine.ts'

/** An error of kubeadm, with a name and a remedy where the reason can be found out. */
export async function kubeadmFailure(on: Machine, error: unknown): Promise<unknown> {
  if (!(error instanceof KubestrapError)) return error
  const text = (error.details.lines ?? []).join('\n')
  if (ended.test(text)) return credentialsEnded(error)
  // What its preflight names is the reason, whatever else is full.
  if (/^\s*\[ERROR /m.test(text)) return error
  const full = await fullFileSystems(on)
  if (full.length > 0) return diskFull(error, full)
  return unhealthy.test(text) ? withKubeletsWords(on, error) : error
}

/** What API server, cluster-info and kubeadm-certs say to a token or key that is none any more. */
const ended =
  /config ?map.*: Unauthorized|could not find a JWS signature|Secret "kubeadm-certs" was not found|error decoding secret data with provided key/

const credentialsEnded = (error: KubestrapError) =>
  new KubestrapError(
    {
      ...error.details,
      id: 'KS-CREDENTIALS-ENDED',
      what: 'what the node was to join with is not valid any more: it was taken back or has ended',
      remedy:
        'run the same command again: it makes new credentials, and clears the half join first; if it happens again compare the clocks of the nodes (`timedatectl`)',
    },
    { cause: error },
  )

/** Where kubeadm, the kubelet, the runtimes and etcd write, and how many KiB they need at least. */
const needed: Readonly<Record<string, number>> = {
  '/etc/kubernetes': 1_024,
  // It makes each file of its log 64 MB large before it writes into it.
  '/var/lib/etcd': 65_536,
  '/var/lib/kubelet': 1_024,
  '/var/lib/containerd': 1_024,
  '/var/lib/containers': 1_024,
  '/var/log': 1_024,
  '/run': 1_024,
}

/** `FOLDER: N KiB left`, for those with less than they need. */
async function fullFileSystems(on: Machine): Promise<readonly string[]> {
  const argv = ['df', '--output=file,avail', ...Object.keys(needed)]
  const { stdout } = await on.look({ argv })
  return stdout.split('\n').flatMap((line) => {
    const [, folder = '', left = ''] = /^(\/\S+) +(\d+)$/.exec(line) ?? []
    return Number(left) < (needed[folder] ?? 0) ? [`${folder}: ${left} KiB left`] : []
  })
}

const diskFull = (error: KubestrapError, full: readonly string[]) =>
  new KubestrapError(
    {
      ...error.details,
      id: 'KS-DISK-FULL',
      what: 'no space is left on a disk of the node',
      lines: [...full, ...(error.details.lines ?? [])],
      remedy:
        'see why: du -xsh FOLDER/*; free some of it, or make it larger, then run the same command again: it clears the half work first',
    },
    { cause: error },
  )

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

async function withKubeletsWords(on: Machine, error: KubestrapError): Promise<KubestrapError> {
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
