import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { noPackagedCni } from './packaged-cni.ts'

test('only what packages bring is set aside: the pod network’s own file stays', async () => {
  const folder = '/etc/cni/net.d'
  const files = {
    [`${folder}/87-podman-bridge.conflist`]: '{}',
    [`${folder}/10-calico.conflist`]: '{}',
    [`${folder}/10-crio-bridge.conflist.disabled`]: '{}',
  }
  const on = fakeMachine({ files })
  const step = noPackagedCni()
  const finding = await step.check(on)
  assert.equal(finding.as === 'different' && finding.found, '87-podman-bridge.conflist')
  assert.ok('run' in step.apply)
  await step.apply.run(on)
  const moved = `${folder}/87-podman-bridge.conflist`
  assert.deepEqual(on.changes, [`mv -- ${moved} ${moved}.disabled`])
})

test('an empty folder, or none, is as wanted', async () => {
  assert.equal((await noPackagedCni().check(fakeMachine())).as, 'wanted')
})
