import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changed, parseBefore } from './host-settings.ts'

const before = {
  bootId: 'b1',
  values: { 'kernel.panic': '0', 'vm.overcommit_memory': '0', 'net.gone': '1' },
  loaded: [],
  netavark: false,
}

test('a record of an earlier boot, or a damaged one, counts for nothing', () => {
  const text = JSON.stringify(before)
  assert.deepEqual(parseBefore(text, 'b1'), before)
  assert.equal(parseBefore(text, 'b2'), undefined)
  assert.equal(parseBefore(text.slice(0, 20), 'b1'), undefined)
})

test('only what differs and still exists is put back', () => {
  const now: Record<string, string> = { 'kernel.panic': '10', 'vm.overcommit_memory': '0' }
  assert.deepEqual(
    changed(before, (key) => now[key]),
    [['kernel.panic', '0']],
  )
})
