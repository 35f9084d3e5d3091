import { kubeVipLease, kubeVipManifestPath } from '../../lib/render/kube-vip-manifest.ts'
import { type KubeApi, localApi, readyz, serverAt } from '../kube/api.ts'
import { caCertificate } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Step, unknown, wanted } from '../run/step.ts'
import { carries, interfaces } from './network-interface.ts'

/** The image may have to be pulled first. */
const limit = 300_000

/** kube-vip works when the API server answers at its address, not when its pod is called running. */
export function virtualIpAnswers(context: Context): Step {
  const { address, port } = context.cluster.endpoint
  const server = serverAt(address, port)
  return {
    title: 'Wait until the API server answers at the virtual IP',
    why: 'From here on everybody uses this address: the next control planes and the workers join through it.',
    async check(on) {
      const ca = await on.read(caCertificate)
      if (ca === undefined) return unknown('its init or join')
      const answer = await readyz(on.https, server, ca)
      return answer === 'ok' ? wanted : different(answer, 'an answer')
    },
    apply: {
      byHand: `until curl --cacert ${caCertificate} ${server}/readyz; do sleep 1; done`,
      run: (on) =>
        on.waitFor(`the API server answers at ${server}`, limit, async () => {
          const answer = await readyz(on.https, server, await on.read(caCertificate))
          if (answer === 'ok') return { value: undefined }
          return { missing: `${await stateOfKubeVip(on, context)}; ${server}: ${answer}` }
        }),
    },
  }
}

/** How far kube-vip has come, in a few words: its pod here, then who holds the lease. */
async function stateOfKubeVip(on: Machine, { cluster, node }: Context): Promise<string> {
  const kube = await localApi(on, node.address)
  if (!kube) return 'there is no admin.conf'
  const pod = await podProblem(kube, node.name)
  if (pod) return pod
  if (cluster.endpoint.kubeVip?.mode === 'bgp') return 'kube-vip runs'
  const holder = await virtualIpHolder(kube)
  return holder ? `${holder} holds the virtual IP` : 'kube-vip has no lease yet'
}

async function podProblem(kube: KubeApi, node: string): Promise<string | undefined> {
  const { status, json } = await kube.get(`/api/v1/namespaces/kube-system/pods/kube-vip-${node}`)
  if (status === 0) return 'the API server of this node does not answer'
  if (status !== 200) return 'the kubelet has not started kube-vip yet'
  const { containerStatuses = [] } = (json as { status: PodStatus }).status
  const waiting = containerStatuses[0]?.state?.waiting
  if (!waiting) return undefined
  return `kube-vip waits: ${[waiting.reason, waiting.message].filter(Boolean).join(': ')}`
}

interface PodStatus {
  readonly containerStatuses?: readonly {
    readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } }
  }[]
}

/** Name of the node that holds the virtual IP, by kube-vip's lease; undefined when nobody does. */
export async function virtualIpHolder(kube: KubeApi): Promise<string | undefined> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${kubeVipLease}`
  const { status, json } = await kube.get(path)
  if (status !== 200) return undefined
  const { holderIdentity } = (json as { spec: { holderIdentity?: string } }).spec
  return holderIdentity || undefined
}

/**
 * A kube-vip that was killed, by `kubeadm reset` for one, leaves the address on its interface: this
 * machine then answers for it beside the one that holds it by now. Where its manifest is, kube-vip
 * itself takes care of the address.
 */
export function noForgottenVirtualIp({ cluster }: Context): readonly Step[] {
  const { kubeVip, address } = cluster.endpoint
  if (kubeVip?.mode !== 'arp') return []
  const prefix = address.includes(':') ? 128 : 32
  const holders = async (on: Machine) =>
    (await interfaces(on)).filter((one) => carries(one, address)).map(({ ifname }) => ifname)
  return [
    {
      title: 'Take a forgotten virtual IP off this machine',
      why: 'A kube-vip that was killed leaves it behind, and two machines with one address confuse the whole network.',
      async check(on) {
        if ((await on.stat(kubeVipManifestPath)) !== undefined) return wanted
        const found = await holders(on)
        return found.length === 0 ? wanted : different(`on ${found.join(', ')}`, 'not here')
      },
      apply: {
        byHand: `ip address delete ${address}/${prefix} dev INTERFACE`,
        async run(on) {
          for (const name of await holders(on)) {
            await on.run(command('ip', 'address', 'delete', `${address}/${prefix}`, 'dev', name))
          }
        },
      },
    },
  ]
}
