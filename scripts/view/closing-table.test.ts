import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { taskId, tasksOf } from '../../lib/tasks.ts'
import type { Outcome } from '../schedule.ts'
import { closingTable } from './closing-table.ts'

test('a row a node, a column a phase, in the order of the story', () => {
  const who = {
    first: 'k-master-1',
    steward: 'k-master-1',
    version: '1.36.3',
    surplus: [],
    findings: [],
    proxyMode: 'nftables' as const,
  }
  const phases = ['worker-join', 'prerequisites', 'control-plane-init']
  const tasks = tasksOf(plainCluster(), who, [], {
    nodes: ['k-master-1', 'k-worker-1'],
    phases,
  }).filter(({ state }) => state !== 'left out')
  const outcomes = new Map<(typeof tasks)[number], Outcome>(tasks.map((task) => [task, 'done']))
  for (const task of tasks)
    if (task.phase.name === 'control-plane-init') outcomes.set(task, 'failed')
  for (const task of tasks) if (task.phase.name === 'worker-join') outcomes.set(task, 'skipped')
  const measured = new Map(
    tasks
      .filter((task) => taskId(task) === 'prerequisites@k-master-1')
      .map((task) => [taskId(task), { ms: 12_345, changed: 3 }]),
  )
  assert.deepEqual(closingTable(outcomes, measured), [
    '            prerequisites  control-plane-init  worker-join',
    'k-master-1         12.3 s              failed',
    'k-worker-1             ok                          skipped',
  ])
})

test('nothing that was done is an empty table', () => {
  assert.deepEqual(closingTable(new Map(), new Map()), [''])
})
