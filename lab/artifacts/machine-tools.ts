import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'

// A root shell on Debian does not always have the sbin folders on its PATH.
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].filter(Boolean)

/**
 * Paths of programs of this machine, by name.
 *
 * @throws KubestrapError KS-LAB-TOOLS that names all that are missing: an image without one of them
 *   would stay in the cache
 */
export function findTools(names: readonly string[]): ReadonlyMap<string, string> {
  const paths = names.map(
    (name) => folders.map((folder) => join(folder, name)).find(existsSync) ?? '',
  )
  const missing = names.filter((_, index) => paths[index] === '')
  if (missing.length > 0) {
    throw new KubestrapError({
      id: 'KS-LAB-TOOLS',
      exit: 'preflight',
      what: `the kube-proxy image takes ${missing.join(', ')} from this machine, where they are not`,
      unchanged: 'what was built before stays in the cache',
      remedy: 'apt-get install -y nftables conntrack iptables, then run again',
    })
  }
  return new Map(names.map((name, index) => [name, paths[index] ?? '']))
}

/** The shared libraries in what `ldd` printed. */
export function librariesIn(ldd: string): readonly string[] {
  return [...ldd.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => library)
}

/** Copies a program with all it loads into an image's root; it will be in /usr/sbin. */
export async function copyTool(name: string, path: string, root: string): Promise<void> {
  await copyTo(path, join(root, '/usr/sbin', name))
  const { stdout } = await $({ quiet: true })`ldd ${path}`
  for (const library of librariesIn(stdout)) {
    await copyTo(library, join(root, library))
    if (library.includes('/libxtables.')) await copyMatches(library, root)
  }
}

/** iptables loads its matches and targets (`-m comment`) when it runs: ldd does not list them. */
async function copyMatches(library: string, root: string): Promise<void> {
  const matches = join(dirname(await realpath(library)), 'xtables')
  await cp(matches, join(root, matches), { recursive: true, verbatimSymlinks: true })
}

export async function copyTo(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to)
}
