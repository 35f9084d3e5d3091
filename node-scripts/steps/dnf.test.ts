import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { failure } from '../../test/failure.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { command } from '../run/step.ts'
import { runDnf, whenRpmIsFree } from './dnf.ts'

const install = command('dnf', 'install', 'kubelet')

/** A machine where rpm is locked as often as told, and then says this, or is content. */
function machine(times: number, then?: string) {
  let left = times
  return fakeMachine({
    onRun() {
      left -= 1
      const line = left < 0 ? then : locked
      if (line === undefined) return undefined
      throw new KubestrapError({
        id: 'KS-COMMAND',
        exit: 'phaseFailed',
        what: 'dnf',
        lines: [line],
      })
    },
  })
}

// Recorded from rpm in the lab, while another program held the lock.
const locked =
  "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)"

test('while somebody holds the lock of rpm it is tried again', async () => {
  const on = machine(3)
  await whenRpmIsFree(on, install, 1)
  assert.equal(on.changes.length, 4)
})

test('not for ever: then the wait says so', async () => {
  await assert.rejects(whenRpmIsFree(machine(100), install, 1), /waited in vain/)
})

test('what fails otherwise is not tried again', async () => {
  const on = machine(1, 'Error: GPG check FAILED')
  const { details } = await failure(whenRpmIsFree(on, install, 1))
  assert.equal(details.id, 'KS-COMMAND')
  assert.equal(on.changes.length, 2)
})

test('a read-only disk is no other installation', async () => {
  const readOnly = locked.replace('Resource temporarily unavailable', 'Read-only file system')
  const on = machine(0, readOnly)
  await failure(whenRpmIsFree(on, install, 1))
  assert.equal(on.changes.length, 1)
})

test('what dnf says gets its name', async () => {
  const error = await failure(runDnf(machine(0, 'Error: GPG check FAILED'), install))
  assert.equal(error.details.id, 'KS-PACKAGE-SIGNATURE')
})
