import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { minorPart } from '../../lib/versions.ts'
import { type Report, withHeartbeat } from '../report.ts'
import { cached, inputHash } from './cache.ts'
import { crioPackages } from './crio-packages.ts'
import { type Given, packageNames } from './given.ts'
import { servedName } from './given-calico.ts'
import { assumed } from './given-packages.ts'
import {
  appstreamPackages,
  assumedPackage,
  containerdPackages,
  kubernetesPackages,
  type PackageSpec,
  refusedPackages,
  specFile,
} from './packages.ts'
import { buildRpm, type Programs } from './rpm.ts'
import {
  endAgent,
  ensureSavedKey,
  exportKey,
  importKey,
  keyHome,
  makeKey,
  type SavedKey,
  type SigningKey,
  shortFolder,
  signFile,
  signRpms,
} from './signing-key.ts'
import { architecture, nodeStreams, versions } from './versions.ts'

interface Repository {
  /** Path below the document root: as the publisher's own server has it. */
  readonly path: string
  readonly packages: readonly PackageSpec[]
  /** Where the public key is, below the document root; undefined: nothing is signed. */
  readonly key?: string
  readonly signedBy: 'lab' | 'stranger' | 'nobody'
}

const minor = minorPart(versions.kubernetes)
const kubernetes = `kubernetes/core:/stable:/v${minor}/rpm`
const crio = `repositories/isv:/cri-o:/stable:/v${minor}/rpm`

export const repositories: readonly Repository[] = [
  {
    path: kubernetes,
    packages: kubernetesPackages,
    key: `${kubernetes}/repodata/repomd.xml.key`,
    signedBy: 'lab',
  },
  {
    path: `docker/linux/centos/9/${architecture.rpm}/stable`,
    packages: containerdPackages,
    key: 'docker/linux/centos/gpg',
    signedBy: 'lab',
  },
  { path: crio, packages: crioPackages, key: `${crio}/repodata/repomd.xml.key`, signedBy: 'lab' },
  {
    path: 'appstream',
    packages: appstreamPackages,
    key: 'appstream/RPM-GPG-KEY-lab',
    signedBy: 'lab',
  },
  { path: 'unsigned', packages: refusedPackages('unsigned'), signedBy: 'nobody' },
  { path: 'wrong-key', packages: refusedPackages('wrong-key'), signedBy: 'stranger' },
]

export interface Repositories {
  /** Document root of the web server. */
  readonly root: string
  readonly keyFingerprint: string
}

/** All repositories, signed with the key of this cache; from the cache when nothing changed. */
export async function ensureRepositories(
  programs: Programs,
  programHashes: readonly string[],
  given: Given | undefined,
  say: Report,
): Promise<Repositories> {
  const key = await ensureSavedKey('lab')
  const hash = repositoriesHash(programHashes, key)
  const ours = await cached('rpms', hash, (out) =>
    withHeartbeat('packing and signing the RPM repositories', say, () => make(programs, out, key)),
  )
  const folder = given
    ? await cached('rpms', inputHash(hash, given.hashes.files), (out) =>
        withHeartbeat('signing the packages that were given', say, () =>
          withGiven(ours, given, out, key, say),
        ),
      )
    : ours
  const keyFingerprint = (await readFile(join(folder, 'fingerprint'), 'utf8')).trim()
  return { root: join(folder, 'root'), keyFingerprint }
}

/** What the packages hold, how they are described, and who signs them. */
export function repositoriesHash(programHashes: readonly string[], key: SavedKey): string {
  const specs = repositories.flatMap(({ packages }) => packages.map(specFile))
  return inputHash(repositories, specs, modulesFile(), programHashes, key.fingerprint, 'layout 2')
}

async function make(programs: Programs, out: string, key: SavedKey): Promise<void> {
  const home = shortFolder
  await rm(home, { recursive: true, force: true })
  const lab = await importKey(keyHome(home, 'lab'), key)
  const stranger = await makeKey(keyHome(home, 'stranger'), 'stranger')
  try {
    for (const repository of repositories)
      await makeRepository(repository, programs, join(out, 'root'), { lab, stranger })
    await writeFile(join(out, 'fingerprint'), `${lab.fingerprint}\n`)
    // The web server reads it as another user, whatever umask this was built under.
    await $({ quiet: true })`chmod -R a+rX ${join(out, 'root')}`
  } finally {
    await Promise.all([endAgent(lab), endAgent(stranger)])
    await rm(home, { recursive: true, force: true })
  }
}

