import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { bytesOf, type Der, oidOf, readDer, tags, within } from './der.ts'
import { formatAddress } from './networks.ts'

/** What a PKCS#10 request asks a certificate for. RFC 2986; RFC 5280, 4.2.1.6 */
export interface CertificateRequest {
  /** Subject, in order: `{ type: 'CN', value: 'system:node:k-worker-1' }`. */
  readonly subject: readonly { readonly type: string; readonly value: string }[]
  readonly dnsNames: readonly string[]
  readonly addresses: readonly string[]
}

const attributeTypes: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '2.5.4.10': 'O' }
const extensionRequest = '1.2.840.113549.1.9.14'
const subjectAltName = '2.5.29.17'
const [dnsName, ipAddress, attributesTag] = [0x82, 0x87, 0xa0]

/** Signature algorithm -> hash; null where the hash is part of the algorithm. RFC 5758, RFC 8410 */
const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
}

/**
 * Reads a request, PEM, and checks its signature. Whatever it holds that is not known here
 * (another attribute, extension or kind of name) is an error: what was not understood was not checked.
 *
 * @throws Error that says what is wrong with it
 */
export function readCertificateRequest(pem: string): CertificateRequest {
  const [, body = ''] =
    /^-----BEGIN CERTIFICATE REQUEST-----\n([A-Za-z0-9+/=\n]{1,16000})-----END CERTIFICATE REQUEST-----\n*$/.exec(
      pem,
    ) ?? []
  if (body === '') throw new Error('no PEM request, or more than one')
  const [outer, ...more] = readDer(Buffer.from(body, 'base64'))
  const [info, algorithm, signature, ...surplus] = within(outer, tags.sequence)
  if (more.length + surplus.length > 0) throw new Error('something follows the request')
  const [version, subject, key, attributes, ...unknown] = within(info, tags.sequence)
  if (bytesOf(version, tags.integer).toString('hex') !== '00') throw new Error('another version')
  if (unknown.length > 0) throw new Error('an unknown field')
  checkSignature(info, key, algorithm, signature)
  return { subject: namesIn(subject), ...alternativeNames(attributes) }
}

function checkSignature(...[info, key, algorithm, signature]: (Der | undefined)[]): void {
  const [oid] = within(algorithm, tags.sequence)
  const hash = hashes[oidOf(oid)]
  if (hash === undefined) throw new Error(`signed by an unknown algorithm, ${oidOf(oid)}`)
  const bits = bytesOf(signature, tags.bits)
  if (bits[0] !== 0) throw new Error('a signature that is no whole number of bytes')
  if (!info || !key || !isSigned(hash, info.whole, publicKey(key), bits.subarray(1)))
    throw new Error('its signature is not that of its key')
}

function publicKey({ whole }: Der): KeyObject {
  try {
    return createPublicKey({ key: whole, format: 'der', type: 'spki' })
  } catch {
    throw new Error('no usable public key')
  }
}

function isSigned(hash: string | null, data: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, data, key, signature)
  } catch {
    return false // a key of another kind than the algorithm's
  }
}

function namesIn(subject: Der | undefined) {
  return within(subject, tags.sequence).flatMap((set) =>
    within(set, tags.set).map((pair) => {
      const [oid, value, ...more] = within(pair, tags.sequence)
      const type = attributeTypes[oidOf(oid)]
      if (type === undefined || more.length > 0)
        throw new Error(`an unknown part of the subject, ${oidOf(oid)}`)
      return { type, value: textOf(value) }
    }),
  )
}

function textOf(one: Der | undefined): string {
  if (one?.tag !== tags.printable && one?.tag !== tags.utf8) throw new Error('an unknown text')
  return plain(one.value)
}

/** Only what is printed as it is: names of nodes need no more. */
function plain(bytes: Buffer): string {
  if (!bytes.every((byte) => byte > 0x20 && byte < 0x7f)) throw new Error('an unusual character')
  return bytes.toString('latin1')
}

/** Exactly one attribute, the requested extensions, with exactly one extension, the names. */
function alternativeNames(attributes: Der | undefined) {
  const [attribute, ...moreAttributes] = within(attributes, attributesTag)
  const [type, values] = within(attribute, tags.sequence)
  if (moreAttributes.length > 0 || oidOf(type) !== extensionRequest)
    throw new Error('an attribute other than the requested extensions')
  const [list, ...moreLists] = within(values, tags.set)
  const [extension, ...moreExtensions] = within(list, tags.sequence)
  if (moreLists.length + moreExtensions.length > 0) throw new Error('more than one extension')
  const fields = within(extension, tags.sequence)
  if (oidOf(fields[0]) !== subjectAltName)
    throw new Error(`an unknown extension, ${oidOf(fields[0])}`)
  const [critical, octets] = fields.length === 3 ? [fields[1], fields[2]] : [undefined, fields[1]]
  if (fields.length > 3 || (critical && critical.tag !== tags.boolean))
    throw new Error('an unknown field of the extension')
  const [names, ...moreNames] = readDer(bytesOf(octets, tags.octets))
  if (moreNames.length > 0) throw new Error('something follows the names')
  return sorted(within(names, tags.sequence))
}

function sorted(names: readonly Der[]) {
  const [dnsNames, addresses]: [string[], string[]] = [[], []]
  for (const { tag, value } of names) {
    if (tag === dnsName) dnsNames.push(plain(value))
    else if (tag === ipAddress) addresses.push(addressOf(value))
    else throw new Error('a name that is neither DNS name nor address')
  }
  return { dnsNames, addresses }
}

function addressOf(bytes: Buffer): string {
  if (bytes.length !== 4 && bytes.length !== 16) throw new Error('an address of no known length')
  const value = BigInt(`0x${bytes.toString('hex')}`)
  return formatAddress({ family: bytes.length === 4 ? 4 : 6, value })
}
