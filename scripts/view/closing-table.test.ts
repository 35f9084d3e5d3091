import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { type Task, taskId, tasksOf } from '../../lib/tasks.ts'
import type { Outcome } from '../schedule.ts'
import { closingTable, type Measured } from './closing-table.ts'

const who = {
  first: 'k-master-1',
  steward: 'k-master-1',
  version: '1.36.3',
  surplus: [],
  findings: [],
  proxyMode: 'nftables' as const,
}

/** Prepared in 30 and 20 s; init took a minute, the worker's join failed. */
function run() {
  const phases = ['worker-join', 'prerequisites', 'control-plane-init']
  const tasks = tasksOf(plainCluster(), who, [], {
    nodes: ['k-master-1', 'k-worker-1'],
    phases,
  }).filter(({ state }) => state !== 'left out')
  const outcomes = new Map<Task, Outcome>(
    tasks.map((task) => [task, task.phase.name === 'worker-join' ? 'failed' : 'done']),
  )
  const measured = new Map<string, Measured>([
    ['prerequisites@k-master-1', { from: 1_000, ms: 30_000, changed: 3 }],
    ['prerequisites@k-worker-1', { from: 1_000, ms: 20_000, changed: 0 }],
    ['control-plane-init@k-master-1', { from: 31_000, ms: 60_000, changed: 1 }],
    ['worker-join@k-worker-1', { from: 91_000, ms: 30_000, changed: 0 }],
  ])
  return { outcomes, measured }
}
const needs = (task: Task) =>
  ({
    'control-plane-init': ['prerequisites@k-master-1'],
    'worker-join': ['control-plane-init@k-master-1', 'prerequisites@k-worker-1'],
  })[task.phase.name as string] ?? []
const drawn = (columns: number, bars: boolean) => {
  const { outcomes, measured } = run()
  return closingTable(outcomes, measured, needs, { columns, bars, emphasis: (text) => text })
}

test('a bar a phase and node, on one axis; the critical path full and named', () => {
  assert.deepEqual(drawn(80, true), [
    '                                0:00   0:30    1:00   1:30',
    'k-master-1  prerequisites       ███████                         0:30  3 changed',
    '            control-plane-init         ███████████████          1:00  1 changed',
    'k-worker-1  prerequisites       ░░░░░                           0:20  ok',
    '            worker-join                               ███████   0:30  failed',
    '',
    'What decided the time (2:00), one after the other:',
    '   0:30  prerequisites@k-master-1',
    '   1:00  control-plane-init@k-master-1',
    '   0:30  worker-join@k-worker-1',
  ])
})

test('never wider than the terminal', () => {
  for (const columns of [60, 80, 120, 200])
    for (const line of drawn(columns, true)) assert.ok(line.length < columns, `${columns}: ${line}`)
})

test('for logs, screen readers and very narrow terminals the same in words', () => {
  const words = [
    'node        phase               began  took  outcome',
    'k-master-1  prerequisites       0:00   0:30  3 changed',
    'k-worker-1  prerequisites       0:00   0:20  ok',
    'k-master-1  control-plane-init  0:30   1:00  1 changed',
    'k-worker-1  worker-join         1:30   0:30  failed',
  ]
  assert.deepEqual(drawn(80, false).slice(0, 5), words)
  assert.deepEqual(drawn(50, true).slice(0, 5), words)
})

test('what was never begun has no bar, and says so', () => {
  const { outcomes, measured } = run()
  const [last] = [...outcomes.keys()].slice(-1)
  assert.ok(last)
  outcomes.set(last, 'skipped')
  measured.delete(taskId(last))
  const paper = { columns: 80, bars: true, emphasis: (text: string) => text }
  const line = closingTable(outcomes, measured, needs, paper)[4] ?? ''
  assert.match(line, /^ +worker-join +skipped$/)
})
