import { createHash } from 'node:crypto'
import { armoredBlocks, hashedSubpackets, type Packet } from './openpgp-packets.ts'

/** A primary key of an OpenPGP file, as its own newest signature describes it. */
export interface PublicKey {
  /** 40 hexadecimal digits, upper case. */
  readonly fingerprint: string
  /** Fingerprints of its subkeys: packages may be signed by one of them. */
  readonly subkeys: readonly string[]
  readonly created: Date
  /** Absent: it never expires. */
  readonly expires?: Date
  /** Its owner has called it invalid. */
  readonly revoked: boolean
}

const packetTypes = { signature: 2, publicKey: 6, publicSubkey: 14 } as const
/** RFC 9580 5.2.1: certifications of a user id (0x10 to 0x13), and of the key itself (0x1f). */
const selfSignatures = [0x10, 0x11, 0x12, 0x13, 0x1f]
const keyRevocation = 0x20
/** RFC 9580 5.2.3.11, 5.2.3.13, 5.2.3.12, 5.2.3.35. */
const subpackets = { created: 2, keyExpires: 9, issuer: 16, issuerFingerprint: 33 } as const

/**
 * The primary keys in an armored OpenPGP file. gpg could tell them as well, but makes a keyring
 * when it is asked, and a check must not write. Version 4 keys, as rpm uses.
 *
 * The fingerprint is computed from the key itself. Its date of expiry is read, not verified: rpm
 * verifies it when it uses the key; here it only decides which advice is given.
 */
export function publicKeys(armored: string): readonly PublicKey[] {
  return armoredBlocks(armored).flatMap((packets) => keysIn(packets))
}

function keysIn(packets: readonly Packet[]): PublicKey[] {
  const starts = packets.flatMap((packet, index) => (isVersion4Key(packet) ? [index] : []))
  return starts.map((start, index) => {
    const own = packets.slice(start, starts[index + 1])
    const [key, ...rest] = own
    return described(key?.body ?? Buffer.alloc(0), rest)
  })
}

const isVersion4Key = ({ tag, body }: Packet, type: number = packetTypes.publicKey) =>
  tag === type && body.length > 6 && body[0] === 4

interface SelfSignature {
  readonly type: number
  /** Seconds since the epoch. */
  readonly made: number
  /** Seconds after the key's creation; 0 or absent: never. RFC 9580 5.2.3.13. */
  readonly lifetime: number
}

function described(key: Buffer, packets: readonly Packet[]): PublicKey {
  const fingerprint = version4(key)
  const created = key.readUInt32BE(1)
  const signatures = packets
    .filter(({ tag, body }) => tag === packetTypes.signature && body[0] === 4)
    .flatMap(({ body }) => selfSignature(body, fingerprint))
  const newest = signatures
    .filter(({ type }) => selfSignatures.includes(type))
    .sort((a, b) => a.made - b.made)
    .at(-1)
  const date = (seconds: number) => new Date(seconds * 1000)
  return {
    fingerprint,
    subkeys: packets
      .filter((packet) => isVersion4Key(packet, packetTypes.publicSubkey))
      .map(({ body }) => version4(body)),
    created: date(created),
    ...(newest?.lifetime ? { expires: date(created + newest.lifetime) } : {}),
    revoked: signatures.some(({ type }) => type === keyRevocation),
  }
}

/** A signature by the key itself; others may have signed it as well, and say nothing about it. */
function selfSignature(body: Buffer, fingerprint: string): SelfSignature[] {
  const parts = hashedSubpackets(body)
  const issuer = parts.get(subpackets.issuerFingerprint)?.subarray(1).toString('hex').toUpperCase()
  const keyId = parts.get(subpackets.issuer)?.toString('hex').toUpperCase()
  // Old keys name their issuer outside of what is hashed: then it is not known, and taken for it.
  const isOwn = (issuer ?? fingerprint) === fingerprint && fingerprint.endsWith(keyId ?? '')
  if (!isOwn) return []
  const number = (type: number) => {
    const data = parts.get(type)
    return data && data.length >= 4 ? data.readUInt32BE(0) : 0
  }
  const type = body[1] ?? 0
  return [{ type, made: number(subpackets.created), lifetime: number(subpackets.keyExpires) }]
}

/** RFC 9580 5.5.4.2: SHA-1 over 0x99, two bytes of length, the packet's body. */
function version4(body: Buffer): string {
  const prefix = Buffer.from([0x99, body.length >> 8, body.length & 0xff])
  return createHash('sha1').update(prefix).update(body).digest('hex').toUpperCase()
}

/** Days until a key expires, rounded down; negative when it has. Undefined: it never will. */
export function daysLeft({ expires }: PublicKey, now: Date): number | undefined {
  return expires && Math.floor((expires.getTime() - now.getTime()) / 86_400_000)
}

/** A date as people write it: `2026-12-29`, UTC. */
export const dayOf = (date: Date): string => date.toISOString().slice(0, 10)
