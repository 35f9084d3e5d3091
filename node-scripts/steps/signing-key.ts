import type { PackageSource } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { dayOf, daysLeft, type PublicKey, publicKeys } from '../../lib/openpgp-keys.ts'
import type { Machine } from '../run/machine.ts'
import { different, type Finding, type Step, wanted, wantedBut } from '../run/step.ts'
import { explained } from './source-failures.ts'

export interface WantedKey {
  readonly title: string
  readonly source: PackageSource
  /** Where it is stored. */
  readonly path: string
  /** The packages it is needed for: once they are installed its end does no harm. */
  readonly packages: readonly string[]
}

/** How long before a key's end it is spoken of. */
const noticeDays = 30

/** A repository's signing key, fetched, compared by fingerprint, looked at for its end, stored. */
export function signingKey(want: WantedKey): Step {
  const { title, source, path } = want
  const compare = source.fingerprint ? `   # must say ${source.fingerprint}` : ''
  return {
    title: `Fetch the ${title} signing key and compare its fingerprint`,
    writes: path,
    why: 'A package is only as trustworthy as the key that signed it. The fingerprint comes from the cluster file, not from the place that the packages come from.',
    check: (on) => checkKey(on, want),
    apply: {
      byHand: [
        `curl --fail --location --output ${path} '${source.gpgkey}'`,
        `gpg --show-keys --with-fingerprint ${path}${compare}`,
      ].join('\n'),
      run: (on) => fetchKey(on, want),
    },
  }
}

async function checkKey(on: Machine, want: WantedKey): Promise<Finding> {
  const { path, source } = want
  const text = await on.read(path)
  const ours = source.fingerprint === undefined ? 'a key' : `key ${source.fingerprint}`
  if (text === undefined) return different('no key', ours)
  const found = publicKeys(text)
  const key = expectedOf(found, source)
  if (!key) return different(printsOf(found).join(', ') || 'no readable key', ours)
  const note = keyNote(want.title, key, new Date())
  if (unusable(key, new Date()) === undefined) return note ? wantedBut(note) : wanted
  const installed = await Promise.all(want.packages.map((name) => on.package(name)))
  if (!installed.includes(undefined)) return wantedBut(note ?? '')
  return different(`key ${key.fingerprint}, ${unusable(key, new Date())}`, 'a valid key')
}

const printsOf = (keys: readonly PublicKey[]) => keys.map(({ fingerprint }) => fingerprint)

/** The one key of a file, if it is the one that the cluster file names. */
function expectedOf(found: readonly PublicKey[], { fingerprint }: PackageSource) {
  const [only, second] = found
  const right = fingerprint === undefined || only?.fingerprint === fingerprint
  return second === undefined && right ? only : undefined
}

/** Why a key must not be used any more; undefined when it may. */
function unusable(key: PublicKey, now: Date): string | undefined {
  if (key.revoked) return 'revoked by its owner'
  return key.expires && key.expires <= now ? `expired on ${dayOf(key.expires)}` : undefined
}

/** What is to be known of a key that is stored; undefined when there is nothing. */
export function keyNote(title: string, key: PublicKey, now: Date): string | undefined {
  const ill = unusable(key, now)
  if (ill) {
    return `the ${title} signing key is ${ill}; all its packages are installed, so nothing needs it now. It is fetched anew when one is.`
  }
  const left = daysLeft(key, now)
  if (left === undefined || left > noticeDays || !key.expires) return undefined
  return `the ${title} signing key expires on ${dayOf(key.expires)}, in ${left} days; nodes added later need it extended by its publisher (docs/sources.md)`
}

async function fetchKey(on: Machine, want: WantedKey): Promise<void> {
  const { source, path, title } = want
  const text = await download(on, source.gpgkey)
  const found = publicKeys(text)
  const key = expectedOf(found, source)
  if (!key) throw wrongKey(source, printsOf(found))
  const ill = unusable(key, new Date())
  if (ill) throw endedKey(source, key, ill)
  if (source.fingerprint === undefined) {
    on.emit({
      kind: 'notice',
      text: `trusted at first sight: the key ${key.fingerprint} of ${source.gpgkey}; write it into the cluster file as its fingerprint to have it compared`,
    })
  }
  const note = keyNote(title, key, new Date())
  if (note) on.emit({ kind: 'notice', text: note })
  await on.write(path, text, 0o644)
}

async function download(on: Machine, url: string): Promise<string> {
  const quiet = ['--fail', '--silent', '--show-error', '--location']
  const limits = ['--connect-timeout', '15', '--max-time', '60', '--retry', '2']
  const argv = ['curl', ...quiet, ...limits, '--', url]
  try {
    return (await on.run({ argv, timeout: 200_000 })).stdout
  } catch (error) {
    throw explained(error)
  }
}

const unchanged = 'the key was not imported, no package was installed'

function wrongKey({ gpgkey, fingerprint }: PackageSource, found: readonly string[]) {
  return new KubestrapError({
    id: 'KS-KEY-FINGERPRINT',
    exit: 'verification',
    what: `the signing key at ${gpgkey} is not the expected one`,
    lines: [
      `expected ${fingerprint ?? 'exactly one key'}`,
      ...(found.length > 0 ? found : ['no key']).map((f) => `found    ${f}`),
    ],
    unchanged,
    remedy:
      'if the publisher announced a new key, put its fingerprint into the cluster file (sources)',
  })
}

function endedKey({ gpgkey }: PackageSource, key: PublicKey, ill: string) {
  return new KubestrapError({
    id: key.revoked ? 'KS-KEY-REVOKED' : 'KS-KEY-EXPIRED',
    exit: 'verification',
    what: `the signing key at ${gpgkey} is the expected one, but it is ${ill}`,
    lines: [`key ${key.fingerprint}, made on ${dayOf(key.created)}, ${ill}`],
    unchanged,
    remedy: key.revoked
      ? 'look for the announcement of its publisher: it will name a new key and its fingerprint'
      : "compare this machine's clock (`timedatectl`). If it is right the publisher has to extend the key, or this place has an old copy: newer minor versions and other mirrors may have the extended one (docs/sources.md)",
  })
}
