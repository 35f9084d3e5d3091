import { createHash } from 'node:crypto'

/**
 * Fingerprints of the primary keys in an armored OpenPGP file, 40 hex digits, upper case.
 * gpg could tell them as well, but creates a keyring when it is asked, and a check must not write.
 * RFC 9580: 4.2 packet headers, 5.5.4 fingerprints, 6 armor. Version 4 keys, as rpm uses.
 */
export function keyFingerprints(armored: string): readonly string[] {
  const blocks = armored.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g,
  )
  return [...blocks].flatMap(([, body = '']) => fingerprintsIn(dearmored(body)))
}

/** Base64 without header lines (before the first empty line) and checksum (the line with `=`). */
function dearmored(body: string): Buffer {
  const lines = body.split(/\r?\n/)
  const data = lines.slice(lines.indexOf('') + 1).filter((line) => !/^=|^\s*$/.test(line))
  return Buffer.from(data.join(''), 'base64')
}

const publicKeyPacket = 6

function fingerprintsIn(data: Buffer): string[] {
  const found: string[] = []
  let at = 0
  while (at < data.length) {
    const packet = packetAt(data, at)
    if (!packet) break
    const body = data.subarray(packet.start, packet.end)
    if (packet.tag === publicKeyPacket && body[0] === 4) found.push(version4(body))
    at = packet.end
  }
  return found
}

/** SHA-1 over 0x99, two bytes of length, the packet's body. */
function version4(body: Buffer): string {
  const prefix = Buffer.from([0x99, body.length >> 8, body.length & 0xff])
  return createHash('sha1').update(prefix).update(body).digest('hex').toUpperCase()
}

interface Packet {
  readonly tag: number
  readonly start: number
  readonly end: number
}

/** A packet in the old or the new format; undefined where the data makes no sense. */
function packetAt(data: Buffer, at: number): Packet | undefined {
  const header = data[at] ?? 0
  if ((header & 0x80) === 0) return undefined
  const isNew = (header & 0x40) !== 0
  const tag = isNew ? header & 0x3f : (header >> 2) & 0x0f
  const length = isNew ? newLength(data, at + 1) : oldLength(data, at + 1, header & 0x03)
  if (!length) return undefined
  return { tag, start: length.next, end: Math.min(data.length, length.next + length.value) }
}

function newLength(data: Buffer, at: number) {
  const first = data[at] ?? 0
  if (first < 192) return { value: first, next: at + 1 }
  if (first < 224) return { value: ((first - 192) << 8) + (data[at + 1] ?? 0) + 192, next: at + 2 }
  if (first === 255 && at + 5 <= data.length)
    return { value: data.readUInt32BE(at + 1), next: at + 5 }
  return undefined // partial lengths: not for keys
}

function oldLength(data: Buffer, at: number, kind: number) {
  const bytes = [1, 2, 4][kind]
  if (bytes === undefined || at + bytes > data.length) return undefined
  return { value: data.readUIntBE(at, bytes), next: at + bytes }
}
