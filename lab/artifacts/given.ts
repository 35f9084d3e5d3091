import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'
import { inputHash } from './cache.ts'

/** What a person brings along for the lab, since no package registry has it. Paths of files. */
export interface Given {
  readonly folder: string
  /** Packages: they are signed anew with the lab's key, and served where CRI-O's own are. */
  readonly rpms: readonly string[]
  /** Images as `docker save` writes them: they go into the lab's registry. */
  readonly images: readonly string[]
  /** Manifests: served as http://SOURCES/manifests/NAME. */
  readonly manifests: readonly string[]
  /** Programs: served as http://SOURCES/bin/NAME. */
  readonly bin: readonly string[]
  /** Of everything that is served as a file, and of the images. */
  readonly hashes: { readonly files: string; readonly images: string }
}

const kinds = [
  { key: 'rpms', ending: '.rpm' },
  { key: 'images', ending: '.tar' },
  { key: 'manifests', ending: '.yaml' },
  { key: 'bin', ending: '' },
] as const

/**
 * Reads DIR/rpms/*.rpm, DIR/images/*.tar, DIR/manifests/*.yaml and DIR/bin/*; each folder may be
 * missing.
 *
 * @throws KubestrapError KS-LAB-ARTIFACTS when there is nothing of it
 */
export async function readGiven(folder: string): Promise<Given> {
  const [rpms = [], images = [], manifests = [], bin = []] = await Promise.all(
    kinds.map(({ key, ending }) => filesIn(join(folder, key), ending)),
  )
  const all = [...rpms, ...images, ...manifests, ...bin]
  if (all.length === 0) throw nothingThere(folder)
  const hashes = {
    files: await hashOf([...rpms, ...manifests, ...bin]),
    images: await hashOf(images),
  }
  return { folder, rpms, images, manifests, bin, hashes }
}

/** Wherever the folder is: names, sizes and times say enough, and images are large. */
async function hashOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(files.map((path) => stat(path)))
  return inputHash(states.map(({ size, mtimeMs }, i) => [basename(files[i] ?? ''), size, mtimeMs]))
}

async function filesIn(folder: string, ending: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return []
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending))
  return names.sort().map((name) => join(folder, name))
}

function nothingThere(folder: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-LAB-ARTIFACTS',
    exit: 'usage',
    what: `there are no artifacts in ${folder}`,
    lines: kinds.map(({ key, ending }) => `${join(folder, key)}/*${ending}: none`),
    unchanged: 'nothing was done',
    remedy:
      'put packages into rpms/, images (docker save) into images/, manifests into manifests/ or programs into bin/ of that folder',
  })
}

/** Names of packages, as rpm knows them. */
export async function packageNames(files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return []
  const query = ['--nosignature', '--queryformat', '%{NAME}\n']
  const { stdout } = await $({ quiet: true })`rpm -qp ${query} ${[...files]}`
  return stdout.trim().split('\n')
}

/** An image in an archive: one entry of its `manifest.json`. */
export interface ArchivedImage {
  /** The entry as it is written there. */
  readonly entry: unknown
  /**
   * What the image goes by in the lab's registry: its own names without the registry in front,
   * since the lab's registry stands in for all of them.
   */
  readonly names: readonly string[]
}

/**
 * The images of an archive; those without a name are left out.
 *
 * @throws KubestrapError KS-LAB-ARTIFACTS for a tar file that is no docker-archive with a name
 */
export async function imagesIn(file: string): Promise<readonly ArchivedImage[]> {
  const { exitCode, stdout } = await $({
    quiet: true,
    nothrow: true,
  })`tar --extract --occurrence=1 --to-stdout --file ${file} manifest.json`
  const images = exitCode === 0 ? archivedImages(stdout) : []
  if (images.length > 0) return images
  throw new KubestrapError({
    id: 'KS-LAB-ARTIFACTS',
    exit: 'usage',
    what: `${basename(file)} is no image as docker save writes it, with a name`,
    unchanged: 'the machines are as they were',
    remedy: 'write it with: podman save --format docker-archive --output FILE.tar NAME:TAG',
  })
}

/** @param manifest text of an archive's `manifest.json` */
export function archivedImages(manifest: string): readonly ArchivedImage[] {
  const entries = JSON.parse(manifest) as readonly { RepoTags?: readonly string[] | null }[]
  return entries.flatMap((entry) => {
    const names = (entry.RepoTags ?? []).map(withoutRegistry)
    return names.length === 0 ? [] : [{ entry, names }]
  })
}

/** `quay.io/calico/node:v3.32.1` -> `calico/node:v3.32.1`. */
export function withoutRegistry(name: string): string {
  const [first = '', ...rest] = name.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : name
}
