import type { Context, PhaseScript } from './run/phase-script.ts'
import type { Step } from './run/step.ts'
import { manifestOfKubeVip, noKubeVip } from './steps/kube-vip-manifest.ts'
import { interfaceThere } from './steps/network-interface.ts'
import { virtualIpAnswers } from './steps/virtual-ip.ts'

/** Gives the cluster its endpoint: an address that moves between the control planes. */
export const phase: PhaseScript = {
  name: 'kube-vip',
  about:
    'Without a load balancer the control planes carry the endpoint themselves. kube-vip runs on each of them as a static pod: in mode arp the one that holds a lease puts the address on its interface and tells the network by ARP; when it dies, another one does. In mode bgp each announces the address to routers.',
  steps: (context) =>
    context.cluster.endpoint.kubeVip
      ? [interfaceThere(context), manifestOfKubeVip(context), virtualIpAnswers(context)]
      : [notForKubeVip(context)],
}

/** By hand the phase can be started for any cluster. */
function notForKubeVip({ cluster }: Context): Step {
  return {
    title: 'Make sure that kube-vip carries the endpoint',
    why: 'With a load balancer of your own there is nothing to do here.',
    async check() {
      throw noKubeVip(cluster)
    },
    apply: [],
  }
}
