import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hostFacts } from '../host-facts.ts'
import { withLock } from '../lock.ts'
import { askPodman, podman } from '../podman.ts'
import { cacheFolder, projectRoot } from '../project.ts'
import { type Report, withHeartbeat } from '../report.ts'
import { nodePackages, servicesPackages } from './packages.ts'
import { containerdDropIn, containersConf, crioDropIn } from './quirks.ts'
import { makeRootFileSystems, mirror, release } from './root-file-system.ts'

/** Names of the images that machines are made from. */
export interface Images {
  readonly node: string
  readonly services: string
}

/** Hash of everything an image is made of: the same hash, the same image. */
export function imageHash(): string {
  const hash = createHash('sha256')
  const inputs = [
    release,
    mirror(),
    process.arch,
    nodePackages,
    servicesPackages,
    containerdDropIn(hostFacts()),
    crioDropIn(hostFacts()),
    containersConf(hostFacts()),
  ]
  hash.update(JSON.stringify(inputs))
  const folder = join(projectRoot, 'lab/nodes')
  const files = ['prepare-node.sh', ...filesUnder(folder, 'root')]
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)))
  // How the file systems are made counts as well; dist/ has no sources, the checkout does.
  hash.update(readFileSync(join(folder, 'root-file-system.ts')))
  return hash.digest('hex').slice(0, 16)
}

function filesUnder(folder: string, path: string): readonly string[] {
  if (!statSync(join(folder, path)).isDirectory()) return [path]
  return readdirSync(join(folder, path))
    .sort()
    .flatMap((name) => filesUnder(folder, join(path, name)))
}

const nameOf = (kind: string, hash: string) => `localhost/kubestrap-lab-${kind}:${hash}`

/** The images of this version of the lab: there already, imported from the cache, or made. */
export async function ensureImages(say: Report): Promise<Images> {
  const hash = imageHash()
  const images = { node: nameOf('node', hash), services: nameOf('services', hash) }
  if (await bothThere(images)) return images
  await withLock(join(cacheFolder('node-image'), 'lock'), 'the machine image', say, async () => {
    if (await bothThere(images)) return
    const folder = join(cacheFolder('node-image'), hash)
    await ensureTars(folder, say)
    await withHeartbeat('machine image: into podman', say, async () => {
      await podman('import', '--quiet', join(folder, 'services.tar'), images.services)
      await podman('import', '--quiet', join(folder, 'node.tar'), images.node)
    })
    await removeOlder(hash)
  })
  return images
}

const isThere = async (image: string) => (await askPodman('image', 'exists', image)).exitCode === 0
const bothThere = async ({ node, services }: Images) =>
  (await isThere(node)) && (await isThere(services))

/** A folder of the cache appears whole or not at all. */
async function ensureTars(folder: string, say: Report): Promise<void> {
  if (existsSync(folder)) return
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  try {
    await makeRootFileSystems(partial, say)
    await rename(partial, folder)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Earlier versions go; podman keeps an image that a machine still uses. */
async function removeOlder(hash: string): Promise<void> {
  const cache = cacheFolder('node-image')
  const old = readdirSync(cache).filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== hash)
  for (const name of old) await rm(join(cache, name), { recursive: true, force: true })
  const names = await podman('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')
  const ours = names.split('\n').filter((name) => name.startsWith('localhost/kubestrap-lab-'))
  for (const name of ours.filter((one) => !one.endsWith(`:${hash}`))) {
    await askPodman('image', 'rm', name)
  }
}
