import type { KnownNode } from '../phase-input.ts'

export interface PodRoutes {
  /** The node the routes are for. */
  readonly node: string
  readonly podSubnet: string
  readonly nodes: readonly KnownNode[]
}

export interface Route {
  /** `10.244.1.0/24` */
  readonly range: string
  /** Address of the node that has the range, or undefined: unreachable. */
  readonly via: string | undefined
}

/**
 * A route to the pods of each other node, and an end for the rest of the pod network: without it
 * a packet for a range that no node has would leave through the default gateway.
 */
export function podRoutes({ node, podSubnet, nodes }: PodRoutes): readonly Route[] {
  const others = nodes.filter((other) => other.name !== node && other.podCIDR !== undefined)
  const routes = others.map(({ podCIDR = '', address }) => ({ range: podCIDR, via: address }))
  return [
    ...routes.sort((a, b) => a.range.localeCompare(b.range)),
    { range: podSubnet, via: undefined },
  ]
}

export const routesUnit = 'kubestrap-pod-routes.service'
export const masqueradeFile = '/etc/kubestrap/pod-masquerade.nft'

/** A systemd unit: routes set by hand are gone after a restart (man systemd.service). */
export function podRoutesUnit(routes: readonly Route[]): string {
  return `# Written by kubestrap, phase pod-routes.
[Unit]
Description=Routes to the pods of the other nodes
After=network-online.target
Wants=network-online.target
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
${routes.map((route) => `ExecStart=${routeCommand(route).join(' ')}`).join('\n')}
ExecStart=/usr/sbin/nft --file ${masqueradeFile}

[Install]
WantedBy=multi-user.target
`
}

export function routeCommand({ range, via }: Route): readonly string[] {
  const ip = ['/usr/sbin/ip', range.includes(':') ? '-6' : '-4', 'route', 'replace']
  return via ? [...ip, range, 'via', via] : [...ip, 'unreachable', range]
}

/**
 * What leaves the pod network gets the node's address; pods among themselves keep theirs.
 * `add` then `delete` then the table anew: the file can be loaded any number of times (man nft).
 */
export function masqueradeRules(podSubnet: string): string {
  const family = podSubnet.includes(':') ? 'ip6' : 'ip'
  return `# Written by kubestrap, phase pod-routes.
add table ${family} kubestrap
delete table ${family} kubestrap
table ${family} kubestrap {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ${family} saddr ${podSubnet} ${family} daddr != ${podSubnet} ${family} daddr != ${family === 'ip' ? '224.0.0.0/4' : 'ff00::/8'} masquerade
  }
}
`
}
