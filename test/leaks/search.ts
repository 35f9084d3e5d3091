import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Looks for secrets in whatever a run leaves, in each form that a secret is likely to have there. */

/** A secret's name, never its value, to the texts that would give it away. */
export type Secrets = ReadonlyMap<string, readonly string[]>

/** Where something was found: `the join token 2 in /var/log/messages`. */
export interface Found {
  readonly secret: string
  readonly place: string
}

/** A short secret: as it is, and within something larger in base64. */
export const formsOf = (text: string): readonly string[] => [text, ...inBase64(text)]

/**
 * A private key: 48 characters from the middle of its PEM, so that line breaks do not matter; the
 * same in base64, as kubeconfigs and Secrets have it; the bytes.
 */
export function formsOfKey(pem: string): readonly string[] {
  const lines = pem
    .replace(/-----(?:BEGIN|END) [A-Z ]+-----/g, '')
    .trim()
    .split('\n')
  // What is secret stands at the beginning of SEC 1, the kubelet's form (RFC 5915), and after a
  // beginning that all keys of a kind share in the others.
  const at = pem.includes('EC PRIVATE KEY') ? 0 : Math.floor(lines.length / 2)
  const line = lines[at] ?? ''
  const middle = line.slice(0, 48)
  const bytes = Buffer.from(middle, 'base64').toString('latin1')
  return [middle, bytes, ...inBase64(middle)]
}

/** Base64 of a text that stands somewhere in a larger one: it may begin at three places of a group. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.from(' '.repeat(before) + text).toString('base64')
    const groups = Math.floor((before + Buffer.byteLength(text)) / 3)
    return whole.slice(before === 0 ? 0 : 4, groups * 4)
  })
}

/** Which of the secrets are in this text or file. */
export function search(secrets: Secrets, place: string, content: string | Buffer): Found[] {
  const index = indexes.get(secrets) ?? indexOf(secrets)
  indexes.set(secrets, index)
  const found = new Set<string>()
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  let last = 0
  for (let at = 0; at < bytes.length; at += 1) {
    last = ((last << 8) | (bytes[at] ?? 0)) >>> 0
    if (index.begins[hash(last)] === 0) continue
    for (const { secret, form } of index.forms.get(last) ?? [])
      if (bytes.subarray(at - 3, at - 3 + form.length).equals(form)) found.add(secret)
  }
  return [...secrets.keys()]
    .filter((secret) => found.has(secret))
    .map((secret) => ({ secret, place }))
}

/** Hundreds of megabytes are searched for hundreds of forms at once, by their first four bytes. */
interface Index {
  /** 1 where a form begins with four bytes of this hash. */
  readonly begins: Uint8Array
  readonly forms: ReadonlyMap<number, readonly { readonly secret: string; readonly form: Buffer }[]>
}

const indexes = new WeakMap<Secrets, Index>()
const hash = (four: number) => (four ^ (four >>> 13)) & 0xffff

function indexOf(secrets: Secrets): Index {
  const begins = new Uint8Array(0x10000)
  const forms = new Map<number, { secret: string; form: Buffer }[]>()
  for (const [secret, texts] of secrets)
    for (const form of texts.map((text) => Buffer.from(text, 'latin1'))) {
      const first = form.readUInt32BE()
      begins[hash(first)] = 1
      forms.set(first, [...(forms.get(first) ?? []), { secret, form }])
    }
  return { begins, forms }
}

/** The same for all files of a folder. @param named how the place is called, instead of its path */
export function searchFolder(secrets: Secrets, folder: string, named = folder): Found[] {
  return filesIn(folder).flatMap((path) => {
    const content = bytesOf(path)
    return content ? search(secrets, named + path.slice(folder.length), content) : []
  })
}

/** Regular files, at any depth; links are not followed. What goes away meanwhile is passed over. */
export function filesIn(folder: string): string[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name)
    const stat = statOf(path)
    if (stat?.isDirectory()) return filesIn(path)
    return stat?.isFile() ? [path] : []
  })
}

export const namesIn = (folder: string): string[] => orNothing(() => readdirSync(folder)) ?? []
export const bytesOf = (path: string): Buffer | undefined => orNothing(() => readFileSync(path))
export const textOf = (path: string): string => bytesOf(path)?.toString('utf8') ?? ''
const statOf = (path: string) => orNothing(() => lstatSync(path))

function orNothing<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
