import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure } from '../../test/failure.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { extendedKey, fingerprint } from '../../test/test-keys.ts'
import { converge } from '../run/converge.ts'
import { packages } from './packages.ts'

const keyFile = '/etc/pki/rpm-gpg/RPM-GPG-KEY-test'
const want = [
  { name: 'kubelet', version: '1.36.3', program: '/usr/bin/kubelet', keyFile },
  { name: 'cri-o', minor: '1.36', program: '/usr/bin/crio', keyFile },
]
const step = packages(want, 'Install the packages', 'a test')

/** The refusal of a machine on which something was before; it changes nothing. */
async function refusal(fake: Fake) {
  const on = fakeMachine(fake)
  const error = await failure(converge([step], on))
  assert.deepEqual(on.changes, [])
  assert.equal(error.exitCode, 19)
  return error.details
}

test('a kubelet that somebody copied there is not overwritten', async () => {
  const { id, lines } = await refusal({
    files: { '/usr/bin/kubelet': 'program' },
    answers: { 'rpm -qf /usr/bin/kubelet': { exitCode: 1, stdout: 'is not owned' } },
  })
  assert.equal(id, 'KS-PACKAGE-FOREIGN')
  assert.deepEqual(lines, [
    '/usr/bin/kubelet is there, but not from the package kubelet: it belongs to no package',
  ])
})

test('a kubelet of a distribution is named by its package', async () => {
  const { lines = [] } = await refusal({
    files: { '/usr/bin/kubelet': 'program' },
    answers: { 'rpm -qf /usr/bin/kubelet': { stdout: 'kubernetes-node-1.29.1-3.el9.x86_64\n' } },
  })
  assert.match(lines[0] ?? '', /belongs to the package kubernetes-node-1\.29\.1/)
})

const locks: readonly [string, boolean, string][] = [
  ['kubelet-0:1.36.3-150500.1.1.*', false, 'the very version is locked'],
  ['kubelet-0:1.35.2-150500.1.1.*', true, 'another version is locked'],
  ['!kubelet-0:1.36.3-*', true, 'the very version is excluded'],
  ['!kubelet-0:1.37.0-*', false, 'another version is excluded'],
  ['kubelet-1.36.*', false, 'its minor is locked'],
  ['kubelet-*', false, 'all versions are locked'],
  ['cri-o-0:1.36.1-1.el9.*', false, 'a patch of the wanted minor is locked'],
  ['cri-o-0:1.35.4-1.el9.*', true, 'another minor is locked'],
  ['kubelet-extras-0:1.0-1.*', false, 'another package'],
  ['# kubelet-0:1.35.2-150500.1.1.*', false, 'a comment'],
]
for (const [line, refused, what] of locks)
  test(`versionlock: ${what}: ${line}`, async () => {
    const files = { '/etc/dnf/plugins/versionlock.list': `# Added by somebody\n\n${line}\n` }
    if (refused) {
      const { id, lines } = await refusal({ files })
      assert.equal(id, 'KS-PACKAGE-LOCKED')
      assert.deepEqual(lines, [`/etc/dnf/plugins/versionlock.list: ${line}`])
    } else assert.equal((await step.check(fakeMachine({ files }))).as, 'different')
  })

test('with everything installed a lock is welcome', async () => {
  const on = fakeMachine({
    files: { '/etc/dnf/plugins/versionlock.list': 'kubelet-0:1.35.2-1.*\n' },
    packages: { kubelet: '1.36.3-1', 'cri-o': '1.36.1-1' },
  })
  assert.deepEqual(await step.check(on), { as: 'wanted' })
})

for (const [signer, told] of [
  [fingerprint.slice(-16).toLowerCase(), false],
  ['c52feb6b621e9f35', true],
] as const)
  test(`installed and signed by key ${signer}: ${told ? 'told' : 'nothing to tell'}`, async () => {
    const line = (name: string, id: string) =>
      `${name} RSA/SHA256, Tue Nov  3 10:00:00 2026, Key ID ${id}\n`
    const stdout = line('kubelet', signer) + line('cri-o', fingerprint.slice(-16).toLowerCase())
    const on = fakeMachine({
      files: { [keyFile]: extendedKey },
      packages: { kubelet: '1.36.3-1', 'cri-o': '1.36.1-1' },
      answers: { rpm: { stdout } },
    })
    const finding = await step.check(on)
    assert.equal(finding.as, 'wanted')
    const note = 'note' in finding ? finding.note : undefined
    if (told) assert.match(note ?? '', /left as it is: kubelet by key C52FEB6B621E9F35$/)
    else assert.equal(note, undefined)
  })
