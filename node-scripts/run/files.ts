import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chown, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface FileState {
  /** Permission bits, `0o644`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Milliseconds since the epoch. */
  readonly modified: number
  readonly kind: 'file' | 'directory' | 'other'
}

const absent = (error: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/** The file's text, or undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (absent(error)) return undefined
    throw error
  }
}

export async function fileState(path: string): Promise<FileState | undefined> {
  try {
    const { mode, uid, gid, mtimeMs, isFile, isDirectory } = await lstat(path).then((s) => ({
      ...s,
      mode: s.mode,
      isFile: s.isFile(),
      isDirectory: s.isDirectory(),
    }))
    const kind = isFile ? 'file' : isDirectory ? 'directory' : 'other'
    return { mode: mode & 0o7777, uid, gid, modified: mtimeMs, kind }
  } catch (error) {
    if (absent(error)) return undefined
    throw error
  }
}

/** Names in a folder, sorted; none when there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (absent(error)) return []
    throw error
  }
}

/** A rename is only sure to outlive a power loss when its folder was flushed, too (man fsync). */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  await handle.sync().finally(() => handle.close())
}

/**
 * Writes a file that is there whole or not at all: a hidden file in the same folder (the kubelet
 * reads every other file of its manifests folder), opened exclusively with its final mode, flushed,
 * then renamed. Missing folders are made root-only when the file is.
 */
export async function writeWhole(path: string, content: string, mode: number): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: (mode & 0o077) === 0 ? 0o700 : 0o755 })
  const temporary = join(folder, `.${randomBytes(8).toString('hex')}.kubestrap`)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  try {
    const file = await open(temporary, flags, mode)
    try {
      await file.writeFile(content)
      await file.chmod(mode) // the umask may have taken bits away
      await file.sync()
    } finally {
      await file.close()
    }
    if (process.getuid?.() === 0) await chown(temporary, 0, 0)
    await rename(temporary, path)
    await synced(folder)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
