import { type Address, formatAddress, parseAddress } from '../networks.ts'

/** A machine as named on the command line: its name may be left to us. */
export interface Machine {
  readonly name?: string
  readonly address: string
}

export interface Machines {
  readonly machines: readonly Machine[]
  /** What was not understood, each with what is wanted. */
  readonly problems: readonly string[]
}

/** More machines than anybody means: a typing error in a range. */
const most = 1000

/**
 * Reads a list of machines: `192.168.9.121-123`, `192.168.9.121-192.168.9.123`, `a,b`,
 * `k-master-1=192.168.9.121`, `2001:db8::21-23` (the last group, hexadecimal as it is written).
 * A name with a range is numbered: `node=192.168.9.1-2` gives node-1 and node-2.
 */
export function readMachines(text: string): Machines {
  const parts = text.split(',').map((part) => part.trim())
  const read = parts.filter((part) => part !== '').map(readPart)
  return {
    machines: read.flatMap(({ machines }) => machines),
    problems: [
      ...read.flatMap(({ problems }) => problems),
      ...(read.length === 0 ? ['an empty list: wanted addresses such as 192.168.9.121-123'] : []),
    ],
  }
}

function readPart(part: string): Machines {
  const [, name, range = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(part) ?? []
  const addresses = readRange(range)
  if (typeof addresses === 'string') return { machines: [], problems: [`${part}: ${addresses}`] }
  const named = (index: number) => {
    if (name === undefined) return {}
    return { name: addresses.length === 1 ? name : `${name}-${index + 1}` }
  }
  return {
    machines: addresses.map((address, index) => ({ address, ...named(index) })),
    problems: [],
  }
}

/** @returns the addresses, or what is wrong */
function readRange(text: string): readonly string[] | string {
  const [from = '', to, ...rest] = text.split('-')
  const first = parseAddress(from)
  const wanted = 'wanted an IP address, or a range such as 192.168.9.121-123'
  if (!first || rest.length > 0) return wanted
  if (to === undefined) return [formatAddress(first)]
  const last = parseAddress(to) ?? parseAddress(lastPartReplaced(from, to))
  if (!last || last.family !== first.family) return wanted
  const count = last.value - first.value + 1n
  if (count < 1n) return 'the range ends before it begins'
  if (count > most) return `a range of ${count} machines; at most ${most}`
  return Array.from({ length: Number(count) }, (_, index) => plus(first, BigInt(index)))
}

const lastPartReplaced = (from: string, to: string) => from.replace(/[^.:]*$/, () => to)

const plus = ({ family, value }: Address, more: bigint) =>
  formatAddress({ family, value: value + more })
