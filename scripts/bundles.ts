import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { lastLines } from '../lib/text.ts'
import { type Connections, type RemoteCommand, remote } from './ssh.ts'

/** The phases as they travel: one folder, named by the hash of all it holds. */
export interface Bundles {
  readonly folder: string
  /** SHA-256 of SHA256SUMS, which names the SHA-256 of each file: 64 hex digits. */
  readonly hash: string
  /** Text of a file in the folder, `facts.sh`. */
  readonly read: (file: string) => string
}

/** The bundles beside this program; built anew when it runs from source, so that an edit counts. */
export async function ownBundles(): Promise<Bundles> {
  const here = dirname(fileURLToPath(import.meta.url))
  const isSource = import.meta.url.endsWith('.ts')
  const root = join(here, '..')
  if (isSource) {
    const { buildPhases } = (await import(join(root, 'build.mjs'))) as {
      buildPhases: () => Promise<unknown>
    }
    await buildPhases()
  }
  const folder = isSource ? join(root, 'dist', 'node') : join(here, 'node')
  const sums = join(folder, 'SHA256SUMS')
  if (!existsSync(sums)) throw notBuilt(folder)
  const hash = createHash('sha256').update(readFileSync(sums)).digest('hex')
  return { folder, hash, read: (file) => readFileSync(join(folder, file), 'utf8') }
}

function notBuilt(folder: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-NOT-BUILT',
    exit: 'usage',
    what: `the phases are not built: there is no ${folder}`,
    remedy: 'node build.mjs',
  })
}

const folderOnNode = '/var/lib/kubestrap/bundles'

/** The command that runs a bundle on a node; both values are ours, none comes from outside. */
export function bundleCommand({ hash }: Bundles, phase: string, verb: string): RemoteCommand {
  return remote(`sudo -n -- /bin/sh ${folderOnNode}/${hash}/${phase}.mjs ${verb}`)
}

// Unpacked beside its place, compared there, and only then moved into it: a cut upload is never run.
const receive = remote(
  [
    "sudo -n -- /bin/sh -c 'set -eu; umask 077",
    `mkdir -p ${folderOnNode}; cd ${folderOnNode}; new=$(mktemp -d .new.XXXXXXXX)`,
    'tar --no-same-owner --no-same-permissions -xzf - -C "$new"; cd "$new"; sha256sum --check --status SHA256SUMS',
    'hash=$(sha256sum SHA256SUMS | cut -c 1-64); cd ..; rm -rf "$hash"; mv "$new" "$hash"',
    'for old in * .new.*; do [ "$old" = "$hash" ] || rm -rf "$old"; done; echo "received $hash"\'',
  ].join('; '),
)

/**
 * Sends the bundles to a node that does not have them.
 *
 * @returns true, or undefined when the connection was lost on the way
 * @throws KubestrapError KS-UPLOAD when what arrived is not what was sent; nothing of it was run
 */
export async function upload(
  ssh: Connections,
  node: ClusterNode,
  bundles: Bundles,
): Promise<true | undefined> {
  const { stdout, stderr, exitCode, lost } = await ssh.exec(node, receive, {
    stdin: await archive(bundles),
    limit: 600_000, // some lines are thin
  })
  if (exitCode === 0 && stdout.includes(`received ${bundles.hash}`)) return true
  if (lost) return undefined
  throw new KubestrapError({
    id: 'KS-UPLOAD',
    exit: 'verification',
    what: 'the phase scripts did not arrive as they were sent',
    node: node.name,
    lines: lastLines(stderr, 5),
    unchanged: 'nothing of them was run',
    remedy: 'run the same command again; look at the disk of the node (df -h /var)',
  })
}

/** Begins to pack them, which takes a moment; whoever sends them says what went wrong. */
export function pack(bundles: Bundles): void {
  archive(bundles).catch(() => undefined)
}

let packed: Promise<Buffer> | undefined

/** A tar of the folder, made once for all nodes. zx would make text of it. */
function archive({ folder }: Bundles): Promise<Buffer> {
  const env = { ...process.env, COPYFILE_DISABLE: '1' } // macOS: no ._ files
  const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024, env } as const
  packed ??= promisify(execFile)('tar', ['-czf', '-', '-C', folder, '.'], options).then(
    ({ stdout }) => stdout,
  )
  return packed
}
