import {
  type Address,
  contains,
  formatAddress,
  formatNetwork,
  hasHostBits,
  type Network,
  overlaps,
  parseAddress,
  parseNetwork,
  roomFor,
} from '../networks.ts'
import { defaultEndpointProvider } from './endpoint-schema.ts'
import { listOf, loose } from './loose.ts'
import { type Path, type Problem, pathText } from './problem.ts'

interface Found<T> {
  readonly path: Path
  readonly text: string
  readonly it: T
}

/** The networks and addresses of a file that are readable. */
interface Plan {
  readonly pods: Found<Network> | undefined
  readonly services: Found<Network> | undefined
  readonly endpoint: Found<Address> | undefined
  readonly nodes: readonly (Found<Address> & { readonly role: unknown })[]
  readonly nodeCount: number
  readonly controlPlaneCount: number
  readonly port: unknown
  /** kube-vip has rules of its own about the address: endpoint-rules.ts. */
  readonly provider: unknown
}

/** Rules of addresses and networks, each about readable values only. */
export function networkRules(data: unknown): Problem[] {
  const plan = planOf(data)
  const subnets = [plan.pods, plan.services].filter((one) => one !== undefined)
  const addresses = [plan.endpoint, ...plan.nodes].filter((one) => one !== undefined)
  return [
    ...subnets.flatMap(hostBits),
    ...podRoom(plan),
    ...serviceSize(plan),
    ...apart(plan),
    ...subnets.flatMap((subnet) => addresses.flatMap((one) => outside(subnet, one))),
    ...addresses.flatMap(usable),
    ...subnets.flatMap(usableSubnet),
    ...oneFamily([...addresses, ...subnets]),
    ...endpointOnNode(plan),
  ]
}

function planOf(data: unknown): Plan {
  const { networking, endpoint, nodes: listed } = loose(data)
  const nodes = listOf(listed).map(loose)
  const { podSubnet = '10.244.0.0/16', serviceSubnet = '10.96.0.0/12' } = loose(networking)
  return {
    pods: found(['networking', 'podSubnet'], podSubnet, parseNetwork),
    services: found(['networking', 'serviceSubnet'], serviceSubnet, parseNetwork),
    endpoint: found(['endpoint', 'address'], loose(endpoint).address, parseAddress),
    nodes: nodes.flatMap(({ address, role }, index) => {
      const one = found(['nodes', index, 'address'], address, parseAddress)
      return one ? [{ ...one, role }] : []
    }),
    nodeCount: nodes.length,
    controlPlaneCount: nodes.filter(({ role }) => role === 'control-plane').length,
    port: loose(endpoint).port ?? 6443,
    provider: loose(endpoint).provider ?? defaultEndpointProvider,
  }
}

function found<T>(
  path: Path,
  text: unknown,
  parse: (text: string) => T | undefined,
): Found<T> | undefined {
  const it = typeof text === 'string' ? parse(text) : undefined
  return it === undefined || typeof text !== 'string' ? undefined : { path, text, it }
}

const problem = (
  { path, text }: Found<unknown>,
  what: string,
  wanted?: string,
  near?: string,
): Problem => ({
  path,
  on: 'value',
  what: `${pathText(path)}: ${text} ${what}`,
  ...(wanted ? { wanted } : {}),
  ...(near ? { near } : {}),
})

const hostBits = (subnet: Found<Network>) =>
  hasHostBits(subnet.it)
    ? [
        problem(
          subnet,
          'is an address inside a network',
          'the network itself',
          formatNetwork(subnet.it),
        ),
      ]
    : []

/** Ranges of nodes: node-cidr-mask-size of the controller manager, and kubeadm's limit of 16 bits. */
function podRoom({ pods, nodeCount }: Plan): Problem[] {
  if (!pods) return []
  const mask = pods.it.family === 4 ? 24 : 64
  const room = roomFor(pods.it, mask)
  if (room < Math.max(1, nodeCount)) {
    const needs = `has room for ${room} nodes, each takes a /${mask}, and there are ${nodeCount}`
    const prefix = mask - Math.ceil(Math.log2(Math.max(2, nodeCount)))
    return [problem(pods, needs, `a network of /${prefix} or larger (a smaller number)`)]
  }
  const largest = mask - 16
  if (pods.it.prefix >= largest) return []
  return [problem(pods, 'is larger than kubeadm takes', `/${largest} to /${mask}`)]
}

