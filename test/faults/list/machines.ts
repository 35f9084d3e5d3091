import { up } from '../../e2e/support.ts'
import { leave, must, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'

/** Machines that are not fit to join: each is refused before anything is changed. */

const unfit = (
  name: string,
  always: boolean,
  says: RegExp,
  spoil: () => Promise<unknown>,
  mend: string,
): Fault => ({
  name,
  always,
  exitCode: 10,
  says,
  async happen() {
    await leave(worker)
    await spoil()
    return up()
  },
  mend: () => must(worker, mend),
})

const cloned = unfit(
  'the worker has the machine-id of a control plane',
  false,
  /KS-DUPLICATE-MACHINE-ID|machine-id of its own/,
  async () => {
    const id = (await must('k-master-1', 'cat /etc/machine-id')).trim()
    await must(worker, `cp -a /etc/machine-id /root/machine-id && echo ${id} > /etc/machine-id`)
  },
  'cat /root/machine-id > /etc/machine-id && rm /root/machine-id',
)

/** A container cannot have a clock of its own: only what `date` says is 90 s ahead. */
const skewed = unfit(
  'clock 90 s ahead (told by date, not the kernel)',
  false,
  /clocks that agree|ahead of most/,
  () =>
    must(
      worker,
      `printf '#!/bin/sh\\nexec /usr/bin/date --date="+90 seconds" "$@"\\n' > /usr/local/sbin/date && chmod 755 /usr/local/sbin/date`,
    ),
  'rm -f /usr/local/sbin/date',
)

const taken = unfit(
  'something else listens on the port of the kubelet',
  false,
  /10250/,
  () =>
    must(
      worker,
      'systemd-run --quiet --unit=squatter python3 -m http.server 10250 --bind 0.0.0.0; sleep 1',
    ),
  'systemctl stop squatter',
)

export const machineFaults: readonly Fault[] = [cloned, skewed, taken]
