import { KubestrapError } from '../../lib/errors.ts'
import { runtimes } from '../../lib/runtimes.ts'
import type { Machine } from '../run/machine.ts'
import {
  type Command,
  command,
  different,
  type Finding,
  type Step,
  wanted,
  wantedBut,
} from '../run/step.ts'
import { runDnf } from './dnf.ts'
import { foreignSigners, refuseForeign } from './foreign-packages.ts'

export interface WantedPackage {
  readonly name: string
  /** Upstream version without the release, `1.36.3`; absent: any version will do. */
  readonly version?: string
  /** Instead of one version: any patch of this minor, `1.36`. */
  readonly minor?: string
  /** What it brings: a program at this path that belongs to somebody else is not overwritten. */
  readonly program?: string
  /** The stored key of its repository: who else signed it is told. */
  readonly keyFile?: string
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
      run: (on) => runDnf(on, installCommand(want)),
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
  if (wrong.length === 0) {
    const note = await foreignSigners(on, want)
    return note ? wantedBut(note) : wanted
  }
  await refuseForeign(
    on,
    want.filter((_, index) => found[index] === undefined),
  )
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
