import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'
import { type Report, withHeartbeat } from '../report.ts'
import { cached, inputHash } from './cache.ts'
import { type Given, imagesIn } from './given.ts'
import { copyTo, copyTool, findTools } from './machine-tools.ts'
import { writeLayout } from './oci-layout.ts'
import { versions } from './versions.ts'

/** An image of the lab's registry, which stands in for all others; named without its registry. */
interface Image {
  readonly name: string
  readonly tag: string
  /** Program in the image to where it comes from, `MODULE/program`. */
  readonly programs: Readonly<Record<string, string>>
  readonly entrypoint: string
  /** Programs of this machine that go in with the libraries they need. */
  readonly tools?: readonly string[]
}

const kubernetesTag = `v${versions.kubernetes}`
const controlPlane = (name: string): Image => ({
  name,
  tag: kubernetesTag,
  programs: { [`/usr/local/bin/${name}`]: `kubernetes/${name}` },
  entrypoint: `/usr/local/bin/${name}`,
})

export const images: readonly Image[] = [
  controlPlane('kube-apiserver'),
  controlPlane('kube-controller-manager'),
  controlPlane('kube-scheduler'),
  {
    ...controlPlane('kube-proxy'),
    tools: [
      ...['nft', 'conntrack', 'iptables', 'iptables-save', 'iptables-restore'],
      ...['ip6tables', 'ip6tables-save', 'ip6tables-restore'],
    ],
  },
  {
    name: 'coredns/coredns',
    tag: `v${versions.coredns}`,
    programs: { '/coredns': 'coredns/coredns' },
    entrypoint: '/coredns',
  },
  {
    name: 'etcd',
    tag: `${versions.etcd}-0`,
    programs: {
      '/usr/local/bin/etcd': 'etcd/etcd',
      '/usr/local/bin/etcdctl': 'etcd/etcdctl',
      '/usr/local/bin/etcdutl': 'etcd/etcdutl',
    },
    entrypoint: '/usr/local/bin/etcd',
  },
  {
    name: 'pause',
    tag: versions.pause,
    programs: { '/pause': 'pause/pause' },
    entrypoint: '/pause',
  },
  {
    // A stand-in, see its main.go: kube-vip itself is not to be had from the registries.
    name: 'kube-vip/kube-vip',
    tag: `v${versions.kubeVip}`,
    programs: { '/kube-vip': 'kube-vip-stand-in/kube-vip-stand-in' },
    entrypoint: '/kube-vip',
  },
  {
    name: 'kubestrap-lab/web',
    tag: '1',
    programs: { '/usr/local/bin/web': 'web/web' },
    entrypoint: '/usr/local/bin/web',
  },
]

/** Storage of an image registry with all images in it; from the cache when nothing changed. */
export async function ensureImageRegistry(
  programs: ReadonlyMap<string, string>,
  programHashes: readonly string[],
  given: Given | undefined,
  say: Report,
): Promise<string> {
  const tools = [...findTools(images.flatMap((image) => image.tools ?? []))]
  const hash = inputHash(images, programHashes, tools, 'uncompressed 2')
  const ours = await cached('images', hash, (out) =>
    withHeartbeat('packing the images into a registry', say, () => fill(programs, out)),
  )
  if (!given || given.images.length === 0) return ours
  return cached('images', inputHash(hash, given.hashes.images), (out) =>
    withHeartbeat('adding the images that were given', say, () =>
      addGiven(programs, ours, given, out),
    ),
  )
}

/** The lab's images and those that a person brought; of the same name, the latter. */
async function addGiven(
  programs: ReadonlyMap<string, string>,
  ours: string,
  given: Given,
  out: string,
): Promise<void> {
  await $({ quiet: true })`cp --archive ${ours}/. ${out}`
  const work = await mkdtemp(join(tmpdir(), 'kubestrap-images-'))
  const registry = await startRegistry(join(programs.get('registry') ?? '', 'registry'), out, work)
  const crane = join(programs.get('crane') ?? '', 'crane')
  try {
    for (const file of given.images) {
      for (const { path, names } of await singleImages(file, work)) {
        for (const name of names)
          await $({
            quiet: true,
          })`${crane} push --insecure ${path} ${`${registry.address}/${name}`}`
      }
    }
  } finally {
    await registry.stop()
    await rm(work, { recursive: true, force: true })
  }
}

/** Each image of an archive in an archive of its own: crane pushes no archive with several. */
async function singleImages(file: string, work: string) {
  const images = await imagesIn(file)
  if (images.length === 1) return images.map(({ names }) => ({ path: file, names }))
  const folder = await mkdtemp(join(work, 'archive-'))
  const single: { path: string; names: readonly string[] }[] = []
  await $({ quiet: true })`tar --extract --file ${file} --directory ${folder}`
  for (const [index, { entry, names }] of images.entries()) {
    const path = `${folder}-${index}.tar`
    await writeFile(join(folder, 'manifest.json'), JSON.stringify([entry]))
    // By their names: crane looks for manifest.json, and would not find ./manifest.json.
    const all = await readdir(folder)
    await $({ quiet: true })`tar --create --file ${path} --directory ${folder} ${all}`
    single.push({ path, names })
  }
  return single
}

async function fill(programs: ReadonlyMap<string, string>, out: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'kubestrap-images-'))
  const registry = await startRegistry(join(programs.get('registry') ?? '', 'registry'), out, work)
  try {
    for (const image of images) {
      const root = join(work, 'root')
      const layout = join(work, 'layout')
      await layOut(image, programs, root)
      await writeLayout(root, layout, { entrypoint: [image.entrypoint] })
      const crane = join(programs.get('crane') ?? '', 'crane')
      const reference = `${registry.address}/${image.name}:${image.tag}`
      await $({ quiet: true })`${crane} push --insecure ${layout} ${reference}`
      await rm(layout, { recursive: true, force: true })
    }
  } finally {
    await registry.stop()
    await rm(work, { recursive: true, force: true })
  }
}

async function layOut(image: Image, programs: ReadonlyMap<string, string>, root: string) {
  for (const [path, source] of Object.entries(image.programs)) {
    const [module = '', name = ''] = source.split('/')
    await copyTo(join(programs.get(module) ?? '', name), join(root, path))
  }
  for (const [name, path] of findTools(image.tools ?? [])) await copyTool(name, path, root)
  await mkdir(join(root, 'tmp'))
  await chmod(join(root, 'tmp'), 0o1777)
}

/** A real registry (CNCF distribution) on the loopback interface, for as long as it is filled. */
async function startRegistry(program: string, storage: string, work: string) {
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const config = join(work, 'registry.yaml')
  await writeFile(config, registryConfig(storage, address))
  const server = spawn(program, ['serve', config], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  await answers(`http://${address}/v2/`)
  return {
    address,
    async stop() {
      server.kill()
      await ended
    },
  }
}

/** Configuration of the registry (https://distribution.github.io/distribution/about/configuration/). */
export function registryConfig(storage: string, address: string): string {
  return `version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: ${storage}
    maxthreads: 32
http:
  addr: ${address}
`
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      (r) => r.ok,
      () => false,
    )
    if (ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the registry at ${url} did not start within 10 s`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
