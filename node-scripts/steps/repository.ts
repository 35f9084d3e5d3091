import type { PackageSource } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { keyFingerprints } from '../../lib/openpgp-fingerprint.ts'
import { repositoryFile } from '../../lib/render/repository-file.ts'
import type { Machine } from '../run/machine.ts'
import { different, type Finding, type Step, wanted } from '../run/step.ts'
import { file } from './file.ts'

export interface WantedRepository {
  /** Id in dnf, and name of the file: `/etc/yum.repos.d/ID.repo`. */
  readonly id: string
  readonly title: string
  readonly source: PackageSource
  /** Packages that only a pinned install may touch, so that `dnf update` leaves them alone. */
  readonly exclude: readonly string[]
}

const keyPath = (id: string) => `/etc/pki/rpm-gpg/RPM-GPG-KEY-${id}`

/** A signed dnf repository: its key compared by fingerprint and stored, then its file. */
export function repository(want: WantedRepository): readonly Step[] {
  return [
    trustedKey(want),
    file({
      title: `Add the ${want.title} repository`,
      path: `/etc/yum.repos.d/${want.id}.repo`,
      content: repositoryFile({ ...want, keyFile: keyPath(want.id) }),
      why: `dnf installs ${want.title} from here, in signed packages only. exclude= keeps a system update from moving their versions.`,
    }),
  ]
}

function trustedKey({ id, title, source }: WantedRepository): Step {
  const path = keyPath(id)
  return {
    title: `Fetch the ${title} signing key and compare its fingerprint`,
    why: 'A package is only as trustworthy as the key that signed it. The fingerprint comes from the cluster file, not from the place that the packages come from.',
    check: (on) => checkKey(on, path, source.fingerprint),
    apply: {
      byHand: [
        `curl --fail --location --output ${path} '${source.gpgkey}'`,
        `gpg --show-keys --with-fingerprint ${path}${source.fingerprint ? `   # must say ${source.fingerprint}` : ''}`,
      ].join('\n'),
      run: (on) => fetchKey(on, path, source),
    },
  }
}

async function checkKey(
  on: Machine,
  path: string,
  fingerprint: string | undefined,
): Promise<Finding> {
  const text = await on.read(path)
  const ours = fingerprint === undefined ? 'a key' : `key ${fingerprint}`
  if (text === undefined) return different('no key', ours)
  const found = keyFingerprints(text)
  return isExpected(found, fingerprint)
    ? wanted
    : different(found.join(', ') || 'no readable key', ours)
}

/** One key, and the one of the file if it names one. */
const isExpected = (found: readonly string[], fingerprint: string | undefined) =>
  found.length === 1 && (fingerprint === undefined || found[0] === fingerprint)

async function fetchKey(on: Machine, path: string, source: PackageSource): Promise<void> {
  const quiet = [
    '--fail',
    '--silent',
    '--show-error',
    '--location',
    '--max-time',
    '60',
    '--retry',
    '2',
  ]
  const { stdout } = await on.run({
    argv: ['curl', ...quiet, '--', source.gpgkey],
    timeout: 200_000,
  })
  const found = keyFingerprints(stdout)
  if (!isExpected(found, source.fingerprint)) throw wrongKey(source, found)
  if (source.fingerprint === undefined) {
    on.emit({
      kind: 'notice',
      text: `trusted at first sight: the key ${found[0]} of ${source.gpgkey}; write it into the cluster file as its fingerprint to have it compared`,
    })
  }
  await on.write(path, stdout, 0o644)
}

function wrongKey({ gpgkey, fingerprint }: PackageSource, found: readonly string[]) {
  return new KubestrapError({
    id: 'KS-KEY-FINGERPRINT',
    exit: 'verification',
    what: `the signing key at ${gpgkey} is not the expected one`,
    lines: [
      `expected ${fingerprint ?? 'exactly one key'}`,
      ...(found.length > 0 ? found : ['no key']).map((f) => `found    ${f}`),
    ],
    unchanged: 'the key was not imported, no package was installed',
    remedy:
      'if the publisher announced a new key, put its fingerprint into the cluster file (sources)',
  })
}
