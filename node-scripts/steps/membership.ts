import { criSockets } from '../../lib/render/kubeadm-config.ts'
import { caCertHash, memberHint, membership } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, unknown, wanted } from '../run/step.ts'

/**
 * Clears what an init or join left that never finished, and only that: a node that the cluster
 * confirms, or that was a member once, is never reset here.
 */
export function clearUnfinished({ cluster, node }: Context, what: 'init' | 'join'): Step {
  const argv = ['kubeadm', 'reset', '--force', '--cri-socket', criSockets[cluster.runtime]]
  return {
    title: `Clear the traces of an unfinished ${what}`,
    why: `kubeadm ${what} refuses to start over its own half-written files. A node that ever became a member is left alone.`,
    async check(on) {
      const state = await membership(on, node)
      return state === 'partial' ? different(`a half ${what}`, 'a clean start') : wanted
    },
    apply: {
      byHand: argv.join(' '),
      async run(on) {
        await on.run({ argv, timeout: 300_000 })
        await on.remove('/var/lib/etcd/member')
      },
    },
  }
}

/** The hint that this machine became a member, of which cluster: written when it has. */
export function rememberMember({ node }: Context): Step {
  return {
    title: 'Remember which cluster this node belongs to',
    why: 'After a power loss the API server may be silent for minutes. The note tells a member that has to be waited for from a half join that may be cleared.',
    async check(on) {
      const note = await noteFor(on, node.role)
      if (note === undefined) return unknown('the join')
      const found = await on.read(memberHint)
      return found === note ? wanted : different(found?.trim() ?? 'no note', note.trim())
    },
    apply: {
      byHand: `echo '${node.role} of the cluster with this CA' > ${memberHint}`,
      async run(on) {
        const note = await noteFor(on, node.role)
        if (note !== undefined) await on.write(memberHint, note, 0o600)
      },
    },
  }
}

async function noteFor(on: Machine, role: string): Promise<string | undefined> {
  const hash = await caCertHash(on)
  return hash && `${role} ${hash}\n`
}
