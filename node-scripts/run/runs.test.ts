import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkedRun, unitOf } from './runs.ts'

for (const run of ['prerequisites-0123456789ab', 'control-plane-init-000000000000', 'abcdefgh'])
  test(`${run} is the id of a run`, () => assert.equal(checkedRun(run), run))

const strange: readonly unknown[] = [
  undefined,
  null,
  7,
  '',
  'short',
  '../../../etc/passwd',
  'prerequisites-0123/../x',
  'prerequisites 0123',
  'prerequisites-0123\n',
  '-prerequisites-0123',
  'Prerequisites-0123',
  'prerequisites-$(id)',
  'a'.repeat(82),
  ['prerequisites-0123456789ab'],
  { toString: () => 'prerequisites-0123456789ab' },
]
for (const run of strange)
  test(`${JSON.stringify(run)?.slice(0, 40)} is none`, () => {
    assert.throws(() => checkedRun(run), { name: 'KubestrapError', message: /no id of a run/ })
  })

test('the unit of a run', () => {
  assert.equal(unitOf('reset-0123456789ab'), 'kubestrap-run-reset-0123456789ab.service')
})
