import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { noPackagedCni } from './packaged-cni.ts'

test('only what packages bring is set aside: the pod network’s own file stays', async () => {
  const folder = '/etc/cni/net.d'
  const files = {
    [`${folder}/87-podman-bridge.conflist`]: '{}',
    [`${folder}/11-crio-ipv4-bridge.conflist`]: '{}',
    [`${folder}/10-calico.conflist`]: '{}',
    [`${folder}/10-crio-bridge.conflist.disabled`]: '{}',
  }
  const on = fakeMachine({ files })
  const step = noPackagedCni()
  const finding = await step.check(on)
  const names = ['11-crio-ipv4-bridge.conflist', '87-podman-bridge.conflist']
  assert.equal(finding.as === 'different' && finding.found, names.join(', '))
  assert.ok('run' in step.apply)
  await step.apply.run(on)
  assert.deepEqual(
    on.changes,
    names.map((name) => `mv -- ${folder}/${name} ${folder}/${name}.disabled`),
  )
})

test('an empty folder, or none, is as wanted', async () => {
  assert.equal((await noPackagedCni().check(fakeMachine())).as, 'wanted')
})
