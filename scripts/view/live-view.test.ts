import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mock, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { PhaseEventBody } from '../../lib/events.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { fitting, hostLine } from './live-lines.ts'
import { liveView } from './live-view.ts'

const [node] = plainCluster().nodes
assert.ok(node)
const event = (body: PhaseEventBody) => ({ run: 'x', seq: 0, at: '', ...body })
const waiting = { what: 'etcd learner catching up', since: 0, limit: 300_000 }
const joining = {
  name: 'k-master-2',
  now: { phase: 'control-plane-join', step: 'x', detail: '', since: 0, wait: waiting },
  last: '',
}

/** A terminal that keeps what is written to it. */
function terminal(columns: number, rows = 24) {
  const written: string[] = []
  const stream = Object.assign(new EventEmitter(), {
    ...{ isTTY: true, columns, rows },
    getColorDepth: () => 1,
    hasColors: () => false,
    write: (text: string) => written.push(text) > 0,
  })
  return { stream: stream as unknown as NodeJS.WriteStream & typeof stream, written }
}

function view(t: TestContext, columns: number) {
  mock.timers.enable({ apis: ['setInterval', 'Date'] })
  const { stream, written } = terminal(columns)
  const shown = liveView(stream, ['k-master-1', 'k-worker-1'])
  t.after(() => {
    shown.close()
    mock.timers.reset()
  })
  const frame = () => {
    written.length = 0
    mock.timers.tick(1_000)
    return stripVTControlCharacters(written.join(''))
  }
  return { stream, written, shown, frame }
}

test('phase, what it waits for, elapsed, of how long', () => {
  assert.equal(
    hostLine(joining, 10, 80, 14_000).replace(/ {3,}/, '   '),
    'k-master-2  control-plane-join  etcd learner catching up   0:14 of 5:00',
  )
})

test('narrower, the text gives way, then the phase; the time never', () => {
  for (const columns of [120, 80, 60, 50, 40, 30, 24]) {
    const line = hostLine(joining, 10, columns, 14_000)
    assert.ok(line.length < columns, line)
    assert.match(line, / 0:14 of 5:00$/)
  }
  assert.match(hostLine(joining, 10, 50, 14_000), /^k-master-2 {2}etcd learner/)
  assert.match(hostLine(joining, 10, 66, 0), /^k-master-2 {2}control-plane-join/)
})

test('with more nodes than rows who works is seen first', () => {
  const hosts = Array.from({ length: 40 }, (_, i) => ({
    ...joining,
    name: `n${i}`,
    now: undefined,
  }))
  const working = { ...joining, name: 'last' }
  const { shown, hidden } = fitting([...hosts, working], 10)
  assert.equal(shown.length, 7)
  assert.equal(hidden, 34)
  assert.equal(shown.at(-1), working)
})

test('a node with nothing to do is shown as well, and a wait ends with the next step', (t) => {
  const { shown, frame } = view(t, 80)
  shown.planned(new Map([['k-worker-1', 'nothing to do']]))
  shown.started(node, 'prerequisites')
  shown.event(
    node,
    'x',
    event({ kind: 'waiting', what: 'the lock', elapsed: 2_000, limit: 60_000 }),
  )
  assert.match(frame(), /the lock +0:0\d of 1:00\nk-worker-1 {2}nothing to do/)
  shown.event(node, 'x', event({ kind: 'step-started', step: 'Install', index: 0, of: 9 }))
  const next = frame()
  assert.match(next, /Install {2}step 1 of 9/)
  assert.doesNotMatch(next, /the lock| of 1:00/)
})

test('what is printed stays above, once', (t) => {
  const { shown, written, frame } = view(t, 80)
  shown.started(node, 'prerequisites')
  frame()
  written.length = 0
  shown.print('error: something broke')
  const text = stripVTControlCharacters(written.join(''))
  assert.match(text, /^error: something broke\nk-master-1/)
  assert.doesNotMatch(frame(), /something broke/)
})

test('a terminal made narrower: what wrapped is erased, and the new lines fit', (t) => {
  const { stream, shown, written, frame } = view(t, 120)
  shown.started(node, 'prerequisites')
  frame()
  written.length = 0
  stream.columns = 50
  stream.emit('resize')
  // One line of 119 columns takes three rows of 50: two more than log-update knows of.
  assert.ok(
    written.some((text) => text === '\u001b[2A\u001b[J'),
    JSON.stringify(written),
  )
  const lines = stripVTControlCharacters(written.join('')).split('\n')
  for (const line of lines) assert.ok(line.length < 50, line)
})

test('no colour where none is wanted', (t) => {
  const before = process.env.NO_COLOR
  process.env.NO_COLOR = '1'
  t.after(() => {
    if (before === undefined) delete process.env.NO_COLOR
    else process.env.NO_COLOR = before
  })
  const { shown, written } = view(t, 80)
  shown.planned(new Map([['k-master-1', 'nothing to do']]))
  mock.timers.tick(1_000)
  assert.match(written.join(''), /nothing to do/)
  assert.doesNotMatch(written.join(''), /\u001b\[\d+m/)
})
