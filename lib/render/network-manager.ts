import type { Cluster } from '../cluster.ts'

type Provider = Cluster['podNetwork']['provider']

/** The bridge plugin's bridge, and the ends of the pods' cables. */
const ofBridge = ['cni0', 'veth*']
// https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting#configure-networkmanager
const ofCalico = [
  'cali*',
  'tunl*',
  'vxlan.calico',
  'vxlan-v6.calico',
  'wireguard.cali',
  'wg-v6.cali',
]

/** Names of the interfaces that belong to the pod network; `*` stands for any letters. */
export const podInterfaces = (provider: Provider): readonly string[] =>
  provider === 'bridge' ? ofBridge : [...ofBridge, ...ofCalico]

/** `+=`: what else is said to be left alone stays so (man NetworkManager.conf). */
export const networkManagerConfig = (provider: Provider): string =>
  `# Written by kubestrap, phase prerequisites.
[keyfile]
unmanaged-devices+=${podInterfaces(provider)
    .map((name) => `interface-name:${name}`)
    .join(';')}
`
