import { lab, labDo, onNode, run } from '../../e2e/support.ts'
import { begins, leave, leaveAll, must, plane, runs, sleep, upWith, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'

/** What happens to the way to a node, or to the whole node, in the middle of a phase. */

interface Moment {
  readonly name: string
  readonly node: string
  readonly mark: RegExp
  /** What there has to be work in the phase. */
  readonly prepare: () => Promise<unknown>
  /** The cluster is another one afterwards. */
  readonly anew?: true
}

const first = 'k-master-1'
const inPrerequisites: Moment = {
  name: 'prerequisites',
  node: worker,
  mark: runs(worker, 'prerequisites', 'dnf'),
  prepare: () => leave(worker, '--purge'),
}
const inInit: Moment = {
  name: 'control-plane-init',
  node: first,
  mark: runs(first, 'control-plane-init', 'kubeadm init'),
  prepare: leaveAll,
  anew: true,
}
const inWorkerJoin: Moment = {
  name: 'worker-join',
  node: worker,
  mark: runs(worker, 'worker-join', 'kubeadm join'),
  prepare: () => leave(worker),
}
const inPlaneJoin: Moment = {
  name: 'control-plane-join',
  node: plane,
  mark: runs(plane, 'control-plane-join', 'kubeadm join'),
  prepare: () => leave(plane),
}
const joining = [inPrerequisites, inWorkerJoin, inPlaneJoin]

/** These take a second or less: the fault comes while they run, or right after. */
const afterJoin = (name: string, node: string): Moment => ({
  name,
  node,
  mark: begins(node, name),
  prepare: () => leave(worker),
})

/** Every phase that `up` has in this cluster. */
const moments = [
  ...joining,
  inInit,
  afterJoin('pod-network', worker),
  afterJoin('pod-routes', worker),
  afterJoin('node-settings', first),
]

/** A node is taken in again, and at the moment something is done. */
async function at(moment: Moment, what: (node: string) => Promise<unknown>) {
  await moment.prepare()
  return upWith(moment.mark, () => what(moment.node))
}

const fault = (
  what: string,
  moment: Moment,
  always: boolean,
  rest: Omit<Fault, 'name' | 'always' | 'happen'>,
  happen: (node: string) => Promise<unknown>,
): Fault => ({
  name: `${what} in ${moment.name}`,
  always,
  anew: moment.anew,
  ...rest,
  happen: () => at(moment, happen),
})

/** Every ssh session of the admin ends, as when a router in between forgets the connection. */
const sessionsEnd = (node: string) =>
  must(node, "pkill -KILL -f '^sshd: kubernetesadmin' || true").catch(() => undefined)

/** A node that is on its way down starts no phase any more: it says so. */
const ended = /the phase ended without a result|connection was lost/

const restart = (moment: Moment, always: boolean) =>
  fault('node restarts', moment, always, { exitCode: [0, 15, 16], says: ended }, async (node) => {
    // What `reboot` does, without the seconds that podman needs to say it (systemd(1), Signals).
    await onNode(node, 'kill -s RTMIN+3 1')
    await run('podman', ['wait', `kubestrap-${lab}-${node}`])
    await labDo('start', node)
  })

const powerLoss = (moment: Moment, always: boolean) =>
  fault(
    'power loss of 5 s',
    moment,
    always,
    { exitCode: [0, 15, 16], says: ended },
    async (node) => {
      await labDo('kill', node)
      await sleep(5_000)
      await labDo('start', node)
    },
  )

const frozen = (moment: Moment, always: boolean) =>
  fault('node frozen for 25 s', moment, always, { exitCode: 0 }, async (node) => {
    await labDo('freeze', node)
    await sleep(25_000)
    await labDo('thaw', node)
  })

const silence = (moment: Moment, always: boolean) =>
  fault('ssh cut by silence for 30 s', moment, always, { exitCode: 0 }, async (node) => {
    await labDo('cut', node)
    await sleep(30_000)
    await labDo('mend', node)
  })

const gone: Fault = {
  ...fault(
    'node cut off for good',
    inWorkerJoin,
    false,
    { exitCode: [11, 15], says: /the connection was lost while the phase ran/ },
    (node) => labDo('cut', node),
  ),
  mend: () => labDo('mend', worker),
}

export const nodeFaults: readonly Fault[] = [
  fault('ssh cut by a reset', inWorkerJoin, true, { exitCode: 0 }, sessionsEnd),
  fault('ssh cut by a reset', inPlaneJoin, false, { exitCode: 0 }, sessionsEnd),
  ...joining.map((moment) => silence(moment, moment === inWorkerJoin)),
  ...moments.map((moment) => restart(moment, moment === inWorkerJoin)),
  ...moments.map((moment) => powerLoss(moment, moment === inPlaneJoin)),
  ...moments.map((moment) => frozen(moment, false)),
  gone,
]
