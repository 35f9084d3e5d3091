import type { PhaseScript } from './run/phase-script.ts'
import { etcdAsInFile } from './steps/external-etcd.ts'
import { staleMember } from './steps/stale-member.ts'

/** Second half of taking a node out, done on a healthy control plane. Option: `target`. */
export const phase: PhaseScript = {
  name: 'node-delete',
  about:
    'After a node was reset the cluster still knows it: kubeadm reset never deletes the Node object. This removes it, and proves that no etcd member is left.',
  steps: (context) => [
    etcdAsInFile(context),
    ...staleMember(context, context.input.options?.target ?? ''),
  ],
}
