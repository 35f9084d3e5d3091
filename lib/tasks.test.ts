import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlannedStep } from './events.ts'
import { exampleCluster, plainCluster, plainWithKubeVip } from './example-cluster.ts'
import type { Seen, Verdict } from './judgement.ts'
import type { Inspection } from './observed.ts'
import { clearStep, joinStep, type PhaseName } from './phases.ts'
import { needsCredentials, needsOf, type Task, taskId, tasksOf } from './tasks.ts'

const cluster = plainCluster()
const fresh: Verdict = {
  first: 'k-master-1',
  steward: 'k-master-1',
  version: '1.36.3',
  surplus: [],
  findings: [],
  proxyMode: 'nftables',
}
const ids = (tasks: readonly Task[]) => tasks.map(taskId)

const ok: PlannedStep = { step: 'Do it', outcome: 'ok' }
const open: PlannedStep = { step: 'Do it', outcome: 'would-change' }

type Plans = Readonly<Record<string, Partial<Record<PhaseName, readonly PlannedStep[]>>>>
const seenWith = (plans: Plans): Seen[] =>
  cluster.nodes.map((node) => {
    const inspection: Inspection = {
      plans: plans[node.name] ?? {},
      refusals: [],
      membership: 'none',
      observed: { kubernetesVersion: '1.36.3', nodes: [] },
    }
    return { node, inspection }
  })

const living = (...names: string[]): Verdict => ({
  ...fresh,
  first: undefined,
  living: {
    nodes: names.map((name) => ({
      name,
      address: '192.168.9.1',
      ready: true,
      controlPlane: name.startsWith('k-master'),
      kubeletVersion: '1.36.3',
    })),
    problems: [],
    caCertHash: '',
    joinSecretsLeft: false,
    settings: [],
  },
})

function find(tasks: readonly Task[], id: string): Task {
  const found = tasks.find((task) => taskId(task) === id)
  assert.ok(found, `no task ${id} among ${ids(tasks)}`)
  return found
}

test('a new cluster: one begins, the other control planes and the workers join', () => {
  const names = ids(tasksOf(cluster, fresh, []))
  assert.deepEqual(
    names.filter((name) => /init|join|settings/.test(name)),
    [
      'control-plane-init@k-master-1',
      'control-plane-join@k-master-2',
      'control-plane-join@k-master-3',
      'worker-join@k-worker-1',
      'node-settings@k-master-1',
    ],
  )
  assert.equal(names.length, 5 + 3 * 4, 'prerequisites, pod-network and pod-routes on every node')
})

test('a control plane that was wiped joins before one that is new', () => {
  const tasks = tasksOf(cluster, living('k-master-1', 'k-master-2'), seenWith({}))
  const before = needsOf(find(tasks, 'control-plane-join@k-master-3'), tasks)
  assert.deepEqual(
    before
      .filter(({ task }) => task.phase.name === 'control-plane-join')
      .map(({ task, until }) => [task.node.name, until]),
    [
      ['k-master-1', 'ended'],
      ['k-master-2', 'ended'],
    ],
  )
  const back = needsOf(find(tasks, 'control-plane-join@k-master-1'), tasks)
  assert.ok(!back.some(({ task }) => task.phase.name === 'control-plane-join'))
})

test('a living cluster is never begun again', () => {
  const names = ids(tasksOf(cluster, living('k-master-2'), []))
  assert.ok(!names.some((name) => name.startsWith('control-plane-init')))
  assert.ok(names.includes('control-plane-join@k-master-1'))
})

test('what was seen to be as wanted is nothing to do; what was not seen is to do', () => {
  const seen = seenWith({
    'k-master-1': { prerequisites: [ok, ok], 'pod-network': [] },
    'k-master-2': { prerequisites: [ok, open] },
    'k-master-3': { prerequisites: [ok, { step: 'x', outcome: 'unknown' }] },
  })
  const tasks = tasksOf(cluster, fresh, seen)
  const state = (id: string) => find(tasks, id).state
  assert.equal(state('prerequisites@k-master-1'), 'nothing to do')
  assert.equal(state('prerequisites@k-master-2'), 'to do')
  assert.equal(state('prerequisites@k-master-3'), 'to do')
  assert.equal(state('prerequisites@k-worker-1'), 'to do')
  assert.equal(state('pod-network@k-master-1'), 'nothing to do', 'no steps, but looked at')
})

