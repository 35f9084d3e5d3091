import type { Cluster, ClusterNode } from '../cluster.ts'
import { contains, parseAddress, parseNetwork } from '../networks.ts'
import { finding, joining, type Look, type LookedAt, type PreflightFinding } from './finding.ts'

/** The address that kube-vip will take by ARP on this node; undefined where it does not. */
export function virtualAddress({ endpoint }: Cluster, { role }: ClusterNode): string | undefined {
  return role === 'control-plane' && endpoint.kubeVip?.mode === 'arp' ? endpoint.address : undefined
}

/** The endpoint's name, as each node's own resolver sees it; a hosts entry of ours comes first. */
export function endpointName(look: Look): readonly PreflightFinding[] {
  const { name, address, hostsEntry } = look.cluster.endpoint
  return joining(look).flatMap(({ node, facts }) => {
    const resolved = facts.machine.network?.resolved
    if (name === undefined || hostsEntry || resolved === undefined) return []
    if (resolved.includes(address)) return []
    const found =
      resolved.length === 0 ? 'does not resolve' : `is ${resolved.join(', ')}, not ${address}`
    return [finding('EndpointName', 'refuse', [node.name], `${name} ${found}`)]
  })
}

/** Somebody who is no node of ours answers for the virtual IP, before there is a cluster. */
export function virtualIpInUse(look: Look): readonly PreflightFinding[] {
  if (look.lives) return []
  return joining(look).flatMap(({ node, facts }) => {
    const address = virtualAddress(look.cluster, node)
    const mac = facts.machine.network?.holder ?? ''
    const known = look.nodes.some((one) => holds(one, address, mac))
    if (address === undefined || mac === '' || known) return []
    return [finding('VirtualIpInUse', 'refuse', [node.name], `${address} is taken by ${mac}`)]
  })
}

const holds = ({ facts }: LookedAt, address: string | undefined, mac: string) =>
  facts.machine.macs.some((one) => one.mac === mac) ||
  (address !== undefined && facts.addresses.includes(address))

/** ARP answers only within the network of the interface that the address is put on. */
export function virtualIpOutside(look: Look): readonly PreflightFinding[] {
  return joining(look).flatMap(({ node, facts }) => {
    const address = virtualAddress(look.cluster, node)
    const parsed = address === undefined ? undefined : parseAddress(address)
    if (!parsed) return []
    const { networks } = facts.machine
    const carrier = networks.find(({ network }) => network.split('/')[0] === node.address)
    const device = node.interface ?? carrier?.interface
    const own = networks.filter((one) => one.interface === device)
    const inside = own.some(({ network }) => {
      const range = parseNetwork(network)
      return range !== undefined && contains(range, parsed)
    })
    // An interface that is not there is a finding of its own.
    if (own.length === 0 || inside) return []
    const there = own.map(({ network }) => network).join(', ')
    const what = `${address} is outside of ${device} ${there}`
    return [finding('VirtualIpOutside', 'refuse', [node.name], what)]
  })
}
