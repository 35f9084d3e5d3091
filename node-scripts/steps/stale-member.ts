import { KubestrapError } from '../../lib/errors.ts'
import { localApi } from '../kube/api.ts'
import {
  type EtcdHealth,
  type EtcdMember,
  etcdctlByHand,
  etcdHealth,
  removeEtcdMember,
} from '../kube/etcd.ts'
import { kubectl } from '../kube/kubectl.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, unknown, wanted } from '../run/step.ts'

/**
 * Removes what the cluster still believes of a node that is about to join anew, or has gone: its
 * etcd member, its Node object. The caller has seen that the node itself holds neither, or only a
 * half join of ours: after a restart its kubelet starts that etcd, and the member answers.
 */
export function staleMember(
  context: Context,
  target: string,
  living: Living = 'must be gone',
): readonly Step[] {
  return [...etcdMemberGone(context, target, living), nodeObjectGone(context, target)]
}

/** Whether a member that answers is refused, or is what is to leave. */
type Living = 'must be gone' | 'may leave'

/**
 * Takes the target's etcd member out, if the rest keeps its quorum without it. No step where the
 * etcd is external: a control plane has no member there, and its owner's members are never touched.
 */
export function etcdMemberGone(context: Context, target: string, living: Living): readonly Step[] {
  return context.cluster.etcd.external ? [] : [memberGone(context, target, living)]
}

/**
 * Refuses where the rest would lose its quorum: before anything of the target is touched.
 * No step where the etcd is external.
 *
 * @throws KubestrapError KS-QUORUM, from its check
 */
export function quorumStays({ cluster, node }: Context, target: string): readonly Step[] {
  if (cluster.etcd.external) return []
  const gate: Step = {
    title: `See that etcd keeps its quorum without ${target}`,
    why: 'More than half of the members must answer, or the cluster can no longer be changed.',
    async check(on) {
      const health = await etcdHealth(on, node.address)
      if (!health) return unknown('etcd answers')
      const member = health.members.find(isMemberOf(cluster, target))
      if (member) refuseWithoutQuorum(health, member)
      return wanted
    },
    apply: { byHand: `${etcdctlByHand} endpoint health --cluster`, run: async () => undefined },
  }
  return [gate]
}

const isMemberOf = ({ nodes }: Context['cluster'], target: string) => {
  const address = nodes.find(({ name }) => name === target)?.address
  return (member: EtcdMember) =>
    member.name === target ||
    member.peerURLs.some((url) => new URL(url).hostname.replace(/^\[|\]$/g, '') === address)
}

function memberGone({ cluster, node }: Context, target: string, living: Living): Step {
  const isTarget = isMemberOf(cluster, target)
  return {
    title: `Remove the etcd member of ${target}`,
    why: 'A member that will not come back counts against the quorum, and keeps its successor from joining.',
    async check(on) {
      const health = await etcdHealth(on, node.address)
      if (!health) return unknown('etcd answers')
      const found = health.members.find(isTarget)
      return found ? different(`member ${found.id}`, 'no member') : wanted
    },
    apply: {
      byHand: `${etcdctlByHand} member list   # then the same with: member remove ID`,
      async run(on) {
        const health = await etcdHealth(on, node.address)
        const found = health?.members.find(isTarget)
        if (health && found && living === 'must be gone') refuseLiving(health, found)
        if (health && found) await removeWhenSafe(on, node.address, health, found)
      },
    },
  }
}

/** A voting member that answers belongs to a node that is no stranger: something was seen wrongly. */
function refuseLiving({ answering }: EtcdHealth, { name, isLearner }: EtcdMember): void {
  if (name === '' || isLearner || !answering.includes(name)) return
  throw new KubestrapError({
    id: 'KS-MEMBER-LIVES',
    exit: 'conflict',
    what: `the etcd member ${name} answers, yet the node looked as if it held nothing`,
    unchanged: 'no member was removed',
    remedy: `look at the node; if it is to go: kubestrap reset ${name}`,
  })
}

function refuseWithoutQuorum({ members, answering }: EtcdHealth, target: EtcdMember): void {
  const voters = members.filter((member) => !member.isLearner && member.id !== target.id)
  const healthy = voters.filter((member) => answering.includes(member.name))
  const quorum = Math.floor(voters.length / 2) + 1
  if (voters.length > 0 && healthy.length >= quorum) return
  throw new KubestrapError({
    id: 'KS-QUORUM',
    exit: 'unhealthy',
    what: `etcd would lose its quorum without ${target.name || target.id}`,
    lines: [
      `of ${voters.length} other voting members ${healthy.length} answer, ${quorum} are needed`,
    ],
    unchanged: 'no member was removed',
    remedy: 'bring the other control planes back first: kubestrap status',
  })
}

async function removeWhenSafe(
  on: Machine,
  address: string,
  health: EtcdHealth,
  target: EtcdMember,
): Promise<void> {
  refuseWithoutQuorum(health, target)
  on.emit({
    kind: 'command',
    text: `etcd: remove member ${target.id} (${target.name || 'not started'})`,
  })
  await removeEtcdMember(on, address, target.id)
}

/** kubeadm refuses to join under the name of a node that still counts as Ready. */
export function nodeObjectGone({ node }: Context, target: string): Step {
  return {
    title: `Delete the Node object of ${target}`,
    why: 'kubeadm reset never deletes it, and a join under the name of a Ready node is refused.',
    async check(on) {
      const kube = await localApi(on, node.address)
      const answer = await kube?.get(`/api/v1/nodes/${target}`)
      if (!answer || answer.status === 0) return unknown('the API server answers')
      return answer.status === 404 ? wanted : different('still there', 'gone')
    },
    apply: [kubectl(node.address, 'delete', 'node', target, '--ignore-not-found')],
  }
}