test('what a selection does not name is left out, unless there is nothing to do anyway', () => {
  const selection = { nodes: ['k-worker-1'], phases: ['prerequisites', 'worker-join'] }
  const seen = seenWith({ 'k-master-2': { prerequisites: [ok] } })
  const tasks = tasksOf(cluster, fresh, seen, selection)
  assert.deepEqual(ids(tasks.filter(({ state }) => state === 'to do')), [
    'prerequisites@k-worker-1',
    'worker-join@k-worker-1',
  ])
  assert.equal(find(tasks, 'prerequisites@k-master-2').state, 'nothing to do')
  assert.equal(find(tasks, 'prerequisites@k-master-1').state, 'left out')
  assert.equal(find(tasks, 'pod-network@k-worker-1').state, 'left out')
})

test('a joining node gives every other node routes to set', () => {
  const joined: PlannedStep = { step: 'Run kubeadm join', outcome: 'ok' }
  const plans = {
    'k-master-1': { 'pod-routes': [ok], prerequisites: [ok], 'control-plane-join': [joined] },
    'k-master-2': { 'control-plane-join': [joined] },
    'k-master-3': { 'control-plane-join': [joined] },
  }
  const all = living('k-master-1', 'k-master-2', 'k-master-3')
  const grown = tasksOf(cluster, all, seenWith(plans))
  assert.equal(find(grown, 'pod-routes@k-master-1').state, 'to do')
  assert.equal(find(grown, 'prerequisites@k-master-1').state, 'nothing to do')
  const whole = { ...plans, 'k-worker-1': { 'worker-join': [joined] } }
  const settled = tasksOf(cluster, all, seenWith(whole))
  assert.equal(find(settled, 'pod-routes@k-master-1').state, 'nothing to do')
  const own = { ...cluster, podNetwork: { provider: 'none', manifests: ['cilium.yaml'] } } as const
  const foreign = tasksOf(own, all, seenWith(plans))
  assert.deepEqual(
    foreign.filter(({ phase }) => phase.name === 'pod-routes'),
    [],
    'routes are the second half of the bridge only',
  )
})

test('credentials are made only where kubeadm join itself is open', () => {
  const joined: PlannedStep = { step: 'Run kubeadm join', outcome: 'ok' }
  const seen = seenWith({
    'k-master-2': { 'control-plane-join': [joined, open] },
    'k-master-3': { 'control-plane-join': [{ ...joined, outcome: 'would-change' }] },
    'k-worker-1': { 'worker-join': [joined] },
  })
  const tasks = tasksOf(cluster, living('k-master-1', 'k-master-2', 'k-worker-1'), seen)
  assert.equal(needsCredentials(find(tasks, 'control-plane-join@k-master-2')), false)
  assert.equal(needsCredentials(find(tasks, 'control-plane-join@k-master-3')), true)
  assert.equal(needsCredentials(find(tasks, 'worker-join@k-worker-1')), false)
  assert.equal(needsCredentials(find(tasks, 'prerequisites@k-worker-1')), false)
  const unseen = tasksOf(cluster, fresh, [])
  assert.equal(needsCredentials(find(unseen, 'worker-join@k-worker-1')), true)
})

test('dependencies: on the same node, or on every node', () => {
  const tasks = tasksOf(cluster, fresh, [])
  const needs = (id: string) => ids(needsOf(find(tasks, id), tasks).map(({ task }) => task))
  assert.deepEqual(needs('prerequisites@k-master-1'), [])
  assert.deepEqual(needs('control-plane-init@k-master-1'), ['prerequisites@k-master-1'])
  assert.deepEqual(needs('worker-join@k-worker-1'), [
    'prerequisites@k-worker-1',
    'control-plane-init@k-master-1',
    'control-plane-join@k-master-2',
    'control-plane-join@k-master-3',
  ])
  assert.deepEqual(needs('pod-network@k-master-2'), ['control-plane-join@k-master-2'])
  assert.deepEqual(needs('pod-routes@k-master-1').length, 4)
})

