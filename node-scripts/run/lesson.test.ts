import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phase as controlPlaneInit } from '../control-plane-init.ts'
import { phase as podNetwork } from '../pod-network.ts'
import { phase as podRoutes } from '../pod-routes.ts'
import { phase as prerequisites } from '../prerequisites.ts'
import { parseArguments } from './arguments.ts'
import { lessonOf } from './lesson.ts'

const example = parseArguments(['--explain', '--json'])

test('a lesson holds the steps of every role, each with its nodes', async () => {
  const { nodes, steps } = await lessonOf(prerequisites, example)
  const nodesWith = (file: string) => steps.find(({ writes }) => writes.includes(file))?.nodes
  assert.ok(nodes.length > 1)
  assert.deepEqual(nodesWith('/etc/sysctl.d/90-kubestrap.conf'), nodes)
  const audit = nodesWith('/etc/kubernetes/kubestrap/audit-policy.yaml') ?? []
  assert.ok(audit.length > 0 && audit.length < nodes.length, 'of control planes only')
})

test('with --node it is of that one', async () => {
  const { nodes } = await lessonOf(prerequisites, { ...example, node: 'k-worker-1' })
  assert.deepEqual(nodes, ['k-worker-1'])
})

for (const phase of [prerequisites, controlPlaneInit, podNetwork, podRoutes])
  test(`${phase.name}: every step that leaves a file with our first line names the file`, async () => {
    const { steps } = await lessonOf(phase, example)
    assert.ok(steps.length > 0)
    const silent = steps.filter(
      ({ commands, writes }) => commands.includes('Written by kubestrap') && writes.length === 0,
    )
    assert.deepEqual(
      silent.map(({ title }) => title),
      [],
    )
  })
