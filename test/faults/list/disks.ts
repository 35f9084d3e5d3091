import { up } from '../../e2e/support.ts'
import { leave, must, plane, upWith, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'
import { inPlaneJoin } from './moments.ts'

/** File systems that are full, or become so. */

/** A small file system of its own where something is written. */
const small = (folder: string, size: string): string =>
  `mkdir -p ${folder} && mount -t tmpfs -o size=${size},mode=755 small ${folder}`

/** The folder below comes back; who wrote into the small one is ended first. */
const largeAgain = (folder: string): string =>
  `systemctl stop kubelet; pkill -x etcd; sleep 1; umount --lazy ${folder}; systemctl reset-failed`

interface Full {
  readonly node: string
  readonly folder: string
  readonly size: string
  readonly always: boolean
  readonly exitCode: Fault['exitCode']
  readonly says: RegExp
}

const full = ({ node, folder, size, always, exitCode, says }: Full): Fault => ({
  name: `disk full: ${folder}`,
  always,
  exitCode,
  says,
  async happen() {
    await leave(node)
    await must(node, small(folder, size))
    return up()
  },
  mend: () => must(node, largeAgain(folder)),
})

/** /run cannot be mounted over: units and sockets live there. It is made as small as what it holds. */
const runFull: Fault = {
  name: 'disk full: /run',
  always: true,
  exitCode: [15, 16, 17],
  says: /[Nn]o space (?:is )?left|ENOSPC/,
  async happen() {
    await leave(worker)
    await must(
      worker,
      'mount -o remount,size=$(df --output=used -k /run | tail -n 1 | tr -d " ")k /run; dd if=/dev/zero of=/run/filler bs=1k count=64 2> /dev/null || true',
    )
    return up()
  },
  mend: () => must(worker, 'rm -f /run/filler; mount -o remount,size=512m /run'),
}

/**
 * What is written below `/` lands on one small file system: a container's own `/` is on the disk of
 * its host. /var/lib, /run and /tmp are file systems of their own on these machines.
 */
const ofRoot = ['etc', 'usr', 'opt', 'root', 'var/log', 'var/cache']
const smallRoot = `mkdir -p /run/small && mount -t tmpfs -o size=12m small /run/small
for folder in ${ofRoot.join(' ')}; do
  mkdir -p /run/small/$folder/up /run/small/$folder/work
  mount -t overlay -o lowerdir=/$folder,upperdir=/run/small/$folder/up,workdir=/run/small/$folder/work small /$folder
done`

const rootFull: Fault = {
  name: 'disk full: / (all its folders on one small file system)',
  always: false,
  exitCode: 15,
  says: /no space is left on a disk of the node {2}\[KS-DISK-FULL\]\n +where: k-worker-1 +prerequisites/,
  async happen() {
    await leave(worker, '--purge')
    await must(worker, smallRoot)
    return up()
  },
  mend: () =>
    must(
      worker,
      `for folder in ${ofRoot.join(' ')}; do umount --lazy /$folder; done; umount --lazy /run/small; systemctl daemon-reload`,
    ),
}

/** Enough for preflight, and then less than the log that etcd begins with: 64 MB. */
const etcdFills: Fault = {
  name: 'disk full: /var/lib/etcd, in control-plane-join',
  always: false,
  exitCode: 15,
  says: /KS-DISK-FULL[\s\S]*where: k-master-3 +control-plane-join[\s\S]*\/var\/lib\/etcd: \d+ KiB left/,
  async happen() {
    await leave(plane)
    await must(plane, small('/var/lib/etcd', '8g'))
    return upWith(inPlaneJoin.mark, () =>
      must(plane, '[ ! -e /var/lib/etcd/member ] && mount -o remount,size=16m /var/lib/etcd'),
    )
  },
  mend: () => must(plane, largeAgain('/var/lib/etcd')),
}

export const diskFaults: readonly Fault[] = [
  runFull,
  rootFull,
  etcdFills,
  full({
    node: plane,
    folder: '/var/lib/etcd',
    size: '8m',
    always: true,
    exitCode: 10,
    says: /\/var\/lib\/etcd: .* free of .* for etcd/,
  }),
  full({
    node: worker,
    folder: '/var/lib/kubestrap',
    size: '64k',
    always: false,
    exitCode: [15, 17],
    says: /the phase scripts did not arrive as they were sent/,
  }),
  full({
    node: worker,
    folder: '/etc/kubernetes',
    size: '8k',
    always: false,
    exitCode: 15,
    says: /KS-DISK-FULL[\s\S]*\/etc\/kubernetes: \d+ KiB left/,
  }),
  full({
    node: worker,
    folder: '/var/lib/kubelet',
    size: '4k',
    always: false,
    exitCode: [10, 15],
    says: /[Nn]o space (?:is )?left|ENOSPC|free of/,
  }),
]
