import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge, plan } from '../run/converge.ts'
import { networkManager } from './network-manager.ts'

const unit = 'NetworkManager.service'
const path = '/etc/NetworkManager/conf.d/kubestrap.conf'
const steps = networkManager(plainCluster())

/** NetworkManager runs and has a cable of a pod; it obeys the file once it has read it. */
function machine(fake: Fake = {}) {
  const running = { load: 'loaded', active: 'active', changed: 500 }
  const answers = { nmcli: { stdout: 'eth0:connected\nvethab12:connected\ncni0:unmanaged\n' } }
  return fakeMachine({
    units: { [unit]: running },
    answers,
    onRun({ argv }) {
      if (argv[0] === 'systemctl') {
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

test('a bridge that it has taken it lets go of only when it starts anew; what it did is told', async () => {
  const running = { load: 'loaded', active: 'active', changed: 500 }
  const answers = { nmcli: { stdout: 'cni0:disconnected\n' } }
  const on = machine({
    units: { [unit]: running },
    answers,
    onRun({ argv }) {
      running.changed = 2_000
      if (argv[1] === 'try-restart') answers.nmcli.stdout = 'cni0:unmanaged\n'
      return undefined
    },
  })
  await converge(steps, on)
  assert.equal(on.changes.at(-1), `systemctl try-restart ${unit}`)
  const notice = on.events.find(({ kind }) => kind === 'notice')
  assert.match(notice && 'text' in notice ? notice.text : '', /had taken cni0/)
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
