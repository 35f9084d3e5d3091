/** Arithmetic on IP addresses and networks, IPv4 and IPv6, on their plain numeric value. */
export type Family = 4 | 6

export interface Address {
  readonly family: Family
  readonly value: bigint
}

export interface Network {
  readonly family: Family
  /** The address as written; `base` of it is the network's first. */
  readonly address: bigint
  /** Length of the network part in bits: 16 in 10.244.0.0/16. */
  readonly prefix: number
}

const bitsOf = (family: Family) => (family === 4 ? 32 : 128)

/** @returns undefined when the text is no address. Zones (`%eth0`) and leading zeros are none. */
export function parseAddress(text: string): Address | undefined {
  const value = text.includes(':') ? parseV6(text) : parseV4(text)
  return value === undefined ? undefined : { family: text.includes(':') ? 6 : 4, value }
}

/** @returns undefined when the text is no `ADDRESS/PREFIX`; host bits may be set: see hasHostBits */
export function parseNetwork(text: string): Network | undefined {
  const [left = '', right = '', ...rest] = text.split('/')
  const address = parseAddress(left)
  if (!address || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(right)) return undefined
  const prefix = Number(right)
  if (prefix > bitsOf(address.family)) return undefined
  return { family: address.family, address: address.value, prefix }
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.')
  // "010" is 8 for some programs and 10 for others.
  const numbers = parts.filter((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  if (parts.length !== 4 || numbers.length !== 4) return undefined
  return numbers.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const [left = [], right = []] = groups
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const all = [...left, ...Array<string>(missing).fill('0'), ...right]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

/** The one spelling of an address: IPv6 in lower case, shortened (RFC 5952). */
export function formatAddress({ family, value }: Address): string {
  const width = family === 4 ? 8n : 16n
  const count = family === 4 ? 4 : 8
  const mask = (1n << width) - 1n
  const parts = Array.from(
    { length: count },
    (_, i) => (value >> (BigInt(count - 1 - i) * width)) & mask,
  )
  if (family === 4) return parts.join('.')
  const groups = parts.map((part) => part.toString(16))
  return shorten(groups)
}

/** Puts `::` for the longest run of two or more zero groups, the first one of equals. */
function shorten(groups: readonly string[]): string {
  const text = groups.join(':')
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)]
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), '')
  if (longest === '') return text
  const at = runs.find(([run]) => run === longest)?.index ?? 0
  const before = text.slice(0, at).replace(/:$/, '')
  const after = text.slice(at + longest.length).replace(/^:/, '')
  return `${before}::${after}`
}

const mask = ({ family, prefix }: Network) => {
  const bits = BigInt(bitsOf(family))
  return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(prefix))) - 1n)
}
const base = (network: Network) => network.address & mask(network)

/** The network with its host bits cleared: `10.244.0.1/16` -> `10.244.0.0/16`. */
export function formatNetwork(network: Network): string {
  return `${formatAddress({ family: network.family, value: base(network) })}/${network.prefix}`
}

/** 10.244.0.1/16 names an address in the network, not the network. */
export const hasHostBits = (network: Network) => network.address !== base(network)

export const contains = (network: Network, { family, value }: Address) =>
  family === network.family && (value & mask(network)) === base(network)

/** Two networks have addresses in common exactly when one holds the other's first address. */
export const overlaps = (a: Network, b: Network) =>
  contains(a, { family: b.family, value: base(b) }) ||
  contains(b, { family: a.family, value: base(a) })

/** How many networks with a prefix of this length there is room for; 0 when they are larger. */
export const roomFor = ({ prefix }: Network, smaller: number): number =>
  smaller < prefix ? 0 : 2 ** (smaller - prefix)
