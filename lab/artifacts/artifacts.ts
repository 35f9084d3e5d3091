import { join } from 'node:path'
import { withLock } from '../lock.ts'
import { cacheFolder } from '../project.ts'
import type { Report } from '../report.ts'
import type { Stack } from '../stack.ts'
import { type Given, readGiven } from './given.ts'
import { calicoIn, type GivenCalico } from './given-calico.ts'
import { ensureGoPrograms, ensurePause, goModuleHash, goModules } from './go-programs.ts'
import { ensureImageRegistry } from './images.ts'
import { ensureNodeBinaries } from './node-binaries.ts'
import { ensureRepositories } from './repositories.ts'
import { versions } from './versions.ts'

/** Everything that the lab's nodes install, really built. */
export interface Artifacts {
  /** Document root of the dnf repositories. */
  readonly rpms: string
  /** Storage of the image registry. */
  readonly registry: string
  /** The registry's program: static, runs inside the sources container as well. */
  readonly registryProgram: string
  /** Fingerprint of the throw-away key the packages are signed with: 40 hex digits. */
  readonly keyFingerprint: string
  readonly kubernetesVersion: string
  /** How to ask for Calico; undefined where the lab does not serve it. */
  readonly calico?: GivenCalico
}

/** What building takes, by the Debian package that has it. Go comes from go.dev. */
export const buildTools: readonly { readonly command: string; readonly package: string }[] = [
  { command: 'gcc', package: 'gcc' },
  { command: 'rpmbuild', package: 'rpm' },
  { command: 'rpmsign', package: 'rpm' },
  { command: 'createrepo_c', package: 'createrepo-c' },
  { command: 'modifyrepo_c', package: 'createrepo-c' },
  { command: 'gpg', package: 'gnupg' },
  { command: 'nft', package: 'nftables' },
  { command: 'conntrack', package: 'conntrack' },
  { command: 'iptables', package: 'iptables' },
]

/**
 * Builds what is missing; what was built before comes from the cache.
 *
 * @throws KubestrapError KS-LAB-BUILD, KS-LAB-RPM, KS-LAB-ARTIFACTS
 */
export async function ensureArtifacts({ given, calico }: Brought, say: Report): Promise<Artifacts> {
  const built = await withLock(join(cacheFolder('artifacts'), 'lock'), 'the artifacts', say, () =>
    build(given, say),
  )
  return { ...built, ...(calico ? { calico } : {}) }
}

/** What a person brought along, and how Calico is to be asked for where the lab serves it. */
export interface Brought {
  readonly given?: Given
  readonly calico?: GivenCalico
}

/** Reads it before anything is built. @throws KubestrapError KS-LAB-ARTIFACTS */
export async function readBrought({ artifacts, podNetwork }: Stack): Promise<Brought> {
  const given = artifacts === undefined ? undefined : await readGiven(artifacts)
  return {
    ...(given ? { given } : {}),
    ...(podNetwork === 'calico' ? { calico: await calicoIn(given) } : {}),
  }
}

async function build(given: Given | undefined, say: Report): Promise<Artifacts> {
  const nodes = ensureNodeBinaries(say)
  // The compiler takes all cores; what is fetched meanwhile costs nothing.
  const [go, node] = await Promise.all([ensureGoPrograms(say), nodes])
  const programs = new Map([...go, ...node, ['pause', await ensurePause(say)]])
  const hashes = [...goModules.map(goModuleHash), ...programs.values()].map(
    (one) => one.split('/').at(-1) ?? '',
  )
  const { root, keyFingerprint } = await ensureRepositories(programs, hashes, given, say)
  const registry = await ensureImageRegistry(programs, hashes, given, say)
  return {
    rpms: root,
    registry,
    registryProgram: join(programs.get('registry') ?? '', 'registry'),
    keyFingerprint,
    kubernetesVersion: versions.kubernetes,
  }
}