/** The lab's repositories with what a person brought: packages in CRI-O's, manifests beside. */
async function withGiven(
  ours: string,
  given: Given,
  out: string,
  saved: SavedKey,
  say: Report,
): Promise<void> {
  await $({ quiet: true })`cp --archive ${ours}/. ${out}`
  const root = join(out, 'root')
  const folder = join(root, crio)
  if (given.rpms.length > 0) {
    const names = await packageNames(given.rpms)
    await rm(join(folder, 'repodata'), { recursive: true })
    if (names.includes('cri-o')) await $({ quiet: true })`rm ${await packagesIn(folder)}`
    await $({ quiet: true })`cp ${[...given.rpms]} ${folder}`
    const provides = await assumed(given.rpms, await packagesUnder(root))
    if (provides.length > 0) {
      say(`taken to be in the machine image, since no package has it: ${provides.join(', ')}`)
      await buildRpm(assumedPackage(provides), new Map(), folder)
    }
    const key = await importKey(keyHome(shortFolder, 'given'), saved)
    try {
      await publish(folder, key)
      await exportKey(key, join(root, crio, 'repodata/repomd.xml.key'))
    } finally {
      await endAgent(key)
      await rm(key.home, { recursive: true, force: true })
    }
  }
  for (const [name, files] of Object.entries({ manifests: given.manifests, bin: given.bin })) {
    await mkdir(join(root, name))
    for (const file of files) await cp(file, join(root, name, servedName(file)))
  }
  await $({ quiet: true })`chmod -R a+rX ${root}`
}

const packagesUnder = async (root: string) =>
  (await readdir(root, { recursive: true }))
    .filter((name) => name.endsWith('.rpm'))
    .map((name) => join(root, name))

const packagesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.rpm')).map((name) => join(folder, name))

/** Signs the packages of a folder, makes its index, signs that. */
async function publish(folder: string, key: SigningKey): Promise<void> {
  await signRpms(key, await packagesIn(folder))
  await $({ quiet: true })`createrepo_c --quiet --compress-type gz ${folder}`
  await signFile(key, join(folder, 'repodata/repomd.xml'))
}

async function makeRepository(
  { path, packages, key, signedBy }: Repository,
  programs: Programs,
  root: string,
  keys: Readonly<Record<'lab' | 'stranger', SigningKey>>,
): Promise<void> {
  const folder = join(root, path)
  await mkdir(folder, { recursive: true })
  for (const spec of packages) await buildRpm(spec, programs, folder)
  const rpms = (await readdir(folder)).map((name) => join(folder, name))
  if (signedBy !== 'nobody') await signRpms(keys[signedBy], rpms)
  const run = $({ quiet: true })
  await run`createrepo_c --quiet --compress-type gz ${folder}`
  if (packages.some((spec) => spec.module)) await addModules(folder)
  if (signedBy !== 'nobody') await signFile(keys[signedBy], join(folder, 'repodata/repomd.xml'))
  if (key) {
    await mkdir(dirname(join(root, key)), { recursive: true })
    if (!existsSync(join(root, key))) await exportKey(keys.lab, join(root, key))
  }
}

/** Module metadata: what makes `dnf module enable nodejs:22` work, as on EL9. */
async function addModules(folder: string): Promise<void> {
  const file = join(folder, 'modules.yaml')
  await writeFile(file, modulesFile())
  await $({ quiet: true })`modifyrepo_c --mdtype=modules ${file} ${join(folder, 'repodata')}`
  await rm(file)
}

export const modulesFile = () =>
  Object.entries(nodeStreams)
    .map(([stream, version]) => moduleDocument(stream, version))
    .join('')

// https://github.com/fedora-modularity/libmodulemd/tree/main/yaml_specs
function moduleDocument(stream: string, version: string): string {
  return `---
document: modulemd
version: 2
data:
  name: nodejs
  stream: "${stream}"
  version: 1
  context: "lab"
  arch: ${architecture.rpm}
  summary: JavaScript runtime
  description: >-
    Node.js ${stream}, from the npm package that holds the plain binary.
  license:
    module: [MIT]
  profiles:
    common:
      rpms: [nodejs]
  artifacts:
    rpms:
    - nodejs-0:${version}-1.module_el9+lab+${stream}.${architecture.rpm}
...
`
}
