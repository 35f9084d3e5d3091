import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { failure } from '../../test/failure.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { packages } from './packages.ts'

const want = [{ name: 'kubelet', version: '1.36.3' }, { name: 'containerd.io' }]
const step = packages(want, 'Install the packages', 'a test')
const there = { kubelet: '1.36.3-150500.1.1', 'containerd.io': '2.1.4-1.el9' }

test('the wanted version with any release is wanted; without a version any will do', async () => {
  assert.equal((await step.check(fakeMachine({ packages: there }))).as, 'wanted')
})

test('what is missing is installed in one transaction, pinned', async () => {
  const installed: Record<string, string> = {}
  const on = fakeMachine({ packages: installed, onRun: () => void Object.assign(installed, there) })
  assert.deepEqual(await step.check(on), {
    as: 'different',
    found: 'no kubelet, no containerd.io',
    wanted: 'kubelet 1.36.3, containerd.io',
  })
  await converge([step], on)
  assert.equal(on.changes.length, 1)
  assert.match(on.changes[0] ?? '', /^dnf --assumeyes .*install kubelet-1\.36\.3 containerd\.io$/)
})

for (const other of ['1.36.4-1', '1.36.2-1', '1.36.30-1', '1.37.0-1'])
  test(`kubelet ${other} is refused, not replaced`, async () => {
    const on = fakeMachine({ packages: { kubelet: other } })
    const error = await failure(converge([step], on))
    assert.equal(error.details.id, 'KS-PACKAGE-OTHER-VERSION')
    assert.equal(error.exitCode, 19)
    assert.deepEqual(on.changes, [])
  })

const said: readonly [string, string][] = [
  ['Error: GPG check FAILED', 'KS-PACKAGE-SIGNATURE'],
  ['Package x.rpm is not signed', 'KS-PACKAGE-SIGNATURE'],
  ['Curl error (60): SSL peer certificate was not OK', 'KS-TLS'],
  ['Error: Unable to find a match: kubelet-1.36.9', 'KS-PACKAGE-MISSING'],
  ['Curl error (6): Could not resolve host: pkgs.k8s.io', 'KS-SOURCE-UNREACHABLE'],
  ['something nobody has seen', 'KS-COMMAND'],
]
const dnfSays = (line: string) =>
  fakeMachine({
    onRun() {
      throw new KubestrapError({
        id: 'KS-COMMAND',
        exit: 'phaseFailed',
        what: 'dnf',
        lines: [line],
      })
    },
  })
for (const [line, id] of said)
  test(`${id}: ${line}`, async () => {
    assert.equal((await failure(converge([step], dnfSays(line)))).details.id, id)
  })

test('a package called openssl is no TLS problem', async () => {
  const line = ' - nothing provides openssl-libs >= 3.5 needed by kubelet-1.36.3'
  assert.equal((await failure(converge([step], dnfSays(line)))).details.id, 'KS-COMMAND')
})
