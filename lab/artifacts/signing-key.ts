import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { cached } from './cache.ts'

/** gpg-agent's socket must have a short path: 107 bytes (unix(7)). The cache's may be longer. */
export const shortFolder = '/run/kubestrap-lab-gpg'

/** A throw-away key in a keyring of its own: it signs what this cache holds, and nothing else. */
export interface SigningKey {
  readonly home: string
  /** 40 hex digits, upper case. */
  readonly fingerprint: string
}

export async function makeKey(home: string, name: string): Promise<SigningKey> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await chmod(home, 0o700)
  const gpg = $({ quiet: true, env: { ...process.env, GNUPGHOME: home } })
  const id = `${name} <${name}@kubestrap.invalid>`
  await gpg`gpg --batch --passphrase ${''} --quick-generate-key ${id} rsa3072 sign never`
  const { stdout } = await gpg`gpg --batch --with-colons --list-keys`
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? ''
  return { home, fingerprint }
}

/** A key that is kept in the cache: a lab's nodes and cluster.yaml know its fingerprint. */
export interface SavedKey {
  readonly fingerprint: string
  /** Path of the secret key, 0600. */
  readonly file: string
}

/**
 * The key of this cache, made once. When a package changes it is signed with the same key: nodes
 * that are up, and cluster files that were written, go on trusting it.
 */
export async function ensureSavedKey(name: string): Promise<SavedKey> {
  const folder = await cached('signing-key', name, async (out) => {
    await chmod(out, 0o700)
    const key = await makeKey(join(shortFolder, `new-${name}`), name)
    try {
      const gpg = $({ quiet: true, env: { ...process.env, GNUPGHOME: key.home } })
      const { stdout } = await gpg`gpg --batch --armor --export-secret-keys`
      await writeFile(join(out, 'secret.asc'), stdout, { mode: 0o600 })
      await writeFile(join(out, 'fingerprint'), `${key.fingerprint}\n`)
    } finally {
      await endAgent(key)
      await rm(key.home, { recursive: true, force: true })
    }
  })
  const fingerprint = (await readFile(join(folder, 'fingerprint'), 'utf8')).trim()
  return { fingerprint, file: join(folder, 'secret.asc') }
}

/** A keyring with a saved key in it. */
export async function importKey(
  home: string,
  { file, fingerprint }: SavedKey,
): Promise<SigningKey> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await chmod(home, 0o700)
  const env = { ...process.env, GNUPGHOME: home }
  await $({ quiet: true, env })`gpg --batch --quiet --import ${file}`
  return { home, fingerprint }
}

/** The public key, as dnf imports it. */
export async function exportKey({ home }: SigningKey, path: string): Promise<void> {
  const gpg = $({ quiet: true, env: { ...process.env, GNUPGHOME: home } })
  const { stdout } = await gpg`gpg --batch --armor --export`
  await writeFile(path, stdout)
}

/** Signs packages in place. */
export async function signRpms({ home, fingerprint }: SigningKey, files: readonly string[]) {
  const env = { ...process.env, GNUPGHOME: home }
  // rpmsign does not look along PATH.
  const gpg = (await $({ quiet: true })`command -v gpg`).stdout.trim()
  const macros = [`_gpg_name ${fingerprint}`, `_gpg_path ${home}`, `__gpg ${gpg}`]
  const defines = macros.flatMap((macro) => ['--define', macro])
  await $({ quiet: true, env })`rpmsign ${defines} --addsign ${[...files]}`
}

/** A detached signature beside the file: `FILE.asc`. */
export async function signFile({ home }: SigningKey, file: string): Promise<void> {
  const gpg = $({ quiet: true, env: { ...process.env, GNUPGHOME: home } })
  await gpg`gpg --batch --yes --armor --detach-sign --output ${`${file}.asc`} ${file}`
}

/** gpg leaves an agent behind for its home; it goes with the work. */
export async function endAgent({ home }: SigningKey): Promise<void> {
  const env = { ...process.env, GNUPGHOME: home }
  await $({ quiet: true, nothrow: true, env })`gpgconf --kill all`
}

export const keyHome = (folder: string, name: string) => join(folder, `gnupg-${name}`)
