import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { type Task, tasksOf } from '../lib/tasks.ts'
import { planText } from './plan-text.ts'

const cluster = plainCluster()
// About a bare address there would be a note.
const named = { ...cluster, endpoint: { ...cluster.endpoint, name: 'k8s.example.org' } }
const who = { first: 'k-master-1', version: '1.36.3', surplus: [], findings: [] }
const verdict = { ...who, steward: 'k-master-1', proxyMode: 'nftables' as const }

/** Nothing to do anywhere; on these nodes a check found something worth knowing. */
const wellBut = (notes: Readonly<Record<string, string>>): readonly Task[] =>
  tasksOf(cluster, verdict, [], { phases: ['prerequisites'] }).map((task) => {
    const note = task.phase.name === 'prerequisites' ? notes[task.node.name] : undefined
    const step = { step: 'Fetch the key', outcome: 'ok', ...(note ? { note } : {}) } as const
    return { ...task, state: 'nothing to do', steps: [step] }
  })

test('the same note of several nodes is one line, and all is not said to be well', () => {
  const ends = 'the key expires on 2026-12-29'
  const lines = planText(named, verdict, wellBut({ 'k-master-1': ends, 'k-worker-1': ends }))
  assert.deepEqual(lines.slice(1), [
    `note: k-master-1, k-worker-1: ${ends}`,
    'Nothing to do: but see the notes.',
  ])
})

test('without notes every node is as the file wants it', () => {
  assert.deepEqual(planText(named, verdict, wellBut({})).slice(1), [
    'Nothing to do: every node is as the file wants it.',
  ])
})

test('a node that takes no new pods is named: a reset may have been interrupted', () => {
  const nodes = cluster.nodes.map(({ name, address, role }) => ({
    ...{ name, address, ready: true, controlPlane: role === 'control-plane' },
    ...{ kubeletVersion: '1.36.3', ...(name === 'k-worker-1' ? { cordoned: true as const } : {}) },
  }))
  const living = { nodes, problems: [], settings: [], caCertHash: 'x', joinSecretsLeft: false }
  const lines = planText(named, { ...verdict, living }, wellBut({}))
  assert.match(lines[1] ?? '', /^note: k-worker-1 is cordoned .* kubectl uncordon k-worker-1$/)
  assert.equal(lines[2], 'Nothing to do: but see the notes.')
})

test('before a cluster is begun: what is better decided now than later', () => {
  const notes = (more: object) =>
    planText({ ...cluster, ...more }, verdict, []).filter((line) => line.startsWith('note: '))
  const [bare = '', ...others] = notes({ selinux: 'enforcing', runtime: 'cri-o' })
  assert.match(bare, /endpoint\.name is recommended: .*192\.168\.9\.120/)
  assert.deepEqual(others, [])
  const [one = ''] = notes({ ...named, selinux: 'enforcing', runtime: 'containerd' })
  assert.match(one, /selinux: enforcing goes with runtime: cri-o/)
})
