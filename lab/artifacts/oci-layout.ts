import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { architecture } from './versions.ts'

/** An image FROM scratch: one layer, how it starts. */
export interface ImageSpec {
  readonly entrypoint: readonly string[]
  readonly exposedPort?: number
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/**
 * Writes a folder as an OCI image layout. The layer stays uncompressed: six nodes on two cores
 * unpack each image, and nothing travels further than this machine.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function writeLayout(root: string, out: string, spec: ImageSpec): Promise<void> {
  const blobs = join(out, 'blobs/sha256')
  await mkdir(blobs, { recursive: true })
  const layer = await layerBlob(root, blobs)
  const config = await jsonBlob(blobs, 'application/vnd.oci.image.config.v1+json', {
    architecture: architecture.go,
    os: 'linux',
    config: {
      Entrypoint: spec.entrypoint,
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'],
      WorkingDir: '/',
      ...(spec.exposedPort ? { ExposedPorts: { [`${spec.exposedPort}/tcp`]: {} } } : {}),
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created_by: 'kubestrap lab' }],
  })
  const manifest = await jsonBlob(blobs, 'application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: [layer],
  })
  await writeFile(join(out, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(
    join(out, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [manifest] }),
  )
}

async function layerBlob(root: string, blobs: string): Promise<Descriptor> {
  const file = join(blobs, 'layer.partial')
  // Readable to every user of a pod, whatever umask this was built under.
  const mode = '--mode=a+rX'
  const flags = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', mode]
  await $({ quiet: true })`tar --create ${flags} --file ${file} --directory ${root} .`
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  const hex = hash.digest('hex')
  await rename(file, join(blobs, hex))
  const { size } = await stat(join(blobs, hex))
  await rm(root, { recursive: true, force: true })
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${hex}`, size }
}

async function jsonBlob(blobs: string, mediaType: string, value: unknown): Promise<Descriptor> {
  const text = JSON.stringify(value)
  const hex = createHash('sha256').update(text).digest('hex')
  await writeFile(join(blobs, hex), text)
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) }
}
