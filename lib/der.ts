/**
 * DER, the one way to write ASN.1 as bytes (ITU-T X.690, 10): as much as a certificate request
 * needs. Strict: what is written in another way than the shortest is refused, so that nobody else
 * can read something different in the same bytes.
 */
export interface Der {
  /** Identifier byte: class, constructed or not, number. */
  readonly tag: number
  readonly value: Buffer
  /** Identifier, length and value. */
  readonly whole: Buffer
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  sequence: 0x30,
  set: 0x31,
} as const

/** The elements that fill these bytes to their end. @throws Error with what is wrong */
export function readDer(data: Buffer): readonly Der[] {
  const found: Der[] = []
  for (let at = 0; at < data.length; ) {
    const one = elementAt(data, at)
    found.push(one)
    at += one.whole.length
  }
  return found
}

function elementAt(data: Buffer, at: number): Der {
  const tag = data[at] ?? 0
  if ((tag & 0x1f) === 0x1f) throw new Error('a tag of several bytes')
  const first = data[at + 1]
  if (first === undefined) throw new Error('it ends within a length')
  const size = first < 0x80 ? 0 : first & 0x7f
  // 0x80 would be "until an end mark", which DER does not have; two bytes are 64 kB.
  if (first === 0x80 || size > 2) throw new Error('a length that does not fit')
  if (at + 2 + size > data.length) throw new Error('it ends within a length')
  const length = size === 0 ? first : data.readUIntBE(at + 2, size)
  const shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : 2
  if (size !== shortest) throw new Error('a length that is not the shortest')
  const start = at + 2 + size
  const end = start + length
  if (end > data.length) throw new Error('it ends within a value')
  return { tag, value: data.subarray(start, end), whole: data.subarray(at, end) }
}

/** The elements within one that must have this tag. @throws Error */
export function within(one: Der | undefined, tag: number): readonly Der[] {
  return readDer(bytesOf(one, tag))
}

/** The bytes of an element that must have this tag. @throws Error */
export function bytesOf(one: Der | undefined, tag: number): Buffer {
  if (one?.tag !== tag) throw new Error(`tag ${one?.tag ?? 'none'} in place of ${tag}`)
  return one.value
}

/** An object identifier as `2.5.29.17`. @throws Error */
export function oidOf(one: Der | undefined): string {
  const bytes = bytesOf(one, tags.oid)
  if (bytes.length === 0 || ((bytes.at(-1) ?? 0x80) & 0x80) !== 0) throw new Error('a cut OID')
  const arcs: number[] = []
  let arc = 0
  for (const byte of bytes) {
    if (arc === 0 && byte === 0x80) throw new Error('an OID that is not the shortest')
    if (arc > 0xffffff) throw new Error('an OID with too large a number')
    arc = arc * 128 + (byte & 0x7f)
    if ((byte & 0x80) !== 0) continue
    arcs.push(arc)
    arc = 0
  }
  const [head = 0, ...rest] = arcs
  const top = Math.min(2, Math.floor(head / 40))
  return [top, head - top * 40, ...rest].join('.')
}

/** An element of these bytes, or of these elements one after the other; up to 64 kB. */
export function writeDer(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : longLength(length)
  return Buffer.concat([Buffer.from([tag, ...head]), value])
}

const longLength = (length: number) => [0x82, length >> 8, length & 0xff]

/** An object identifier, such as `2.5.4.3`. */
export function writeOid(text: string): Buffer {
  const [top = 0, second = 0, ...arcs] = text.split('.').map(Number)
  return writeDer(tags.oid, Buffer.from([top * 40 + second, ...arcs].flatMap(base128)))
}

/** The lowest seven bits last; all bytes but the last have the highest bit. */
function base128(arc: number): number[] {
  const bytes = [arc & 0x7f]
  for (let rest = arc >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}
