import { labDo } from '../../e2e/support.ts'
import { leave, must, runs, sleep, upWith } from '../actions.ts'
import type { Fault } from '../fault.ts'

const worker = 'k-worker-1'
const plane = 'k-master-3'
const joining = runs(worker, 'worker-join', 'kubeadm join')
const planeJoining = runs(plane, 'control-plane-join', 'kubeadm join')

/** Every ssh session of the admin ends, as when a router in between forgets the connection. */
const sessionsEnd = (node: string) => must(node, "pkill -KILL -f '^sshd: kubernetesadmin' || true")

const reset: Fault = {
  name: 'ssh cut by a reset, in worker-join',
  always: true,
  exitCode: 0,
  async happen() {
    await leave(worker)
    return upWith(joining, () => sessionsEnd(worker).catch(() => undefined))
  },
}

const silence: Fault = {
  name: 'ssh cut by silence for 30 s, in worker-join',
  always: true,
  exitCode: 0,
  async happen() {
    await leave(worker)
    return upWith(joining, async () => {
      await labDo('cut', worker)
      await sleep(30_000)
      await labDo('mend', worker)
    })
  },
}

const gone: Fault = {
  name: 'node cut off for good, in worker-join',
  always: false,
  exitCode: [11, 16],
  says: /k-worker-1/,
  async happen() {
    await leave(worker)
    return upWith(joining, () => labDo('cut', worker))
  },
  mend: () => labDo('mend', worker).then(() => undefined),
}

const restartIn = (name: string, node: string, mark: RegExp, flags: string[], always: boolean) => ({
  name: `node restarts in ${name}`,
  always,
  exitCode: 15,
  says: /ended without a result: it was killed, or the node restarted/,
  async happen() {
    await leave(node, ...flags)
    return upWith(mark, () => labDo('restart', node))
  },
})

const powerLoss = (name: string, node: string, mark: RegExp, always: boolean): Fault => ({
  name: `power loss in ${name}`,
  always,
  exitCode: [11, 15, 16],
  says: new RegExp(node),
  async happen() {
    await leave(node)
    return upWith(mark, async () => {
      await labDo('kill', node)
      await sleep(5_000)
      await labDo('start', node)
    })
  },
})

const frozen: Fault = {
  name: 'node frozen for 25 s in worker-join',
  always: true,
  exitCode: 0,
  async happen() {
    await leave(worker)
    return upWith(joining, async () => {
      await labDo('freeze', worker)
      await sleep(25_000)
      await labDo('thaw', worker)
    })
  },
}

/** The disk fills up while the phase runs: a small file system where it writes. */
const full = (folder: string, size: string, always: boolean): Fault => ({
  name: `disk full: ${folder}`,
  always,
  exitCode: [15, 16, 17],
  says: /No space left on device|did not arrive|not within|failed with exit code/,
  async happen() {
    const node = folder.includes('etcd') ? plane : worker
    await leave(node)
    await must(node, `mkdir -p ${folder} && mount -t tmpfs -o size=${size},mode=755 full ${folder}`)
    return upWith(/looking at/, () => undefined)
  },
  async mend() {
    const node = folder.includes('etcd') ? plane : worker
    await must(
      node,
      `systemctl stop kubelet; pkill -x etcd; sleep 1; umount --lazy ${folder}; systemctl reset-failed kubelet || true`,
    )
  },
})

export const nodeFaults: readonly Fault[] = [
  reset,
  silence,
  gone,
  restartIn('worker-join', worker, joining, [], true),
  restartIn('prerequisites', worker, runs(worker, 'prerequisites', 'dnf'), ['--purge'], false),
  restartIn('control-plane-join', plane, planeJoining, [], true),
  powerLoss('worker-join', worker, joining, false),
  powerLoss('control-plane-join', plane, planeJoining, true),
  frozen,
  full('/var/lib/kubestrap', '64k', true),
  full('/etc/kubernetes', '4k', false),
  full('/var/lib/etcd', '1m', true),
]
