import { type KubeApi, localApi, type NodeObject } from './kube/api.ts'
import { kubectl } from './kube/kubectl.ts'
import type { PhaseScript } from './run/phase-script.ts'
import { different, type Step, unknown, wanted } from './run/step.ts'
import { etcdAsInFile } from './steps/external-etcd.ts'
import { etcdMemberGone, quorumStays } from './steps/stale-member.ts'

/** First half of taking a node out, done on a healthy control plane. Option: `target`. */
export const phase: PhaseScript = {
  name: 'node-drain',
  about:
    'Before a node goes, its pods are moved away and, if it is a control plane, its etcd member is taken out, from a control plane that stays.',
  steps(context) {
    const target = context.input.options?.target ?? ''
    const address = context.node.address
    return [
      etcdAsInFile(context),
      ...(target === context.node.name ? [] : quorumStays(context, target)),
      drained(address, target, context.input.options?.gone === 'true'),
      // Whatever the file calls it: who is a member is asked from etcd.
      ...(target === context.node.name ? [] : etcdMemberGone(context, target, 'may leave')),
    ]
  },
}

interface PodObject {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly ownerReferences?: readonly { readonly kind: string }[]
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly status: { readonly phase: string }
}

function drained(address: string, target: string, gone: boolean): Step {
  return {
    title: `Move the pods of ${target} to other nodes`,
    why: 'Cordoned, so that nothing new comes; then every pod is evicted in peace, with respect for disruption budgets.',
    async check(on) {
      const kube = await localApi(on, address)
      const answer = await kube?.get(`/api/v1/nodes/${target}`)
      if (!kube || !answer || answer.status === 0) return unknown('the API server answers')
      if (answer.status === 404) return wanted
      const cordoned = (answer.json as NodeObject).spec.unschedulable === true
      const left = await evictable(kube, target)
      if (!cordoned) return different('takes new pods', 'cordoned')
      return left.length === 0 || gone ? wanted : different(`${left.length} pods left`, 'none')
    },
    apply: [gone ? kubectl(address, 'cordon', target) : drain(address, target)],
  }
}

const drain = (address: string, target: string) => ({
  ...kubectl(
    address,
    'drain',
    target,
    '--ignore-daemonsets',
    '--delete-emptydir-data',
    '--force',
    '--timeout=240s',
  ),
  timeout: 300_000,
})

/** Pods of the node that a drain has to move: neither a DaemonSet's nor static ones. */
async function evictable(kube: KubeApi, target: string): Promise<readonly PodObject[]> {
  const { status, json } = await kube.get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${target}`)
  if (status !== 200) return []
  const pods = (json as { items: readonly PodObject[] }).items
  return pods.filter(({ metadata, status: { phase: state } }) => {
    const stays = metadata.ownerReferences?.some(
      ({ kind }) => kind === 'DaemonSet' || kind === 'Node',
    )
    return !stays && !['Succeeded', 'Failed'].includes(state)
  })
}
