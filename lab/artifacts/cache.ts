import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../project.ts'

/** Hash of inputs: the same inputs, the same place in the cache. 16 hex digits. */
export function inputHash(...inputs: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)
}

/**
 * A folder of the cache, made when it is not there. It is made under another name and renamed when
 * it is whole: what an interrupted build left never looks finished, and is removed by the next one,
 * also where that has other inputs. To be called with the lock on the artifacts only.
 *
 * @returns its path
 */
export async function cached(
  kind: string,
  hash: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder(kind), hash)
  if (existsSync(folder)) return folder
  await removePartial(cacheFolder(kind))
  const partial = `${folder}.partial`
  await mkdir(partial, { recursive: true })
  try {
    await make(partial)
    await rename(partial, folder)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return folder
}

async function removePartial(kind: string): Promise<void> {
  const entries = existsSync(kind) ? await readdir(kind) : []
  for (const name of entries.filter((one) => one.endsWith('.partial'))) {
    await rm(join(kind, name), { recursive: true, force: true })
  }
}
