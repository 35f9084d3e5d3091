import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'

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
