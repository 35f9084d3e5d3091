import { isForgotten, ownNode } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Step, wanted } from '../run/step.ts'

const restart = command('systemctl', 'restart', 'kubelet.service')
const limit = 120_000

/**
 * A member whose Node object somebody deleted: its kubelet has its certificate still, and makes the
 * object anew, but only when it starts. Label and taint of a control plane are kubeadm's to give.
 */
export function registeredAgain({ node }: Context): Step {
  const mark = command('kubeadm', 'init', 'phase', 'mark-control-plane', '--node-name', node.name)
  const marks = node.role === 'control-plane' ? [mark] : []
  return {
    title: 'Register the node again, should its Node object be gone',
    why: 'A kubelet registers its node when it starts, and never later. After `kubectl delete node` the machine works on for a cluster that does not know it.',
    async check(on) {
      return (await isForgotten(on, node)) ? different('no Node object', 'registered') : wanted
    },
    apply: {
      byHand: [restart, ...marks].map(({ argv }) => argv.join(' ')).join('\n'),
      async run(on) {
        await on.run(restart)
        await on.waitFor(`${node.name} has registered`, limit, () => registered(on, node))
        for (const one of marks) await on.run(one)
      },
    },
  }
}

const registered = async (on: Machine, node: Context['node']) =>
  (await ownNode(on, node))
    ? { value: true }
    : { missing: 'the kubelet has not registered its node yet' }
