import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { PhaseEventBody } from '../../lib/events.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { plainView } from './plain-view.ts'

const [node] = plainCluster().nodes
assert.ok(node)
let seq = 0
const event = (body: PhaseEventBody) => {
  seq += 1
  return { run: 'x', seq, at: '2026-01-01T00:00:00.000Z', ...body }
}

/** A view whose clock stands still until it is told to go on. */
function view(t: { after: (done: () => void) => void }) {
  mock.timers.enable({ apis: ['setInterval', 'Date'] })
  const lines: string[] = []
  const shown = plainView((line) => lines.push(line), ['k-master-1', 'k-worker-1'])
  t.after(() => {
    shown.close()
    mock.timers.reset()
  })
  return { lines, shown }
}

test('a line says when, where, which phase, and what', (t) => {
  const { lines, shown } = view(t)
  shown.started(node, 'prerequisites')
  mock.timers.tick(2_000)
  shown.event(
    node,
    'prerequisites',
    event({ kind: 'step-finished', step: 'Switch swap off', outcome: 'changed', ms: 1 }),
  )
  shown.finished(node, 'prerequisites', '3 changed', 65_000)
  assert.deepEqual(lines, [
    ' 0:00  k-master-1  prerequisites       started',
    ' 0:02  k-master-1  prerequisites       changed: Switch swap off',
    ' 0:02  k-master-1  prerequisites       3 changed, 1:05',
  ])
})

test('what changed nothing is not told', (t) => {
  const { lines, shown } = view(t)
  shown.event(
    node,
    'prerequisites',
    event({ kind: 'step-finished', step: 'x', outcome: 'ok', ms: 1 }),
  )
  shown.event(node, 'prerequisites', event({ kind: 'output', line: 'noise' }))
  assert.deepEqual(lines, [])
})

test('a phase that has not said anything yet is starting', (t) => {
  const { lines, shown } = view(t)
  shown.started(node, 'pod-routes')
  mock.timers.tick(9_000)
  assert.equal(lines[1], ' 0:09  k-master-1  pod-routes          still: starting, 0:09')
})

test('never silent for long: after 8 seconds it says what goes on', (t) => {
  const { lines, shown } = view(t)
  shown.started(node, 'prerequisites')
  shown.event(
    node,
    'prerequisites',
    event({ kind: 'step-started', step: 'Install', index: 0, of: 9 }),
  )
  mock.timers.tick(7_000)
  assert.equal(lines.length, 1)
  mock.timers.tick(2_000)
  assert.equal(lines.length, 2)
  assert.match(lines[1] ?? '', /k-master-1.*still: Install, step 1 of 9, 0:0\d$/)
  for (let second = 0; second < 60; second += 1) mock.timers.tick(1_000)
  assert.ok(lines.length >= 8 && lines.length <= 10, `${lines.length} lines`)
})

test('what everybody waits for is told once', (t) => {
  const { lines, shown } = view(t)
  shown.waiting('looking at 4 nodes')
  shown.waiting('looking at 4 nodes')
  shown.waiting(undefined)
  assert.deepEqual(lines, [' 0:00  looking at 4 nodes'])
})

test('a closed view is silent', (t) => {
  const { lines, shown } = view(t)
  shown.close()
  mock.timers.tick(60_000)
  assert.deepEqual(lines, [])
})