/** MaximumBitsForServiceSubnet and MinimumAddressesInServiceSubnet in kubeadm's constants.go. */
function serviceSize({ services }: Plan): Problem[] {
  if (!services) return []
  const bits = services.it.family === 4 ? 32 : 128
  const [largest, smallest] = [bits - 20, bits - 4]
  if (services.it.prefix >= largest && services.it.prefix <= smallest) return []
  const size = services.it.prefix < largest ? 'larger' : 'smaller'
  return [problem(services, `is ${size} than kubeadm takes`, `/${largest} to /${smallest}`)]
}

function apart({ pods, services }: Plan): Problem[] {
  if (!pods || !services || !overlaps(pods.it, services.it)) return []
  const what = `overlaps networking.serviceSubnet, ${services.text}`
  return [problem(pods, what, 'two networks without a common address')]
}

const outside = (subnet: Found<Network>, address: Found<Address>) =>
  contains(subnet.it, address.it)
    ? [
        problem(
          address,
          `lies inside ${pathText(subnet.path)}, ${subnet.text}`,
          'an address outside of it',
        ),
      ]
    : []

// https://www.iana.org/assignments/iana-ipv4-special-registry , .../iana-ipv6-special-registry
const reserved: Readonly<Record<string, string>> = {
  '0.0.0.0/8': 'is no address of a machine',
  '127.0.0.0/8': 'is loopback: every machine has it for itself',
  '169.254.0.0/16': 'is link-local',
  '224.0.0.0/3': 'is multicast or reserved',
  '::/127': 'is loopback or no address',
  '::ffff:0:0/96': 'is an IPv4 address in disguise',
  'fe80::/10': 'is link-local',
  'ff00::/8': 'is multicast',
}

const forbidden = Object.entries(reserved).flatMap(([text, why]) => {
  const network = parseNetwork(text)
  return network ? [{ network, why }] : []
})

const usable = (address: Found<Address>) =>
  forbidden
    .filter(({ network }) => contains(network, address.it))
    .map(({ why }) => problem(address, why, 'an address that all machines of the cluster reach'))

const usableSubnet = (subnet: Found<Network>) =>
  forbidden
    .filter(({ network }) => overlaps(network, subnet.it))
    .map(({ why }) => problem(subnet, `${why}, in part or whole`, 'a private network'))

/** One family for all: the pod network and kubeadm are set up single-stack. */
function oneFamily(all: readonly Found<Address | Network>[]): Problem[] {
  const [first, ...rest] = all
  return rest
    .filter(({ it }) => it.family !== first?.it.family)
    .map((one) =>
      problem(
        one,
        `is IPv${one.it.family}`,
        `IPv${first?.it.family}, as ${pathText(first?.path ?? [])} is`,
      ),
    )
}

/** A node's own address as endpoint dies with that node; the API server there listens on 6443. */
function endpointOnNode(plan: Plan): Problem[] {
  const { endpoint, nodes, controlPlaneCount, nodeCount, port, provider } = plan
  if (provider !== 'external') return []
  const same = (a: Address, b: Address) => formatAddress(a) === formatAddress(b)
  const node = endpoint && nodes.find(({ it }) => same(it, endpoint.it))
  if (!endpoint || !node) return []
  const of = `is the address of ${pathText(node.path.slice(0, -1))}`
  if (node.role === 'worker') {
    return [
      problem(
        endpoint,
        `${of}, a worker`,
        'the address of a load balancer, or of a lone control plane',
      ),
    ]
  }
  if (controlPlaneCount > 1) {
    const wanted = `an address of its own: with ${controlPlaneCount} of ${nodeCount} nodes control planes it must outlive each of them`
    return [problem(endpoint, of, wanted)]
  }
  if (typeof port !== 'number' || port === 6443) return []
  const path = ['endpoint', 'port']
  const what = `endpoint.port: found the number ${port}, but the endpoint is the control plane itself`
  return [{ path, on: 'value', what, wanted: '6443, where its API server listens' }]
}
