import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { type Report, withHeartbeat } from '../report.ts'
import { cached, inputHash } from './cache.ts'
import { architecture, nodeStreams } from './versions.ts'

/** Node.js for the nodes, by stream: the binary out of npm's own package, whose hash npm checks. */
export async function ensureNodeBinaries(say: Report): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>()
  for (const [stream, version] of Object.entries(nodeStreams)) {
    const folder = await cached('node', inputHash(version, process.arch), (out) =>
      withHeartbeat(`fetching Node.js ${version} for the nodes`, say, () =>
        fetchNode(version, out),
      ),
    )
    folders.set(`node-${stream}`, folder)
  }
  return folders
}

async function fetchNode(version: string, out: string): Promise<void> {
  const name = `node-linux-${architecture.npm}@${version}`
  const run = $({ quiet: true, cwd: out })
  await run`npm pack --silent ${name}`
  const [archive = ''] = await readdir(out)
  await mkdir(join(out, 'unpacked'))
  await run`tar -xzf ${archive} -C unpacked`
  await rename(join(out, 'unpacked/package/bin/node'), join(out, 'node'))
  await Promise.all([archive, 'unpacked'].map((one) => rm(join(out, one), { recursive: true })))
}
