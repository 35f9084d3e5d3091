import type { PhaseScript } from './run/phase-script.ts'
import { manifestOfKubeVip } from './steps/kube-vip-manifest.ts'
import { interfaceThere } from './steps/network-interface.ts'
import { virtualIpAnswers } from './steps/virtual-ip.ts'

/** Gives the cluster its endpoint: an address that moves between the control planes. */
export const phase: PhaseScript = {
  name: 'kube-vip',
  about:
    'Without a load balancer the control planes carry the endpoint themselves. kube-vip runs on each of them as a static pod: in mode arp the one that holds a lease puts the address on its interface and tells the network by ARP; when it dies, another one does. In mode bgp each announces the address to routers.',
  steps: (context) => [
    interfaceThere(context),
    manifestOfKubeVip(context),
    virtualIpAnswers(context),
  ],
}
