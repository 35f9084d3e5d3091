import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import {
  encryptionConfig,
  encryptionFile,
  encryptionKeyIn,
} from '../../lib/render/encryption-config.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { memberHint } from '../kube/membership.ts'
import type { Step } from '../run/step.ts'
import { encryptionKey, livingKey, relayedKey } from './encryption.ts'

const key = Buffer.alloc(32, 'the key of the test').toString('base64')
const other = Buffer.alloc(32, 'another key').toString('base64')
const on = (encryptSecrets: boolean) => {
  const cluster = plainCluster()
  return { ...cluster, security: { ...cluster.security, encryptSecrets } }
}
const join = { endpoint: 'a:1', token: 't', caCertHash: 'h', caCertificate: 'c' }
const context = (encryptSecrets: boolean, secrets?: { encryptionKey?: string }) => {
  const cluster = on(encryptSecrets)
  const node = cluster.nodes[1]
  assert.ok(node)
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  const more = secrets ? { join: { ...join, ...secrets } } : {}
  return { cluster, node, input: { cluster, node: node.name, observed, ...more } }
}

async function apply(step: Step | undefined, fake: Fake) {
  assert.ok(step && 'run' in step.apply)
  const machine = fakeMachine(fake)
  const before = await step.check(machine)
  if (before.as === 'different') await step.apply.run(machine)
  return { machine, before, after: await step.check(machine) }
}

/** A member: with the note of its join and an API server that uses the key. */
const member = (text: string | undefined, mode = 0o600): Fake => ({
  files: {
    [memberHint]: 'control-plane sha256:x\n',
    '/etc/kubernetes/manifests/kube-apiserver.yaml': `--encryption-provider-config=${encryptionFile}`,
    ...(text === undefined ? {} : { [encryptionFile]: text }),
  },
  states: text === undefined ? {} : { [encryptionFile]: { mode } },
})

test('where it is not wanted there is no step', () => {
  assert.deepEqual(encryptionKey(context(false)), [])
  assert.deepEqual(relayedKey(context(false, {})), [])
})

test('init makes a key of 32 random bytes, root-only, hidden, and keeps it', async () => {
  const [step] = encryptionKey(context(true))
  const { machine, after } = await apply(step, {})
  assert.equal(after.as, 'wanted')
  const made = encryptionKeyIn(machine.files.get(encryptionFile))
  assert.equal(Buffer.from(made ?? '', 'base64').length, 32)
  assert.equal(machine.states.get(encryptionFile)?.mode, 0o600)
  assert.ok(machine.hidden.includes(made ?? ''))
  assert.ok(step && 'run' in step.apply)
  await step.apply.run(machine)
  assert.equal(encryptionKeyIn(machine.files.get(encryptionFile)), made)
  const again = await apply(encryptionKey(context(true))[0], {})
  assert.notEqual(encryptionKeyIn(again.machine.files.get(encryptionFile)), made)
})

for (const bad of ['', 'short', Buffer.alloc(31).toString('base64'), `${key}${key}`])
  test(`"${bad.slice(0, 12)}" counts as no key: init makes one, and it is not relayed`, async () => {
    const text = encryptionConfig(bad)
    assert.equal(encryptionKeyIn(text), undefined)
    const fake = {
      files: { [encryptionFile]: text },
      states: { [encryptionFile]: { mode: 0o600 } },
    }
    const { before, machine } = await apply(encryptionKey(context(true))[0], fake)
    assert.equal(before.as, 'different')
    assert.ok(encryptionKeyIn(machine.files.get(encryptionFile)))
    await assert.rejects(livingKey(fakeMachine(member(text))), /not as kubestrap writes it/)
  })

test('a joining control plane takes over the key that was relayed, also in place of another', async () => {
  for (const files of [{}, { [encryptionFile]: encryptionConfig(other) }]) {
    // Also where the file of the cluster says nothing: what lives counts.
    const [step] = relayedKey(context(false, { encryptionKey: key }))
    const { machine, after } = await apply(step, { files })
    assert.equal(after.as, 'wanted')
    assert.equal(encryptionKeyIn(machine.files.get(encryptionFile)), key)
    assert.equal(machine.states.get(encryptionFile)?.mode, 0o600)
  }
})

test('a plan does not know the key yet, and a cluster without one is joined without', async () => {
  const machine = fakeMachine()
  assert.equal((await relayedKey(context(true))[0]?.check(machine))?.as, 'unknown')
  assert.equal((await relayedKey(context(true, {}))[0]?.check(machine))?.as, 'wanted')
})

test('of a member only the mode is mended: keys that were rotated by hand stay', async () => {
  const rotated = encryptionConfig(key).replace(
    'keys:',
    `keys: # rotated\n            - name: key2\n              secret: ${other}`,
  )
  const [step] = relayedKey(context(true))
  const { machine, before, after } = await apply(step, member(rotated, 0o644))
  assert.deepEqual([before.as, after.as], ['different', 'wanted'])
  assert.equal(machine.files.get(encryptionFile), rotated)
  await assert.rejects(livingKey(machine), { name: 'KubestrapError' })
})

test('a member whose key is gone is refused, and nothing is made in its place', async () => {
  const [step] = relayedKey(context(true))
  const machine = fakeMachine(member(undefined))
  await assert.rejects(
    async () => step?.check(machine),
    (error: Error) => {
      assert.match(error.message, /encryption\.yaml is not there/)
      return true
    },
  )
})

test('what is relayed is the key of the living cluster', async () => {
  assert.equal(await livingKey(fakeMachine(member(encryptionConfig(key)))), key)
  const without = { files: { '/etc/kubernetes/manifests/kube-apiserver.yaml': 'no such flag' } }
  assert.equal(await livingKey(fakeMachine(without)), undefined)
})
