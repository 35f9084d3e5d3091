import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { type FakeMachine, fakeMachine } from '../../test/golden/fake-machine.ts'
import { contextOf } from '../run/phase-script.ts'
import { adminKubeconfig, noAdminKubeconfig } from './admin-tools.ts'

const context = contextOf({
  cluster: plainCluster(),
  node: 'k-master-1',
  observed: { kubernetesVersion: '1.36.3', nodes: [] },
})
const step = adminKubeconfig(context)
const path = '/home/kubernetesadmin/.kube/config'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const conf = (ca: string, key: string) =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${base64(ca)}\nusers: [{ key: ${key} }]\n`
const admin = conf('our CA', 'first')
const entry = 'kubernetesadmin:x:1000:1000::/home/kubernetesadmin:/bin/bash\n'

/** A machine whose user database and `cat` are asked; runuser writes what it is given. */
function machine(files: Record<string, string> = {}, users = entry): FakeMachine {
  const on = fakeMachine({
    files: {
      '/etc/kubernetes/admin.conf': admin,
      '/etc/kubernetes/pki/ca.crt': 'our CA',
      ...files,
    },
    onRun({ argv, stdin }) {
      if (argv.includes('rm')) on.files.delete(path)
      else if (stdin !== undefined) on.files.set(path, stdin)
      on.states.set(path, { mode: 0o600, uid: 1000 })
      if (argv.includes('rm')) on.states.delete(path)
      return undefined
    },
  })
  const ask = async (...argv: string[]) => {
    if (argv[0] === 'getent') return { exitCode: users === '' ? 2 : 0, stdout: users, stderr: '' }
    return { exitCode: 0, stdout: on.files.get(argv.at(-1) ?? '') ?? '', stderr: '' }
  }
  return Object.assign(on, { ask })
}
const apply = async (on: FakeMachine, one = step) => {
  if ('run' in one.apply) await one.apply.run(on)
}
const as = async (on: FakeMachine) => (await step.check(on)).as

test('written as the user, the text on standard input, then as wanted', async () => {
  const on = machine()
  assert.equal(await as(on), 'different')
  await apply(on)
  assert.equal(await as(on), 'wanted')
  assert.match(on.changes.join(), /^runuser -u kubernetesadmin -- /)
  assert.ok(!on.changes.join().includes(base64('our CA')), 'nothing of it in an argument')
  assert.deepEqual(on.states.get(path), { mode: 0o600, uid: 1000 })
})

test('renewed when admin.conf is', async () => {
  const on = machine()
  await apply(on)
  on.files.set('/etc/kubernetes/admin.conf', conf('our CA', 'second'))
  assert.equal(await as(on), 'different')
  await apply(on)
  assert.match(on.files.get(path) ?? '', /second/)
})

test('readable by others is different', async () => {
  const on = machine()
  await apply(on)
  on.states.set(path, { mode: 0o644, uid: 1000 })
  assert.equal(await as(on), 'different')
})

test('what the user edited stays, and so does another cluster’s, a link, a missing user: with a note', async () => {
  const edited = machine({ [path]: `${conf('our CA', 'first')}current-context: mine\n` })
  assert.equal(await as(edited), 'wanted')
  assert.deepEqual(edited.events, [])
  const link = machine({ [path]: admin })
  link.states.set(path, { kind: 'other' })
  for (const on of [machine({ [path]: conf('their CA', 'x') }), link, machine({}, '')]) {
    assert.equal(await as(on), 'wanted')
    assert.match(JSON.stringify(on.events), /KS-KUBECONFIG-KEPT/)
  }
})

test('before there is an admin.conf nothing can be known', async () => {
  const on = machine()
  on.files.delete('/etc/kubernetes/admin.conf')
  assert.equal(await as(on), 'unknown')
})

test('reset removes ours, edited or not, and no other', async () => {
  const gone = noAdminKubeconfig(context)
  const on = machine()
  await apply(on)
  await apply(on, gone)
  assert.equal(on.files.has(path), false)
  assert.equal((await gone.check(on)).as, 'wanted')
  assert.equal((await gone.check(machine({ [path]: admin }))).as, 'different')
  assert.equal((await gone.check(machine({ [path]: conf('their CA', 'x') }))).as, 'wanted')
})
