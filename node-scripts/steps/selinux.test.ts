import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure } from '../../test/failure.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge, plan } from '../run/converge.ts'
import { selinux } from './selinux.ts'

const config = '/etc/selinux/config'
const enforce = '/sys/fs/selinux/enforce'
const text = (mode: string) =>
  `# SELINUX= can take one of three values\nSELINUX=${mode}\nSELINUXTYPE=targeted\n`

/** @param living `1` or `0`; undefined: the kernel runs without SELinux */
function machine(mode: string | undefined, living: string | undefined) {
  return fakeMachine({
    files: {
      ...(mode === undefined ? {} : { [config]: text(mode) }),
      ...(living === undefined ? {} : { [enforce]: living }),
    },
    states: mode === undefined ? {} : { [config]: { mode: 0o600 } },
    onRun({ argv }, on) {
      if (argv[0] === 'setenforce') on.files.set(enforce, argv[1] ?? '')
      return undefined
    },
  })
}

for (const [mode, from, number] of [
  ['permissive', 'enforcing', '0'],
  ['enforcing', 'permissive', '1'],
] as const) {
  test(`${mode}: at the next boot and now, the rest of the file stays`, async () => {
    const on = machine(from, number === '0' ? '1' : '0')
    await converge(selinux(mode), on)
    assert.equal(on.files.get(config), text(mode))
    assert.equal(on.states.get(config)?.mode, 0o600)
    assert.deepEqual(on.changes, [`write ${config}`, `setenforce ${number}`])
    assert.deepEqual(await converge(selinux(mode), on), [])
  })
}

test('each of the two is looked at by itself', async () => {
  assert.deepEqual(await converge(selinux('permissive'), machine('permissive', '1')), [
    'Set SELinux to permissive now',
  ])
  assert.deepEqual(await converge(selinux('permissive'), machine('enforcing', '0')), [
    'Set SELinux to permissive for the next boot',
  ])
})

test('a machine without SELinux: nothing to set, and it is said', async () => {
  const remarks = async (mode: 'permissive' | 'enforcing') =>
    (await plan(selinux(mode), machine(undefined, undefined))).map(
      ({ outcome, because, note }) => `${outcome}: ${because ?? note}`,
    )
  assert.deepEqual(await remarks('permissive'), [
    'ok: this machine has no SELinux',
    'ok: SELinux does not run here',
  ])
  assert.match((await remarks('enforcing'))[0] ?? '', /^ok: selinux: enforcing, but/)
})

test('disabled: as good as permissive; not to be enforced at once', async () => {
  const on = machine('disabled', undefined)
  assert.deepEqual(await converge(selinux('permissive'), on), [])
  const error = await failure(converge(selinux('enforcing'), on))
  assert.equal(error.details.id, 'KS-SELINUX-DISABLED')
  assert.match(error.details.remedy ?? '', /fixfiles -F onboot/)
  assert.deepEqual(on.changes, [])
})

test('unmanaged: no step', () => {
  assert.deepEqual(selinux('unmanaged'), [])
})
