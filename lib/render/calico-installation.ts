import type { CalicoSettings, Cluster } from '../cluster.ts'
import type { ProxyMode } from '../proxy-mode.ts'

/** An object of the Tigera operator: there is one of a kind, and it is called default. */
export interface OperatorObject {
  readonly apiVersion: 'operator.tigera.io/v1'
  readonly kind: 'Installation' | 'APIServer'
  readonly metadata: { readonly name: 'default' }
  readonly spec: Readonly<Record<string, unknown>>
}

const object = (kind: OperatorObject['kind'], spec: OperatorObject['spec']): OperatorObject => ({
  apiVersion: 'operator.tigera.io/v1',
  kind,
  metadata: { name: 'default' },
  spec,
})

const enabled = (value: boolean) => (value ? 'Enabled' : 'Disabled')

/**
 * What the operator is asked for: the network of this cluster.
 * https://docs.tigera.io/calico/latest/reference/installation/api
 */
export function calicoInstallation(
  { networking }: Pick<Cluster, 'networking'>,
  calico: CalicoSettings,
  proxyMode: ProxyMode,
): OperatorObject {
  const { podSubnet } = networking
  const family = podSubnet.includes(':') ? 6 : 4
  return object('Installation', {
    calicoNetwork: {
      bgp: enabled(calico.bgp),
      // Beside kube-proxy's rules: two different ways on one node do not see each other's.
      linuxDataplane: proxyMode === 'nftables' ? 'Nftables' : 'Iptables',
      // Never the first address found: that may be the virtual IP of the endpoint.
      [`nodeAddressAutodetectionV${family}`]: { kubernetes: 'NodeInternalIP' },
      ...(calico.mtu === undefined ? {} : { mtu: calico.mtu }),
      ipPools: [
        {
          name: `default-ipv${family}-ippool`,
          cidr: podSubnet,
          blockSize: calico.blockSize,
          encapsulation: calico.encapsulation,
          natOutgoing: enabled(calico.natOutgoing),
          nodeSelector: 'all()',
        },
      ],
    },
  })
}

/** Calico's own API server: without it kubectl knows neither pools nor Calico's policies. */
export const calicoApiServer = (): OperatorObject => object('APIServer', {})

/** Names of the TigeraStatus objects that the operator keeps for what was asked for. */
export const calicoStatuses = ({ apiServer }: CalicoSettings): readonly string[] => [
  'calico',
  'ippools',
  // Without an APIServer object others (tiers) wait for it for ever, so not all are waited for.
  ...(apiServer ? ['apiserver'] : []),
]
