import { KubestrapError } from '../../lib/errors.ts'
import { clearStep } from '../../lib/phases.ts'
import { criSocket } from '../../lib/runtimes.ts'
import {
  begunMark,
  caCertHash,
  caHashByHand,
  isForgotten,
  memberHint,
  membership,
} from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, unknown, wanted } from '../run/step.ts'

/** A machine that belongs to a cluster which is not ours is never touched. */
export function noOtherMembership({ node, input }: Context): Step {
  return {
    title: 'Make sure that the node belongs to no other cluster',
    why: 'A node is a member of one cluster. What it holds of another one may be needed there.',
    async check(on) {
      const found = await caCertHash(on)
      const ours = input.join?.caCertHash
      if (ours && found && ours !== found)
        throw otherCluster([`CA to join      ${ours}`, `CA on this node ${found}`])
      if (await isForgotten(on, node)) throw nodeDeleted(node.name)
      if ((await membership(on, node)) === 'foreign') {
        throw otherCluster([
          'it holds /etc/kubernetes or etcd data that kubestrap did not make, and no API server confirms it',
        ])
      }
      return wanted
    },
    apply: [],
  }
}

function otherCluster(lines: readonly string[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-OTHER-CLUSTER',
    exit: 'conflict',
    what: 'this node belongs to another cluster',
    lines,
    unchanged: 'nothing on this node',
    remedy: 'if that cluster is gone, reset the node first: sudo sh reset.mjs',
  })
}

/**
 * Registered anew (a restart of its kubelet does that) it would get another pod range, and keep bridge
 * and pods of the old one; and perhaps somebody wanted it out.
 */
const nodeDeleted = (name: string) =>
  new KubestrapError({
    id: 'KS-NODE-DELETED',
    exit: 'conflict',
    what: `the cluster does not know ${name} any more: its Node object was deleted, but the machine works on`,
    unchanged: 'nothing on this node',
    remedy: `take it out whole, then run this again: kubestrap reset ${name}`,
  })

/**
 * Clears what an init or join of ours left that never finished, and only that: a node that the
 * cluster confirms, or that was a member once, is never reset here.
 */
export function clearUnfinished({ cluster, node }: Context, what: 'init' | 'join'): Step {
  const socket = criSocket(cluster.runtime)
  // Its etcd member was taken out from a control plane that lives; here nobody could be asked.
  const skip = ['--skip-phases', 'remove-etcd-member']
  const argv = ['kubeadm', 'reset', '--force', '--cri-socket', socket, ...skip]
  return {
    title: `${clearStep} ${what}`,
    why: `kubeadm ${what} refuses to start over its own half-written files. A node that ever became a member is left alone.`,
    async check(on) {
      if ((await membership(on, node)) !== 'partial') return wanted
      const traces = await Promise.all([
        on.list('/etc/kubernetes/manifests'),
        on.list('/var/lib/etcd'),
        on.stat('/etc/kubernetes/kubelet.conf'),
        on.stat('/etc/kubernetes/pki/ca.crt'),
        on.stat('/etc/kubernetes/bootstrap-kubelet.conf'),
      ])
      const found = traces.some((trace) => (Array.isArray(trace) ? trace.length > 0 : trace))
      return found ? different(`a half ${what}`, 'a clean start') : wanted
    },
    apply: {
      byHand: argv.join(' '),
      async run(on) {
        await on.run({ argv, timeout: 300_000 })
        for (const name of await on.list('/var/lib/etcd')) await on.remove(`/var/lib/etcd/${name}`)
      },
    },
  }
}

/** Folders that kubeadm fills with what it makes: keys, kubeconfigs, manifests, etcd's data. */
export function writtenByKubeadm({ cluster, node }: Context): readonly string[] {
  const etcd = node.role === 'control-plane' && !cluster.etcd.external
  return ['/etc/kubernetes/', '/var/lib/kubelet/', ...(etcd ? ['/var/lib/etcd/'] : [])]
}

/** Just before kubeadm starts: from here until the note below the node counts as half done. */
export async function markBegun(on: Machine, what: 'init' | 'join'): Promise<void> {
  await on.write(begunMark, `${what}\n`, 0o600)
  await on.remove(memberHint)
}

/** The hint that this machine became a member, of which cluster: written when it has. */
export function rememberMember({ node }: Context): Step {
  return {
    title: 'Remember which cluster this node belongs to',
    writes: memberHint,
    why: 'After a power loss the API server may be silent for minutes. The note tells a member that has to be waited for from a half join that may be cleared.',
    async check(on) {
      const note = await noteFor(on, node.role)
      if (note === undefined) return unknown('the join')
      const [found, begun] = await Promise.all([on.read(memberHint), on.read(begunMark)])
      if (begun !== undefined) return different('noted as begun', 'noted as done')
      return found === note ? wanted : different(found?.trim() ?? 'no note', note.trim())
    },
    apply: {
      byHand: `echo "${node.role} $(${caHashByHand})" \\\n  | install -D -m 0600 /dev/stdin ${memberHint}\nrm -f ${begunMark}`,
      async run(on) {
        const note = await noteFor(on, node.role)
        if (note === undefined) return
        await on.write(memberHint, note, 0o600)
        await on.remove(begunMark)
      },
    },
  }
}

async function noteFor(on: Machine, role: string): Promise<string | undefined> {
  const hash = await caCertHash(on)
  return hash && `${role} ${hash}\n`
}
