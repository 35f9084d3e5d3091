import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A CA of tests, in a folder: `NAME.crt` and `NAME.key`. */
export interface TestCa {
  readonly folder: string
  readonly name: string
}

/** One call of openssl. @throws when it fails */
function openssl(folder: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`)
}

const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export function makeCa(folder: string, name: string): TestCa {
  mkdirSync(folder, { recursive: true })
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`]
  openssl(folder, 'req', '-x509', ...ecKey, '-days', '300', '-subj', `/CN=${name}`, ...files)
  return { folder, name }
}

/**
 * A certificate of that CA, valid for 30 days, and its key, as `NAME.crt` and `NAME.key` beside it.
 *
 * @param usage `clientAuth`, `serverAuth` or both with a comma
 * @param address of the machine it is for; none for clients
 */
export function makeCertificate(
  { folder, name: ca }: TestCa,
  name: string,
  usage: string,
  address = '',
): void {
  const names = address === '' ? '' : `subjectAltName=IP:${address}\n`
  writeFileSync(join(folder, `${name}.ext`), `extendedKeyUsage=${usage}\n${names}`)
  const request = ['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`]
  openssl(folder, 'req', ...ecKey, ...request)
  const by = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '30']
  const files = ['-extfile', `${name}.ext`, '-in', `${name}.csr`, '-out', `${name}.crt`]
  openssl(folder, 'x509', '-req', ...by, ...files)
}

export const textOf = ({ folder }: TestCa, file: string): string =>
  readFileSync(join(folder, file), 'utf8')
