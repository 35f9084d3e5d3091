import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx/core'

/** In each folder of sockets: the process that made it. */
export const ownerFile = 'pid'

/**
 * The ssh connections of a run that was killed would stay open for 15 minutes (ControlPersist), for
 * whoever may use their sockets. They are ended before a new run begins.
 *
 * @param base folder that holds the folders of sockets, `ks-*`
 */
export async function endLeftConnections(base: string): Promise<void> {
  const folders = readdirSync(base).filter((name) => name.startsWith('ks-'))
  await Promise.all(folders.map((name) => endLeft(join(base, name))))
}

async function endLeft(folder: string): Promise<void> {
  try {
    if (!existsSync(join(folder, ownerFile))) return
    if (lives(Number(readFileSync(join(folder, ownerFile), 'utf8')))) return
    // As ssh-arguments.ts names them.
    const sockets = readdirSync(folder).filter((name) => /^[0-9a-f]{8}$/.test(name))
    const quiet = $({ nothrow: true, quiet: true, stdio: 'ignore', timeout: '5s' })
    const end = (socket: string) =>
      quiet`ssh ${['-O', 'exit', '-o', `ControlPath=${join(folder, socket)}`, 'nobody']}`
    await Promise.all(sockets.map(end))
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Somebody else's folder, or one that is just being removed: not ours to end.
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
