import { runtimes } from '../../lib/runtimes.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Step, wanted, wantedSince } from '../run/step.ts'
import { runDnf } from './dnf.ts'

const mark = '/var/lib/kubestrap/updated'
/** There from the moment a node has joined. */
const joined = '/etc/kubernetes/kubelet.conf'

/** What kubestrap, or whoever upgrades the cluster, moves from version to version by itself. */
const notOurs = [
  ...['kubelet', 'kubeadm', 'kubectl', 'cri-tools', 'kubernetes-cni'],
  ...Object.values(runtimes).map((runtime) => runtime.package),
]

/** All updates of the distribution, once, while the machine is not yet a member. */
export function systemUpdate(): Step {
  const argv = ['dnf', '--assumeyes', `--exclude=${notOurs.join(',')}`, 'upgrade']
  return {
    title: 'Update the system, once before it joins',
    writes: mark,
    why: `A fresh image may be months old. This is done once (${mark} says when) and never on a member: an update restarts services under running pods, so members are drained first, by a person. A new kernel counts from the next restart. What has a version in the cluster is left out.`,
    async check(on) {
      const [done, member] = await Promise.all([on.stat(mark), on.stat(joined)])
      if (done) return wanted
      if (member) return wantedSince('a member of a cluster is not updated')
      return different('not updated by kubestrap yet', 'updated')
    },
    apply: {
      byHand: command(...argv).argv.join(' '),
      async run(on: Machine) {
        await runDnf(on, { argv, timeout: 3_600_000 })
        await on.write(mark, `${new Date().toISOString()}\n`, 0o644)
      },
    },
  }
}
