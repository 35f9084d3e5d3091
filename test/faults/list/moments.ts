import {
  kubectlAsAdmin,
  leave,
  leaveAll,
  must,
  plane,
  runs,
  steward,
  upWith,
  worker,
} from '../actions.ts'
import { seesRunning } from '../containers.ts'
import { later, longer, put, type StandIn, takeAway } from '../stand-ins.ts'

/** Moments in the middle of a phase, at which something happens to its node. */

export interface Moment {
  readonly phase: string
  readonly node: string
  /** A command of the phase as `up` shows it: the phase runs then, and was heard of. */
  readonly mark: RegExp
  /** What there has to be work in the phase. */
  readonly prepare: () => Promise<unknown>
  /** Programs that take seconds more: else a short phase would be over when the fault comes. */
  readonly slow?: readonly StandIn[]
  /** What else has to happen before the phase can end. */
  readonly goesOn?: () => Promise<unknown>
  /** Files that these leave. */
  readonly leaves?: string
  /** The cluster is another one afterwards. */
  readonly anew?: true
}

export const inPrerequisites: Moment = {
  phase: 'prerequisites',
  node: worker,
  mark: runs(worker, 'prerequisites', 'dnf'),
  prepare: () => leave(worker, '--purge'),
  slow: [longer('/usr/bin/dnf', 'install', 5)],
}

export const inInit: Moment = {
  phase: 'control-plane-init',
  node: steward,
  mark: runs(steward, 'control-plane-init', 'kubeadm init'),
  prepare: leaveAll,
  anew: true,
}

export const inWorkerJoin: Moment = {
  phase: 'worker-join',
  node: worker,
  mark: runs(worker, 'worker-join', 'kubeadm join'),
  prepare: () => leave(worker),
  slow: [longer('/usr/bin/kubeadm', 'join', 5)],
}

export const inPlaneJoin: Moment = {
  phase: 'control-plane-join',
  node: plane,
  mark: runs(plane, 'control-plane-join', 'kubeadm join'),
  prepare: () => leave(plane),
}

const other = '/etc/cni/net.d/99-other.conf'

/** It runs no program, but for one that sets other networks aside: one comes with the join. */
export const inPodNetwork: Moment = {
  phase: 'pod-network',
  node: worker,
  mark: runs(worker, 'pod-network', 'mv'),
  prepare: () => leave(worker),
  slow: [
    {
      program: 'kubeadm',
      does: `case $1 in join) touch ${other};; esac\nexec /usr/bin/kubeadm "$@"`,
    },
    later('/usr/bin/mv', other, 4),
  ],
  leaves: `${other}*`,
}

export const inPodRoutes: Moment = {
  phase: 'pod-routes',
  node: worker,
  mark: runs(worker, 'pod-routes', 'systemctl restart'),
  prepare: () => leave(worker),
  // Its last step looks whether the table is there.
  slow: [later('/usr/sbin/nft', 'list table', 4)],
}

const untaint = `${kubectlAsAdmin} taint node ${plane} node-role.kubernetes.io/control-plane-`

/** A node that joins has its taints by itself: one is taken away. */
export const inNodeSettings: Moment = {
  phase: 'node-settings',
  node: steward,
  mark: runs(steward, 'node-settings', 'kubectl'),
  prepare: () => must(steward, untaint),
  slow: [later('/usr/bin/kubectl', 'taint', 4)],
}

/** No task of `up`, but what a join waits for: on the control plane that acts for the cluster. */
export const inJoinCredentials: Moment = {
  phase: 'join-credentials',
  node: steward,
  mark: runs(steward, 'join-credentials', 'kubeadm'),
  prepare: () => leave(worker),
  slow: [later('/usr/bin/kubeadm', 'token create', 5)],
}

/** `up` works, and at the moment something is done. @throws when the phase does not run then */
export async function at(moment: Moment, what: (node: string) => Promise<unknown>) {
  const { phase, node, mark, prepare, slow = [] } = moment
  await prepare()
  for (const one of slow) await put(node, one)
  return upWith(mark, async () => {
    await seesRunning(node, phase)
    await what(node)
    await moment.goesOn?.()
  })
}

/** The node has its own programs again. */
export async function over({ node, slow = [], goesOn, leaves }: Moment): Promise<void> {
  for (const one of slow) await takeAway(node, one)
  await goesOn?.()
  if (leaves) await must(node, `rm -f ${leaves}`)
}
