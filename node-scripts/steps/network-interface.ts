import { KubestrapError } from '../../lib/errors.ts'
import { formatAddress, parseAddress } from '../../lib/networks.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { type Step, wanted } from '../run/step.ts'

/** A network interface as `ip -json address show` tells it: ip-address(8). */
export interface NetworkInterface {
  readonly ifname: string
  readonly flags: readonly string[]
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen?: number }[]
}

/** The interfaces of this machine; none when `ip` gave no answer. */
export async function interfaces(on: Machine): Promise<readonly NetworkInterface[]> {
  const { stdout } = await on.ask('ip', '-json', 'address', 'show')
  try {
    const found = JSON.parse(stdout) as readonly Partial<NetworkInterface>[]
    return found.flatMap(({ ifname, flags = [], addr_info = [] }) =>
      ifname === undefined ? [] : [{ ifname, flags, addr_info }],
    )
  } catch {
    return []
  }
}

/** Whether an interface carries this address, however it is spelled. */
export function carries({ addr_info }: NetworkInterface, address: string): boolean {
  const spelled = (text: string) => {
    const parsed = parseAddress(text)
    return parsed ? formatAddress(parsed) : text
  }
  return addr_info.some(({ local }) => local !== undefined && spelled(local) === address)
}

/**
 * The interface the virtual IP is put on: the one the file names, with BGP the loopback interface,
 * else the one that carries the node's own address.
 *
 * @throws KubestrapError KS-INTERFACE when there is none, or when it is down
 */
export async function virtualIpInterface(on: Machine, { cluster, node }: Context): Promise<string> {
  const there = await interfaces(on)
  const named = node.interface ?? (cluster.endpoint.kubeVip?.mode === 'bgp' ? 'lo' : undefined)
  const found = there.find((one) =>
    named === undefined ? carries(one, node.address) : one.ifname === named,
  )
  if (!found) throw noInterface(named, node.address, there)
  if (!found.flags.includes('UP')) throw isDown(found.ifname)
  return found.ifname
}

/** Only looks: a wrong interface is found before anything is written. */
export function interfaceThere(context: Context): Step {
  return {
    title: 'Find the interface for the virtual IP',
    why: 'kube-vip adds the address to one interface of the node. It may be called otherwise on each machine, so every control plane gets a manifest of its own.',
    async check(on) {
      await virtualIpInterface(on, context)
      return wanted
    },
    apply: {
      byHand: `ip -brief address show   # the interface that carries ${context.node.address}`,
      run: async () => undefined,
    },
  }
}

function noInterface(
  named: string | undefined,
  address: string,
  there: readonly NetworkInterface[],
): KubestrapError {
  const lines = there.map(({ ifname, addr_info }) =>
    `${ifname}  ${addr_info.map(({ local }) => local ?? '').join(' ')}`.trimEnd(),
  )
  return new KubestrapError({
    id: 'KS-INTERFACE',
    exit: 'preflight',
    what: named
      ? `there is no network interface ${named}`
      : `no network interface carries the address ${address} of this node`,
    lines,
    unchanged: 'nothing on this node',
    remedy: named
      ? 'give one of these as endpoint.interface, or for this node alone as nodes[].interface'
      : "correct the node's address, or name the interface: endpoint.interface",
  })
}

const isDown = (name: string) =>
  new KubestrapError({
    id: 'KS-INTERFACE',
    exit: 'preflight',
    what: `the network interface ${name} is down`,
    unchanged: 'nothing on this node',
    remedy: `ip link set ${name} up, and let it come up at boot; or name another as endpoint.interface`,
  })
