import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import type { UnitState } from '../run/system.ts'
import { enabledService, service } from './service.ts'

const name = 'containerd.service'
const config = '/etc/containerd/config.toml'
const step = service({ name, title: 'Start it', why: 'a test', configuredBy: [config, '/none'] })
const running = {
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  activeSince: 5_000,
}

async function found(unit: Partial<UnitState>, modified = 4_000): Promise<string> {
  const on = fakeMachine({
    files: { [config]: '' },
    states: { [config]: { modified } },
    units: { [name]: { ...running, ...unit } },
  })
  const finding = await step.check(on)
  return finding.as === 'different' ? finding.found : finding.as
}

test('wanted: enabled, active, and started after its newest configuration', async () => {
  assert.equal(await found({}), 'wanted')
  assert.equal(await found({}, 5_000), 'wanted')
})

test('a change that is newer than its start asks for a restart', async () => {
  assert.equal(await found({}, 5_001), 'started before its configuration changed')
})

const others: readonly [Partial<UnitState>, string][] = [
  [{ load: 'not-found' }, 'no such unit'],
  [{ enabled: 'disabled' }, 'disabled'],
  [{ active: 'failed', sub: 'failed' }, 'failed (failed)'],
  [{ active: 'activating', sub: 'auto-restart' }, 'activating (auto-restart)'],
  [{ needsReload: true }, 'its unit file changed'],
]
for (const [unit, wanted] of others)
  test(`different: ${wanted}`, async () => assert.equal(await found(unit), wanted))

test('enable, which reloads, and restart, in this order', () => {
  const commands = 'run' in step.apply ? [] : step.apply.map(({ argv }) => argv[1])
  assert.deepEqual(commands, ['enable', 'restart'])
})

test('a service that is only enabled is not started', async () => {
  const kubelet = enabledService({ name: 'kubelet.service', title: 'x', why: 'a test' })
  const on = (enabled: string) => fakeMachine({ units: { 'kubelet.service': { enabled } } })
  assert.equal((await kubelet.check(on('enabled'))).as, 'wanted')
  assert.equal((await kubelet.check(on('disabled'))).as, 'different')
  assert.equal((await kubelet.check(on(''))).as, 'different')
  const commands = 'run' in kubelet.apply ? [] : kubelet.apply.map(({ argv }) => argv.join(' '))
  assert.deepEqual(commands, ['systemctl enable kubelet.service'])
})
