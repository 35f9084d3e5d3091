import { contains, parseAddress, parseNetwork } from '../../lib/networks.ts'
import type { Machine } from '../run/machine.ts'
import { type Command, command } from '../run/step.ts'

/** A line of the kernel's main routing table, as `ip -json route show` prints it (man ip-route). */
export interface KernelRoute {
  /** `10.244.1.0/24`, an address alone, or `default`. */
  readonly dst: string
  readonly gateway?: string
  /** `unreachable`, `blackhole`; a plain route has none. */
  readonly type?: string
  /** Who set it: `kernel`, `static`, a number. A route of plain `ip route` commands has none. */
  readonly protocol?: string
}

/** The routes to addresses within the pod network. */
export async function routesToPods(
  on: Machine,
  podSubnet: string,
): Promise<readonly KernelRoute[]> {
  const { stdout } = await on.ask('ip', familyOf(podSubnet), '-json', 'route', 'show')
  const pods = parseNetwork(podSubnet)
  return (JSON.parse(stdout || '[]') as readonly KernelRoute[]).filter(({ dst }) => {
    const address = parseAddress(dst.split('/')[0] ?? '')
    return address && pods && contains(pods, address)
  })
}

/** Those that our unit has set, now or in former times: the kernel and Calico mark theirs. */
export const setByUnit = ({ gateway, type, protocol = 'boot' }: KernelRoute) =>
  protocol === 'boot' && (gateway !== undefined || type === 'unreachable')

export function deleteRoute({ dst, gateway, type }: KernelRoute): Command {
  const words = [...(type ? [type] : []), dst, ...(gateway ? ['via', gateway] : [])]
  return command('ip', familyOf(dst), 'route', 'delete', ...words)
}

const familyOf = (range: string) => (range.includes(':') ? '-6' : '-4')
