import { KubestrapError } from '../../lib/errors.ts'
import { publicKeys } from '../../lib/openpgp-keys.ts'
import type { Machine } from '../run/machine.ts'
import type { WantedPackage } from './packages.ts'

/** What was on the machine before us is reported, never overwritten. */
export async function refuseForeign(on: Machine, missing: readonly WantedPackage[]): Promise<void> {
  const [programs, locks] = await Promise.all([foreignPrograms(on, missing), locksOf(on, missing)])
  if (programs.length > 0) throw foreignProgram(programs)
  if (locks.length > 0) throw locked(locks)
}

/** Programs that a package would bring, and that are there without it: a sentence for each. */
async function foreignPrograms(on: Machine, missing: readonly WantedPackage[]): Promise<string[]> {
  const found = await Promise.all(
    missing.map(async ({ name, program }) => {
      if (program === undefined || (await on.stat(program)) === undefined) return []
      const { exitCode, stdout } = await on.ask('rpm', '-qf', program)
      const owner = exitCode === 0 ? `the package ${stdout.trim()}` : 'no package'
      return [`${program} is there, but not from the package ${name}: it belongs to ${owner}`]
    }),
  )
  return found.flat()
}

const foreignProgram = (lines: readonly string[]) =>
  new KubestrapError({
    id: 'KS-PACKAGE-FOREIGN',
    exit: 'conflict',
    what: 'another installation of the same program is on this machine, and is not overwritten',
    lines,
    unchanged: 'no package was installed, removed or replaced',
    remedy: 'remove it first (dnf remove PACKAGE, or the file), if nothing needs it any more',
  })

const lockList = '/etc/dnf/plugins/versionlock.list'

/**
 * Lines of dnf's versionlock that keep a wanted version from being installed: another version is
 * locked, or ours is excluded (man dnf-versionlock). A line is NAME-[EPOCH:]VERSION-RELEASE.ARCH.
 */
async function locksOf(on: Machine, missing: readonly WantedPackage[]): Promise<string[]> {
  const text = (await on.read(lockList)) ?? ''
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => missing.some((one) => keepsOut(line, one)))
}

function keepsOut(line: string, { name, version, minor }: WantedPackage): boolean {
  const excludes = line.startsWith('!')
  const pattern = excludes ? line.slice(1) : line
  if (pattern === name) return excludes
  if (!pattern.startsWith(`${name}-`)) return false
  const [, locked] = /^(?:\d+:|\*:)?([\d*][^-]*)(?:-|$)/.exec(pattern.slice(name.length + 1)) ?? []
  if (locked === undefined) return false // another package whose name begins like ours
  if (locked.startsWith('*')) return excludes
  if (version === undefined && minor === undefined) return false
  const bare = locked.replace(/[.*]*$/, '')
  const isOurs = minor ? `${bare}.`.startsWith(`${minor}.`) : `${version}.`.startsWith(`${bare}.`)
  return excludes ? isOurs : !isOurs
}

const locked = (lines: readonly string[]) =>
  new KubestrapError({
    id: 'KS-PACKAGE-LOCKED',
    exit: 'conflict',
    what: 'dnf versionlock keeps a wanted package out',
    lines: lines.map((line) => `${lockList}: ${line}`),
    unchanged: 'no package was installed, removed or replaced',
    remedy: 'remove the lock (dnf versionlock delete PACKAGE), or set kubernetesVersion to it',
  })

/**
 * Packages of the wanted version that another key than their repository's has signed: they came
 * from somewhere else. Undefined when there are none.
 */
export async function foreignSigners(
  on: Machine,
  want: readonly WantedPackage[],
): Promise<string | undefined> {
  const known = want.filter(({ keyFile }) => keyFile !== undefined)
  if (known.length === 0) return undefined
  const signers = await signersOf(
    on,
    known.map(({ name }) => name),
  )
  const found = await Promise.all(
    known.map(async ({ name, keyFile = '' }) => {
      const keys = publicKeys((await on.read(keyFile)) ?? '')
      const ids = keys.flatMap(({ fingerprint, subkeys }) => [fingerprint, ...subkeys])
      const signer = signers.get(name)
      if (signer === undefined || ids.length === 0) return []
      return ids.some((id) => id.endsWith(signer)) ? [] : [`${name} by key ${signer}`]
    }),
  )
  const list = found.flat().join(', ')
  return list === ''
    ? undefined
    : `signed by another key than its repository's, so installed from somewhere else, and left as it is: ${list}`
}

// Which tag holds the signature depends on the algorithm of the key.
const signature =
  '%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{%|DSAHEADER?{%{DSAHEADER:pgpsig}}:{no signature}|}|'

/** Name of a package -> id of the key that signed it: 8 to 40 hex digits, upper case. */
async function signersOf(on: Machine, names: readonly string[]): Promise<Map<string, string>> {
  const format = `%{NAME} ${signature}\\n`
  const { stdout } = await on.ask('rpm', '-q', '--qf', format, ...names)
  const found = stdout.matchAll(/^(\S+) .*Key (?:ID|Fingerprint):? ([0-9a-f]{8,40})$/gim)
  return new Map([...found].map(([, name = '', id = '']) => [name, id.toUpperCase()] as const))
}
