import { checkShape } from './cluster/check.ts'
import { type FlagValue, flagFor } from './cluster/flags.ts'
import {
  type Path,
  type PlacedProblem,
  type Problem,
  problemsError,
  visible,
} from './cluster/problem.ts'
import { resolveCluster } from './cluster/resolve.ts'
import { brokenRules } from './cluster/rules.ts'
import { readSource, type Source } from './cluster/source.ts'
import type { Cluster } from './cluster/types.ts'
import { type WithFlags, withFlags } from './cluster/with-flags.ts'

export { type ClusterFlag, clusterFlags, type FlagValue } from './cluster/flags.ts'
export {
  controlPlanes,
  nodeNamed,
  notesToCreate,
  refusalsToCreate,
  warnings,
  workers,
} from './cluster/members.ts'
export type {
  BgpPeer,
  CalicoSettings,
  Cluster,
  ClusterNode,
  ExternalEtcd,
  ForwardProxy,
  KubeVip,
  PackageSource,
  Role,
  SshJump,
  SshTarget,
  Taint,
} from './cluster/types.ts'
export { compareVersions, isMinor, minorOf } from './cluster/version.ts'

/**
 * Reads and checks a cluster file; flags go over what it says. The result is frozen.
 *
 * @param file its path, for messages
 * @throws KubestrapError KS-CLUSTER-FILE with all problems at once, each with its line
 */
export async function parseCluster(
  text: string,
  file: string,
  options: { readonly flags?: readonly FlagValue[] } = {},
): Promise<Cluster> {
  const source = await readSource(text)
  if (source.value === undefined && source.problems.length > 0) {
    throw problemsError(source.problems, file, text)
  }
  return checked(source, options.flags ?? [], file)
}

/**
 * The same from flags alone, for a phase run by hand: --node, --address, --role and --endpoint at
 * least. It describes one node only, so that rules over all nodes do not hold.
 *
 * @throws KubestrapError KS-CLUSTER-FILE with all problems at once, each with its flag
 */
export async function clusterFromFlags(flags: readonly FlagValue[]): Promise<Cluster> {
  return checked(undefined, flags, '')
}

async function checked(
  source: Source | undefined,
  flags: readonly FlagValue[],
  file: string,
): Promise<Cluster> {
  const base = source ? longForm(source.value) : { name: 'kubernetes', endpoint: {}, nodes: [{}] }
  const given = await withFlags(base, flags, source !== undefined)
  const data = longForm(given.value)
  const shape = checkShape(data, (path) => source?.written(path))
  const found = [
    ...given.problems,
    ...(shape.ok ? [] : shape.problems),
    ...brokenRules(data, source !== undefined),
  ]
  const placed = found.map((problem) => placedProblem(problem, given, source))
  const problems = [...(source?.problems ?? []), ...placed]
  if (shape.ok && problems.length === 0) return resolveCluster(shape.file)
  throw problemsError(problems, file, source?.text ?? '')
}

/** `endpoint: 192.168.9.120` is short for `endpoint: { address: 192.168.9.120 }`. */
function longForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { endpoint } = value as { readonly endpoint?: unknown }
  return typeof endpoint === 'string' ? { ...value, endpoint: { address: endpoint } } : value
}

/** The flag a problem comes from, else its place in the file, else the flag that is missing. */
function placedProblem(
  { path, on, flag, ...texts }: Problem,
  { origins }: WithFlags,
  source: Source | undefined,
): PlacedProblem {
  const inFile = source?.has(path) ?? false
  const from = origins.findLast(
    (one) => isWithin(path, one.path) || (!inFile && isWithin(one.path, path)),
  )
  const origin = flag ?? from?.flag
  if (origin !== undefined) return { ...texts, flag: visible(origin) }
  if (source) return { ...texts, place: source.locate(path, on) }
  return { ...texts, flag: flagFor(path) ?? '--set' }
}

const isWithin = (path: Path, start: Path) => start.every((key, index) => path[index] === key)
