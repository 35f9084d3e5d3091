import { formatAddress, parseAddress } from '../networks.ts'
import { initNeedsEndpoint } from '../versions.ts'
import { defaultEndpointProvider } from './endpoint-schema.ts'
import { type Loose, listOf, loose } from './loose.ts'
import { described, type Path, type Problem, quoted } from './problem.ts'
import { compareVersions } from './version.ts'

/** Rules between the values of the endpoint. */
export function endpointRules(data: unknown): Problem[] {
  const { endpoint: part, nodes: listed, kubernetesVersion } = loose(data)
  const endpoint = loose(part)
  const nodes = listOf(listed).map(loose)
  const { provider = defaultEndpointProvider } = endpoint
  return [
    ...namelessHostsEntry(endpoint),
    ...nodes.flatMap(interfaceOfWorker),
    ...(provider === 'external' ? notObeyed(endpoint, nodes) : []),
    ...(provider === 'kube-vip' ? kubeVipRules(endpoint, nodes, kubernetesVersion) : []),
  ]
}

const problem = (path: Path, what: string, wanted?: string): Problem => ({
  path: ['endpoint', ...path],
  on: 'value',
  what,
  ...(wanted ? { wanted } : {}),
})

function namelessHostsEntry({ hostsEntry, name }: Loose): Problem[] {
  if (hostsEntry !== true || name !== undefined) return []
  const what = 'endpoint.hostsEntry: there is no name to write into /etc/hosts'
  return [problem(['hostsEntry'], what, 'endpoint.name as well')]
}

function interfaceOfWorker({ role, interface: device }: Loose, index: number): Problem[] {
  if (role !== 'worker' || device === undefined) return []
  const what = `nodes[${index}].interface would not be obeyed: a worker never carries the virtual IP`
  return [{ path: ['nodes', index, 'interface'], on: 'key', what }]
}

/** With a load balancer of one's own these would be accepted and ignored. */
function notObeyed(endpoint: Loose, nodes: readonly Loose[]): Problem[] {
  const because = 'would not be obeyed: the provider is external'
  const wanted = 'provider: kube-vip'
  const own = ['interface', 'kubeVip'].flatMap((key) =>
    endpoint[key] === undefined
      ? []
      : [
          {
            path: ['endpoint', key],
            on: 'key' as const,
            what: `endpoint.${key} ${because}`,
            wanted,
          },
        ],
  )
  const ofNodes = nodes.flatMap(({ interface: device, role }, index) =>
    device === undefined || role === 'worker'
      ? []
      : [
          {
            path: ['nodes', index, 'interface'],
            on: 'key' as const,
            what: `nodes[${index}].interface ${because}`,
            wanted,
          },
        ],
  )
  return [...own, ...ofNodes]
}

function kubeVipRules(endpoint: Loose, nodes: readonly Loose[], kubernetes: unknown): Problem[] {
  const kubeVip = loose(endpoint.kubeVip)
  return [
    ...ownAddress(endpoint, nodes),
    ...ownPort(endpoint),
    ...release(kubeVip),
    ...kubernetesPatch(kubernetes),
    ...modeRules(kubeVip, endpoint),
    ...leaseOrder(loose(kubeVip.lease)),
  ]
}

/** kube-vip would take the node's own address away from it with the lease. */
function ownAddress({ address }: Loose, nodes: readonly Loose[]): Problem[] {
  const spelled = (text: unknown) => {
    const parsed = typeof text === 'string' ? parseAddress(text) : undefined
    return parsed && formatAddress(parsed)
  }
  const mine = spelled(address)
  const index = nodes.findIndex((node) => mine !== undefined && spelled(node.address) === mine)
  if (index < 0) return []
  const what = `endpoint.address: ${String(address)} is the address of nodes[${index}]`
  const wanted = 'a free address of the same network, for kube-vip to move; or provider: external'
  return [problem(['address'], what, wanted)]
}

/** It carries an address, it forwards nothing: what answers there is the API server itself. */
function ownPort({ port = 6443 }: Loose): Problem[] {
  if (typeof port !== 'number' || port === 6443) return []
  const what = `endpoint.port: found the number ${port}, but kube-vip only moves an address`
  return [problem(['port'], what, '6443, where the API servers listen; or provider: external')]
}

/** The oldest that dials its own API server: https://github.com/kube-vip/kube-vip/pull/1658 */
const oldest = '1.2.3'

function release({ version }: Loose): Problem[] {
  const bare = typeof version === 'string' ? /^v(\d+\.\d+\.\d+)$/.exec(version)?.[1] : undefined
  if (bare === undefined || compareVersions(bare, oldest) >= 0) return []
  const what = `endpoint.kubeVip.version: found ${quoted(String(version))}`
  const wanted =
    bare === '1.2.2'
      ? `v${oldest} or newer: 1.2.2 asks the API server through the virtual IP that it is to bring up, and never does`
      : `v${oldest} or newer: older ones were not tried, and have other defaults for their lease`
  return [problem(['kubeVip', 'version'], what, wanted)]
}

function kubernetesPatch(version: unknown): Problem[] {
  const reason = typeof version === 'string' ? initNeedsEndpoint(version) : undefined
  if (reason === undefined) return []
  const what = `kubernetesVersion: found ${quoted(String(version))}`
  return [{ path: ['kubernetesVersion'], on: 'value', what, wanted: reason }]
}

function modeRules(kubeVip: Loose, { address }: Loose): Problem[] {
  const { mode = 'arp', bgp, lease } = kubeVip
  const here = ['kubeVip']
  if (mode !== 'bgp') {
    if (bgp === undefined) return []
    return [problem([...here, 'bgp'], 'endpoint.kubeVip.bgp would not be obeyed', 'mode: bgp')]
  }
  const isV6 = typeof address === 'string' && address.includes(':')
  return [
    ...(bgp === undefined
      ? [problem([...here, 'mode'], 'endpoint.kubeVip.bgp is missing', 'localAS and peers')]
      : []),
    ...(lease === undefined
      ? []
      : [
          problem(
            [...here, 'lease'],
            'endpoint.kubeVip.lease would not be obeyed: in mode bgp every control plane announces the address',
          ),
        ]),
    ...(isV6
      ? [
          problem(
            [...here, 'mode'],
            'endpoint.kubeVip.mode: found "bgp" with IPv6',
            'arp: a BGP router id has 32 bits, and the nodes have no IPv4 address to take it from',
          ),
        ]
      : []),
  ]
}

/** client-go refuses to start otherwise: NewLeaderElector in tools/leaderelection. */
function leaseOrder(lease: Loose): Problem[] {
  const { duration = 15, renewDeadline = 10, retryPeriod = 2 } = lease
  const path = ['kubeVip', 'lease']
  if (![duration, renewDeadline, retryPeriod].every((one) => typeof one === 'number')) return []
  const [long, middle, short] = [duration, renewDeadline, retryPeriod].map(Number)
  const jitter = 1.2
  const name = 'endpoint.kubeVip.lease'
  return [
    ...(Number(long) > Number(middle)
      ? []
      : [
          problem(
            [...path, 'duration'],
            `${name}: duration is ${described(duration)}, renewDeadline ${described(renewDeadline)}`,
            'a duration longer than renewDeadline: else two would hold the address',
          ),
        ]),
    ...(Number(middle) > jitter * Number(short)
      ? []
      : [
          problem(
            [...path, 'renewDeadline'],
            `${name}: renewDeadline is ${described(renewDeadline)}, retryPeriod ${described(retryPeriod)}`,
            `a renewDeadline longer than ${jitter} times retryPeriod`,
          ),
        ]),
  ]
}
