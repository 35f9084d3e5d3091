import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { chosenRun, hasScreen } from './report.ts'

const runs = ['2026-01-01T10-00-00-000Z', '2026-01-02T10-00-00-000Z', '2026-01-02T11-00-00-000Z']

test('the last run, or the last that begins as was said', () => {
  assert.equal(chosenRun(runs, undefined, 'x'), runs[2])
  assert.equal(chosenRun(runs, '2026-01-01', 'x'), runs[0])
  assert.equal(chosenRun(runs, '2026-01-02', 'x'), runs[2])
})

test('an unknown run is refused with those that there are', () => {
  assert.throws(
    () => chosenRun(runs, 'nonsense', 'x'),
    (error) => error instanceof KubestrapError && error.details.lines?.length === 3,
  )
  assert.throws(() => chosenRun([], undefined, '/the/folder'), { message: /no run has left/ })
})

test('a page is opened only where there is a screen', () => {
  assert.ok(!hasScreen({}, 'linux'))
  assert.ok(hasScreen({ DISPLAY: ':0' }, 'linux'))
  assert.ok(hasScreen({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'))
  assert.ok(hasScreen({}, 'darwin'))
})
