import type { Machine } from '../run/machine.ts'

/** Root-only, in memory: gone at the next boot in any case. */
export const secretFolder = '/run/kubestrap/secret'

/**
 * Gives a command its secrets in a file of mode 0600 (in a folder of mode 0700), never in its
 * arguments, where `ps` would show them. The file is gone when the command is done.
 */
export async function withSecretFile<T>(
  on: Machine,
  name: string,
  content: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = `${secretFolder}/${name}`
  await on.write(path, content, 0o600)
  try {
    return await use(path)
  } finally {
    await on.remove(path)
  }
}

/** The same as a person would type it; for texts in which names stand for the secrets. */
export const secretFileByHand = (name: string, text: string): string =>
  `install -D -m 0600 /dev/stdin ${secretFolder}/${name} <<'EOF'\n${text.trimEnd()}\nEOF`
