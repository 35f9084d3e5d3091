import { checksumOf, defaultCalico, knownCalico, manifestFiles } from '../calico-releases.ts'
import { type Network, parseNetwork, roomFor } from '../networks.ts'
import { at, listOf, loose } from './loose.ts'
import { defaultPodNetwork } from './pod-network-schema.ts'
import { described, type Problem } from './problem.ts'

/** Rules of the pod network, each about readable values only. */
export function podNetworkRules(data: unknown): Problem[] {
  const provider = at(data, ['podNetwork', 'provider']) ?? defaultPodNetwork
  return [
    ...manifestRules(data, provider),
    ...(provider === 'calico' ? calicoRules(data) : withoutCalico(data, provider)),
  ]
}

function manifestRules(data: unknown, provider: unknown): Problem[] {
  const path = ['podNetwork', 'manifests']
  const manifests = listOf(at(data, path))
  const repeated = manifests.flatMap((one, index): Problem[] =>
    manifests.indexOf(one) < index
      ? [{ path: [...path, index], on: 'value', what: `${described(one)} is listed twice` }]
      : [],
  )
  if (provider === 'none' || manifests.length === 0) return repeated
  const what = `podNetwork.manifests would not be applied: the provider is ${provider}`
  return [...repeated, { path, on: 'key', what, wanted: 'provider: none, or no manifests' }]
}

/** Nothing is accepted and ignored. */
function withoutCalico(data: unknown, provider: unknown): Problem[] {
  const path = ['podNetwork', 'calico']
  if (at(data, path) === undefined) return []
  const what = `podNetwork.calico would not be obeyed: the provider is ${provider}`
  return [{ path, on: 'key', what, wanted: 'provider: calico, or no calico' }]
}

interface Plan {
  readonly settings: Readonly<Record<string, unknown>>
  readonly version: string
  readonly encapsulation: string
  readonly pods: Network | undefined
  readonly nodeCount: number
}

function calicoRules(data: unknown): Problem[] {
  const settings = loose(at(data, ['podNetwork', 'calico']))
  const pods = at(data, ['networking', 'podSubnet']) ?? '10.244.0.0/16'
  const plan: Plan = {
    settings,
    version: textOf(settings.version) ?? defaultCalico,
    encapsulation: textOf(settings.encapsulation) ?? 'VXLANCrossSubnet',
    pods: typeof pods === 'string' ? parseNetwork(pods) : undefined,
    nodeCount: listOf(at(data, ['nodes'])).length,
  }
  return [
    ...unknownRelease(plan),
    ...overPlainHttp(data, plan),
    ...routesWithoutBgp(plan),
    ...noIpipForIpv6(plan),
    ...blocks(plan),
  ]
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
const of = (key: string) => ['podNetwork', 'calico', key]

const releaseOf = ({ settings, version }: Plan) => ({
  version,
  checksums: Object.fromEntries(
    Object.entries(loose(settings.checksums)).filter(([, one]) => typeof one === 'string'),
  ),
})

/** What runs with every right in the cluster is compared with a checksum that did not come with it. */
function unknownRelease(plan: Plan): Problem[] {
  if (!/^v3\.3[0-2]\.\d+$/.test(plan.version)) return []
  const missing = manifestFiles.filter((file) => checksumOf(releaseOf(plan), file) === undefined)
  if (missing.length === 0) return []
  const what = `podNetwork.calico.version: the checksums of ${plan.version} are not known to this kubestrap`
  const wanted = `${knownCalico.join(', ')}; or podNetwork.calico.checksums with the SHA-256 of ${missing.join(' and ')}`
  return [{ path: of('version'), on: 'value', what, wanted }]
}

/** Without a checksum the program is compared with the publisher's list, and that must not be anybody's. */
function overPlainHttp(data: unknown, plan: Plan): Problem[] {
  const path = ['sources', 'binaries', 'calicoctl']
  const url = textOf(at(data, path))
  if (!url?.startsWith('http:') || plan.settings.calicoctl === false) return []
  const files = ['calicoctl-linux-amd64', 'calicoctl-linux-arm64'] as const
  if (files.some((file) => checksumOf(releaseOf(plan), file) !== undefined)) return []
  const what = `the checksum of calicoctl ${plan.version} is not known, and it comes over plain http`
  const wanted =
    'podNetwork.calico.checksums with calicoctl-linux-amd64, an https URL, or calicoctl: false'
  return [{ path, on: 'value', what, wanted }]
}

function routesWithoutBgp({ settings, encapsulation }: Plan): Problem[] {
  if (settings.bgp !== false || encapsulation.startsWith('VXLAN')) return []
  const what = `podNetwork.calico.bgp: found false, but with encapsulation ${encapsulation} routes are told by BGP`
  return [{ path: of('bgp'), on: 'value', what, wanted: 'true, or VXLAN or VXLANCrossSubnet' }]
}

function noIpipForIpv6({ encapsulation, pods }: Plan): Problem[] {
  if (pods?.family !== 6 || !encapsulation.startsWith('IPIP')) return []
  const what = `podNetwork.calico.encapsulation: ${encapsulation} carries IPv4 only, and networking.podSubnet is IPv6`
  return [
    { path: of('encapsulation'), on: 'value', what, wanted: 'VXLANCrossSubnet, VXLAN or None' },
  ]
}

/** Every node needs at least one block. https://docs.tigera.io/calico/latest/reference/resources/ippool */
function blocks({ settings, pods, nodeCount }: Plan): Problem[] {
  const { blockSize } = settings
  if (!pods || typeof blockSize !== 'number' || !Number.isInteger(blockSize)) return []
  const [least, most] = pods.family === 4 ? [20, 32] : [116, 128]
  const problem = (why: string, wanted: string): Problem[] => [
    {
      path: of('blockSize'),
      on: 'value',
      what: `podNetwork.calico.blockSize: found the number ${blockSize}, ${why}`,
      wanted,
    },
  ]
  if (blockSize < least || blockSize > most)
    return problem(`but the pods have IPv${pods.family}`, `${least} to ${most}`)
  const room = roomFor(pods, blockSize)
  if (room >= Math.max(1, nodeCount)) return []
  return problem(
    `so networking.podSubnet has ${room} blocks for ${nodeCount} nodes`,
    'a larger number, or a larger podSubnet',
  )
}
