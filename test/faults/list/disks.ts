import { up } from '../../e2e/support.ts'
import { leave, must, plane, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'

/** File systems that are full, or become so. */

/** A small file system of its own where something is written. */
const small = (folder: string, size: string): string =>
  `mkdir -p ${folder} && mount -t tmpfs -o size=${size},mode=755 small ${folder}`

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
  mend: () =>
    must(
      node,
      `systemctl stop kubelet; pkill -x etcd; sleep 1; umount --lazy ${folder}; systemctl reset-failed`,
    ),
})

/** /run cannot be mounted over: units and sockets live there. It is made as small as what it holds. */
const runFull: Fault = {
  name: 'disk full: /run',
  always: true,
  exitCode: [15, 16, 17],
  says: /[Nn]o space left|ENOSPC/,
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

export const diskFaults: readonly Fault[] = [
  runFull,
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
    says: /[Nn]o space left|ENOSPC/,
  }),
  full({
    node: worker,
    folder: '/var/lib/kubelet',
    size: '4k',
    always: false,
    exitCode: [10, 15],
    says: /[Nn]o space left|ENOSPC|free of/,
  }),
]
