import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisMarks, criticalPath, type Span } from './timeline.ts'

const span = (id: string, from: number, to: number, needs: string[] = [], atOnce = 9): Span => {
  const [phase = '', node = ''] = id.split('@')
  return { id, node, phase, from: from * 1000, to: to * 1000, needs, atOnce }
}
const ids = (spans: readonly Span[]) => criticalPath(spans).map(({ id }) => id)

test('the path goes back over what each waited for last', () => {
  const spans = [
    span('prepare@a', 0, 20),
    span('prepare@b', 0, 50),
    span('init@a', 20, 40, ['prepare@a']),
    span('join@b', 50, 70, ['prepare@b', 'init@a']),
  ]
  assert.deepEqual(ids(spans), ['prepare@b', 'join@b'])
})

test('who waits for a slot waits for the one that had it', () => {
  const spans = [
    span('join@b', 10, 30, [], 1),
    span('join@c', 30, 55, [], 1),
    span('prepare@c', 0, 9),
  ]
  assert.deepEqual(ids(spans), ['join@b', 'join@c'])
  const many = spans.map((one) => ({ ...one, atOnce: 9 }))
  assert.deepEqual(ids(many), ['prepare@c', 'join@c'])
})

test('one phase at a time on a node', () => {
  assert.deepEqual(ids([span('routes@a', 0, 5), span('settings@a', 5, 6)]), [
    'routes@a',
    'settings@a',
  ])
})

test('without work there is no path, and no span comes twice', () => {
  assert.deepEqual(ids([]), [])
  assert.deepEqual(ids([span('x@a', 0, 0), span('y@a', 0, 0)]).length, 1)
})

test('marks of the axis are round and fit', () => {
  assert.deepEqual(axisMarks(200_000, 4), [0, 60_000, 120_000, 180_000])
  assert.deepEqual(axisMarks(900, 4), [0])
  for (const length of [1, 59_000, 3_600_000, 40_000_000, 900_000_000])
    for (const most of [1, 3, 8]) {
      const marks = axisMarks(length, most)
      assert.ok(marks.length <= most + 1 && marks.at(-1) !== undefined, `${length} ${most}`)
      assert.ok((marks.at(-1) ?? 0) <= length)
    }
})
