import { readFileSync, writeFileSync } from 'node:fs'
import { clusterFile, up } from '../../e2e/support.ts'
import { leave, must, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'
import { put, type StandIn, takeAway } from '../stand-ins.ts'

/** What happens to that which a node is given: phase scripts, packages. */

const bundles = '/var/lib/kubestrap/bundles'
const trace = '/run/altered-ran'

/**
 * Who runs the altered script leaves a trace: the third line of a bundle belongs to its shell
 * (node-scripts/run/header.sh). It is run once before, to see that it does.
 */
const altered = (name: string, always: boolean, change = 'true'): Fault => ({
  name: `phase scripts on the node ${name}`,
  always,
  exitCode: 0,
  async happen() {
    await leave(worker)
    await must(
      worker,
      `cd ${bundles}/* && sed -i '2a touch ${trace}' worker-join.mjs && ${change} || exit 1
sh ./worker-join.mjs --version > /dev/null 2>&1; rm ${trace}`,
    )
    const ran = await up()
    await must(worker, `[ ! -e ${trace} ]`)
    return ran
  },
  mend: () => must(worker, `rm -f ${trace}`),
})

const shortTar: StandIn = { program: 'tar', does: 'head -c 20000 | /usr/bin/tar "$@"' }

const cutOnTheWire: Fault = {
  name: 'phase scripts cut on the wire',
  always: true,
  exitCode: 17,
  says: /the phase scripts did not arrive as they were sent/,
  async happen() {
    await leave(worker)
    await must(worker, `rm -rf ${bundles}/*`)
    await put(worker, shortTar)
    return up()
  },
  mend: () => takeAway(worker, shortTar),
}

const wrongSignature: Fault = {
  name: 'packages signed with another key than the file names',
  always: true,
  exitCode: 17,
  says: /the signing key at .* is not the expected one/,
  async happen() {
    await leave(worker, '--purge')
    const text = readFileSync(clusterFile, 'utf8')
    // Beside the real one: its key and its known hosts are named relative to it.
    const wrong = clusterFile.replace(/cluster\.yaml$/, 'wrong.yaml')
    writeFileSync(wrong, text.replace(/fingerprint: "[0-9A-F]{8}/, 'fingerprint: "00000000'))
    return up('--config', wrong)
  },
}

interface Lock {
  readonly name: string
  /** Takes it on the node, and goes on. */
  readonly hold: string
  /** What the phase tells when it has met the lock. */
  readonly met: string
  readonly mend?: Fault['mend']
}

const locked = ({ name, hold, met, mend }: Lock): Fault => ({
  name: `somebody else holds the lock of ${name}`,
  always: false,
  exitCode: 0,
  async happen() {
    await leave(worker, '--purge')
    await must(worker, hold)
    const ran = await up()
    await must(worker, `grep -h "${met}" /run/kubestrap/runs/prerequisites-*/events.jsonl`)
    return ran
  },
  ...(mend ? { mend } : {}),
})

/** dnf names who holds its lock in a file, and waits for as long as that process lives. */
const dnfHolder = `sleep 20 & echo $! > /var/lib/dnf/rpmdb_lock.pid; cp /var/lib/dnf/rpmdb_lock.pid /var/cache/dnf/metadata_lock.pid`

const dnfLocked = locked({
  name: 'dnf for 20 s',
  hold: `mkdir -p /var/lib/dnf /var/cache/dnf; setsid sh -c '${dnfHolder}' < /dev/null > /dev/null 2>&1`,
  met: 'Waiting for process with pid',
  mend: () => must(worker, 'rm -f /var/lib/dnf/rpmdb_lock.pid /var/cache/dnf/metadata_lock.pid'),
})

/** As an `rpm --install` that takes its time: it locks this file (fcntl), and the lock ends with it. */
const rpmHolder = `perl -e 'use Fcntl; open F, "+>>", "/var/lib/rpm/.rpm.lock" or die; $lock = pack("s s x4 q q l x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; sleep 30'`

const rpmLocked = locked({
  name: 'rpm for 30 s',
  hold: `setsid ${rpmHolder} < /dev/null > /dev/null 2>&1 & sleep 1`,
  met: 'transaction lock',
})

export const arrivalFaults: readonly Fault[] = [
  altered('altered', true),
  altered('cut short, as by a broken upload', false, 'truncate -s 5000 worker-join.mjs'),
  cutOnTheWire,
  wrongSignature,
  dnfLocked,
  rpmLocked,
]
