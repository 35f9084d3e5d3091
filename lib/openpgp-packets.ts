/**
 * OpenPGP files as packets, no more than keys need. RFC 9580: 4.2 packet headers, 5.2.3.7
 * subpackets, 6 armor.
 */
export interface Packet {
  readonly tag: number
  readonly body: Buffer
}

/** Packets of each public key block in an armored text; what makes no sense is left out. */
export function armoredBlocks(text: string): readonly (readonly Packet[])[] {
  const blocks = text.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g,
  )
  return [...blocks].map(([, body = '']) => packets(dearmored(body)))
}

/** Base64 without header lines (before the first empty line) and checksum (the line with `=`). */
function dearmored(body: string): Buffer {
  const lines = body.split(/\r?\n/)
  const data = lines.slice(lines.indexOf('') + 1).filter((line) => !/^=|^\s*$/.test(line))
  return Buffer.from(data.join(''), 'base64')
}

function packets(data: Buffer): Packet[] {
  const found: Packet[] = []
  for (let at = 0; at < data.length; ) {
    const head = headAt(data, at)
    if (!head) break
    const end = Math.min(data.length, head.start + head.length)
    found.push({ tag: head.tag, body: data.subarray(head.start, end) })
    at = end
  }
  return found
}

/** A packet's head in the old or the new format; undefined where the data makes no sense. */
function headAt(data: Buffer, at: number) {
  const header = data[at] ?? 0
  if ((header & 0x80) === 0) return undefined
  const isNew = (header & 0x40) !== 0
  const tag = isNew ? header & 0x3f : (header >> 2) & 0x0f
  const size = isNew ? newLength(data, at + 1) : oldLength(data, at + 1, header & 0x03)
  return size && { tag, start: size.next, length: size.value }
}

interface Length {
  readonly value: number
  readonly next: number
}

function newLength(data: Buffer, at: number): Length | undefined {
  const first = data[at] ?? 0
  if (first < 192) return { value: first, next: at + 1 }
  if (first < 224) return { value: ((first - 192) << 8) + (data[at + 1] ?? 0) + 192, next: at + 2 }
  return first === 255 ? fourBytes(data, at + 1) : undefined // partial lengths: not for keys
}

function oldLength(data: Buffer, at: number, kind: number): Length | undefined {
  const bytes = [1, 2, 4][kind]
  if (bytes === undefined || at + bytes > data.length) return undefined
  return { value: data.readUIntBE(at, bytes), next: at + bytes }
}

const fourBytes = (data: Buffer, at: number): Length | undefined =>
  at + 4 <= data.length ? { value: data.readUInt32BE(at), next: at + 4 } : undefined

/**
 * Hashed subpackets of a version 4 signature: type -> data. Those that are not hashed are not
 * signed, anybody may have changed them.
 */
export function hashedSubpackets(signature: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  if (signature.length < 6) return found
  const area = signature.subarray(6, 6 + signature.readUInt16BE(4))
  for (let at = 0; at < area.length; ) {
    const size = subpacketLength(area, at)
    if (!size || size.value === 0) break
    const type = (area[size.next] ?? 0) & 0x7f // the highest bit marks it as critical
    found.set(type, area.subarray(size.next + 1, size.next + size.value))
    at = size.next + size.value
  }
  return found
}

function subpacketLength(data: Buffer, at: number): Length | undefined {
  const first = data[at] ?? 0
  if (first < 192) return { value: first, next: at + 1 }
  if (first < 255) return { value: ((first - 192) << 8) + (data[at + 1] ?? 0) + 192, next: at + 2 }
  return fourBytes(data, at + 1)
}
