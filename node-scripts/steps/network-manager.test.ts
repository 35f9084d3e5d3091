import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge, plan } from '../run/converge.ts'
import { networkManager } from './network-manager.ts'

const unit = 'NetworkManager.service'
const path = '/etc/NetworkManager/conf.d/kubestrap.conf'
const steps = networkManager(exampleCluster())

/** @param state of a device, as nmcli says; NetworkManager obeys the file once it has read it */
function machine(fake: Fake = {}) {
  const running = { load: 'loaded', active: 'active', changed: 500 }
  const answers = { nmcli: { stdout: 'eth0:connected\nvethab12:connected\ncni0:unmanaged\n' } }
  return fakeMachine({
    units: { [unit]: running },
    answers,
    onRun({ argv }) {
      if (argv[1] === 'try-reload-or-restart') {
        running.changed = 2_000
        answers.nmcli.stdout = answers.nmcli.stdout.replace(
          'vethab12:connected',
          'vethab12:unmanaged',
        )
      }
      return undefined
    },
    ...fake,
  })
}

test('the file, then a reload; then nothing is left to do', async () => {
  const on = machine()
  await converge(steps, on)
  assert.deepEqual(on.changes, [`write ${path}`, `systemctl try-reload-or-restart ${unit}`])
  assert.match(
    on.files.get(path) ?? '',
    /^unmanaged-devices\+=interface-name:cni0;interface-name:veth\*$/m,
  )
  assert.deepEqual(await converge(steps, on), [])
})

test('an interface of a pod that it manages all the same is found', async () => {
  const on = machine({ units: { [unit]: { load: 'loaded', active: 'active', changed: 9_000 } } })
  await on.write(path, '', 0o644)
  assert.equal((await plan(steps, on))[1]?.found, 'it manages vethab12')
})

test('where it is installed but off the file is written all the same', async () => {
  const on = machine({ units: { [unit]: { load: 'loaded', active: 'inactive' } } })
  await converge(steps, on)
  assert.deepEqual(on.changes, [`write ${path}`])
})

test('without NetworkManager there is nothing to write', async () => {
  const on = fakeMachine()
  assert.deepEqual(await converge(steps, on), [])
})
