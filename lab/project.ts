import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the checkout: this code runs from lab/, from dist/ and, in tests, from .test/. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'lab/nodes/prepare-node.sh'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('the lab runs from a checkout of the project only')
  return findRoot(parent)
}

/** A folder of a lab: state, key, cluster.yaml. */
export const labFolder = (name: string) => join(projectRoot, '.lab', name)

/** What takes long to make is kept here, by the hash of its inputs. */
export function cacheFolder(kind: string): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(caches, 'kubestrap', kind)
}
