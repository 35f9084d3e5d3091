import { KubestrapError } from '../../lib/errors.ts'
import { runtimes } from '../../lib/runtimes.ts'
import type { Machine } from '../run/machine.ts'
import { type Command, command, different, type Finding, type Step, wanted } from '../run/step.ts'

export interface WantedPackage {
  readonly name: string
  /** Upstream version without the release, `1.36.3`; absent: any version will do. */
  readonly version?: string
  /** Instead of one version: any patch of this minor, `1.36`. */
  readonly minor?: string
}

/** Repositories whose `exclude=` has to be lifted for packages that we pin ourselves. */
const pinnedIn = [
  'kubestrap-kubernetes',
  ...Object.values(runtimes).map(({ repository }) => repository),
]

/**
 * Packages in exactly these versions, in one dnf transaction.
 * A newer version than wanted is reported, never downgraded.
 */
export function packages(want: readonly WantedPackage[], title: string, why: string): Step {
  return {
    title,
    why,
    check: (on) => checkPackages(on, want),
    apply: {
      byHand: `dnf ${installArguments(want).join(' ')}`,
      async run(on) {
        try {
          await on.run(installCommand(want))
        } catch (error) {
          throw explained(error)
        }
      },
    },
  }
}

const installArguments = (want: readonly WantedPackage[]) => [
  '--assumeyes',
  '--setopt=install_weak_deps=False',
  `--disableexcludes=${pinnedIn.join(',')}`,
  'install',
  ...want.map(packageArgument),
]

/** What dnf calls it; the star is dnf's own, no shell sees it. */
function packageArgument({ name, version, minor }: WantedPackage): string {
  if (version) return `${name}-${version}`
  return minor ? `${name}-${minor}.*` : name
}

const installCommand = (want: readonly WantedPackage[]): Command => ({
  ...command('dnf', ...installArguments(want)),
  timeout: 1_200_000,
})

async function checkPackages(on: Machine, want: readonly WantedPackage[]): Promise<Finding> {
  const found = await Promise.all(want.map(({ name }) => on.package(name)))
  const wrong = want.flatMap(({ name, version: exact, minor }, index) => {
    const installed = found[index]
    const version = exact ?? minor
    if (installed === undefined) return [{ found: `no ${name}`, wanted: label(name, version) }]
    const [bare = ''] = installed.split('-')
    // A dry run may know the minor only: any patch of it will do.
    if (version === undefined || bare === version || bare.startsWith(`${version}.`)) return []
    return [{ found: `${name} ${bare}`, wanted: label(name, version), isOther: true }]
  })
  const others = wrong.filter((one) => 'isOther' in one)
  if (others.length > 0) throw otherVersion(others)
  if (wrong.length === 0) return wanted
  const list = (side: 'found' | 'wanted') => wrong.map((one) => one[side]).join(', ')
  return different(list('found'), list('wanted'))
}

const label = (name: string, version?: string) => (version ? `${name} ${version}` : name)

function otherVersion(found: readonly { found: string; wanted: string }[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-PACKAGE-OTHER-VERSION',
    exit: 'conflict',
    what: 'another version is already installed, and is not overwritten',
    lines: found.map((one) => `found ${one.found}, wanted ${one.wanted}`),
    unchanged: 'no package was installed, removed or replaced',
    remedy: 'set kubernetesVersion to the installed version, or remove the packages: dnf remove',
  })
}

/** dnf tells everything by text and exit code 1; the cases that need another remedy get a name. */
function explained(error: unknown): unknown {
  if (!(error instanceof KubestrapError)) return error
  const text = (error.details.lines ?? []).join('\n')
  const known = dnfFailures.find(({ sign }) => sign.test(text))
  if (!known) return error
  const { id, exit, what, remedy } = known
  return new KubestrapError({ ...error.details, id, exit, what, remedy }, { cause: error })
}

const dnfFailures = [
  {
    sign: /not signed|GPG check FAILED|is not installed\. Failing package|bad GPG signature|Public key for .* is not installed|repomd\.xml GPG signature verification error/i,
    id: 'KS-PACKAGE-SIGNATURE',
    exit: 'verification',
    what: 'a package or its repository is not signed with the expected key: nothing was installed',
    remedy: 'check sources.*.gpgkey and .fingerprint in the cluster file, or the mirror',
  },
  {
    sign: /\b(?:certificate|SSL|TLS)\b/i,
    id: 'KS-PACKAGE-TLS',
    exit: 'verification',
    what: 'the repository could not be verified by TLS (this is not about its signing key)',
    remedy: "check the machine's clock, its CA certificates, and whether a proxy stands between",
  },
  {
    sign: /No match for argument|Unable to find a match/i,
    id: 'KS-PACKAGE-MISSING',
    exit: 'phaseFailed',
    what: 'the repositories do not have a wanted package in the wanted version',
    remedy: 'check kubernetesVersion and sources in the cluster file',
  },
  {
    sign: /Cannot download|Failed to download|Curl error|Could not resolve host/i,
    id: 'KS-PACKAGE-DOWNLOAD',
    exit: 'phaseFailed',
    what: 'a repository could not be reached from this node',
    remedy: 'try the URL with curl on the node; behind a proxy set proxy= in /etc/dnf/dnf.conf',
  },
] as const