test('kube-vip: after init on the first control plane, before anybody joins through the endpoint', () => {
  const tasks = tasksOf(plainWithKubeVip(), fresh, [])
  const needs = (id: string) => needsOf(find(tasks, id), tasks).map(({ task }) => taskId(task))
  assert.deepEqual(needs('kube-vip@k-master-1'), ['control-plane-init@k-master-1'])
  assert.deepEqual(needs('kube-vip@k-master-2'), ['control-plane-join@k-master-2'])
  assert.ok(needs('control-plane-join@k-master-2').includes('kube-vip@k-master-1'))
  assert.ok(needs('worker-join@k-worker-1').includes('kube-vip@k-master-1'))
  assert.ok(needs('pod-network@k-master-1').includes('kube-vip@k-master-1'))
  assert.ok(!ids(tasks).includes('kube-vip@k-worker-1'))
  assert.ok(!ids(tasksOf(cluster, fresh, [])).some((id) => id.startsWith('kube-vip@')))
})

test('Calico: asked for before the others join, waited for when they have joined or not', () => {
  const tasks = tasksOf(exampleCluster(), fresh, [])
  const needs = (id: string) =>
    needsOf(find(tasks, id), tasks).map(({ task, until }) => `${taskId(task)} ${until}`)
  assert.deepEqual(needs('calico@k-master-1'), [
    'control-plane-init@k-master-1 done',
    'kube-vip@k-master-1 done',
  ])
  // Who joins needs credentials from that node: nothing that takes long may hold it.
  assert.ok(!needs('control-plane-join@k-master-2').some((need) => need.startsWith('calico')))
  assert.deepEqual(needs('calico-ready@k-master-1'), [
    'calico@k-master-1 done',
    'control-plane-join@k-master-2 ended',
    'control-plane-join@k-master-3 ended',
    'worker-join@k-worker-1 ended',
  ])
  for (const node of ['k-master-1', 'k-worker-1']) {
    assert.ok(needs(`pod-network@${node}`).includes('calico@k-master-1 done'))
    assert.ok(needs(`pod-network@${node}`).includes('calico-ready@k-master-1 ended'))
  }
  assert.deepEqual(
    ids(tasks).filter((id) => id.startsWith('pod-routes')),
    [],
  )
  assert.ok(!ids(tasksOf(cluster, fresh, [])).some((id) => id.startsWith('calico')))
})

/** Tasks that could never begin, since they wait for each other. */
function inCircle(tasks: readonly Task[]): readonly string[] {
  const done = new Set<Task>()
  for (let before = -1; before < done.size; ) {
    before = done.size
    for (const task of tasks)
      if (needsOf(task, tasks).every((need) => done.has(need.task))) done.add(task)
  }
  return ids(tasks.filter((task) => !done.has(task)))
}

test('kube-vip in a living cluster: nobody waits for somebody who waits for it', () => {
  const verdict = { ...living('k-master-1', 'k-master-2', 'k-master-3'), steward: 'k-master-2' }
  assert.deepEqual(inCircle(tasksOf(plainWithKubeVip(), verdict, [])), [])
  // One was reset and comes back; the others are members, and wait for nobody.
  const member = { 'control-plane-join': [{ step: joinStep, outcome: 'ok' as const }] }
  const wiped = { 'control-plane-join': [{ step: joinStep, outcome: 'would-change' as const }] }
  const plans = { 'k-master-1': wiped, 'k-master-2': member, 'k-master-3': member }
  for (const cluster of [plainWithKubeVip(), exampleCluster()]) {
    const tasks = tasksOf(cluster, verdict, seenWith(plans))
    assert.equal(find(tasks, 'control-plane-join@k-master-1').returns, true)
    assert.deepEqual(inCircle(tasks), [])
  }
})

test('after a half join is cleared what stood in the manifests folder is placed again', () => {
  const { tasks } = halfJoined('would-change')
  assert.equal(find(tasks, 'pod-network@k-master-2').state, 'to do')
  assert.equal(find(tasks, 'pod-network@k-master-3').state, 'nothing to do')
  const whole = halfJoined('ok').tasks
  assert.equal(find(whole, 'pod-network@k-master-2').state, 'nothing to do')
})

/** @param outcome of the step of k-master-2 that would clear a half join */
function halfJoined(outcome: PlannedStep['outcome']) {
  const clearing: PlannedStep = { step: `${clearStep} join`, outcome }
  const network = { 'pod-network': [ok] }
  const plans: Plans = {
    'k-master-2': { 'control-plane-join': [clearing], ...network },
    'k-master-3': network,
  }
  return { tasks: tasksOf(cluster, living('k-master-1'), seenWith(plans)) }
}
