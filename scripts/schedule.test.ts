import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { joinStep, phases } from '../lib/phases.ts'
import { needsOf, type Task, taskId, tasksOf } from '../lib/tasks.ts'
import { type Outcome, runSchedule } from './schedule.ts'

const verdict = {
  first: 'k-master-1',
  steward: 'k-master-1',
  version: '1.36.3',
  surplus: [],
  findings: [],
  proxyMode: 'nftables' as const,
}
const story = tasksOf(plainCluster(), verdict, [])

/** Runs a schedule and writes down who worked when; a turn of the event loop is one unit of work. */
async function rehearse(tasks: readonly Task[], failing: readonly string[] = []) {
  const log: string[] = []
  const atOnce = new Map<string, number>()
  const busy = new Map<string, number>()
  const told: string[] = []
  const outcomes = await runSchedule({
    tasks,
    async run(task) {
      const { name } = task.phase
      log.push(`> ${taskId(task)}`)
      busy.set(name, (busy.get(name) ?? 0) + 1)
      atOnce.set(name, Math.max(atOnce.get(name) ?? 0, busy.get(name) ?? 0))
      await new Promise((resolve) => setImmediate(resolve))
      busy.set(name, (busy.get(name) ?? 0) - 1)
      log.push(`< ${taskId(task)}`)
      if (failing.includes(taskId(task))) throw new Error(`no ${taskId(task)}`)
    },
    onFailed: (task, error) => told.push(`${taskId(task)}: ${(error as Error).message}`),
    onSkipped: (task, because) => told.push(`${taskId(task)} skipped for ${taskId(because)}`),
  })
  const by = (outcome: Outcome) =>
    [...outcomes].filter(([, is]) => is === outcome).map(([task]) => taskId(task))
  return { log, atOnce, told, outcomes, by }
}

test('every task is done once, after all it needs', async () => {
  const { log, by } = await rehearse(story)
  assert.equal(by('done').length, story.length)
  for (const task of story) {
    const begun = log.indexOf(`> ${taskId(task)}`)
    assert.equal(log.lastIndexOf(`> ${taskId(task)}`), begun, `${taskId(task)} ran once`)
    for (const { task: before } of needsOf(task, story))
      assert.ok(log.indexOf(`< ${taskId(before)}`) < begun, `${taskId(before)} before it`)
  }
})

test('control planes join one at a time', async () => {
  const { atOnce } = await rehearse(story)
  assert.equal(atOnce.get('control-plane-join'), 1)
  assert.equal(atOnce.get('prerequisites'), 4)
  for (const { name, atOnce: limit } of phases) assert.ok((atOnce.get(name) ?? 0) <= limit)
})

test('the first control plane goes on while a slower node still installs', async () => {
  const slow = story.find((task) => taskId(task) === 'prerequisites@k-worker-1')
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const done: string[] = []
  await runSchedule({
    tasks: story,
    async run(task) {
      if (task === slow) await held
      done.push(taskId(task))
      if (taskId(task) === 'control-plane-join@k-master-3') release()
    },
    onFailed: (task, error) => assert.fail(`${taskId(task)}: ${error}`),
    onSkipped: (task) => assert.fail(`${taskId(task)} was skipped`),
  })
  const at = (id: string) => done.indexOf(id)
  assert.ok(at('control-plane-join@k-master-3') < at('prerequisites@k-worker-1'))
})

test('a failure skips those that need it, and its siblings finish', async () => {
  const { by, told } = await rehearse(story, ['prerequisites@k-master-2'])
  assert.deepEqual(by('failed'), ['prerequisites@k-master-2'])
  assert.ok(by('done').includes('control-plane-init@k-master-1'))
  assert.ok(by('done').includes('control-plane-join@k-master-3'))
  assert.ok(by('done').includes('pod-network@k-master-1'))
  assert.deepEqual(by('skipped').sort(), [
    'control-plane-join@k-master-2',
    'pod-network@k-master-2',
    'pod-network@k-worker-1',
    'pod-routes@k-master-2',
    'pod-routes@k-worker-1',
    'worker-join@k-worker-1',
  ])
  // One broken node must not cost the others their routes.
  assert.ok(by('done').includes('pod-routes@k-master-1'))
  assert.ok(by('done').includes('node-settings@k-master-1'))
  assert.equal(told[0], 'prerequisites@k-master-2: no prerequisites@k-master-2')
  assert.ok(told.includes('control-plane-join@k-master-2 skipped for prerequisites@k-master-2'))
})

test('a task that throws before its first await has failed as well', async () => {
  const tasks = story.slice(0, 2)
  const outcomes = await runSchedule({
    tasks,
    run: () => Promise.reject(new Error('at once')),
    onFailed: () => undefined,
    onSkipped: () => undefined,
  })
  assert.deepEqual([...outcomes.values()], ['failed', 'failed'])
})

test('tasks with nothing to do take no slot and are not run', async () => {
  const tasks = story.map((task) =>
    taskId(task) === 'control-plane-join@k-master-3'
      ? task
      : { ...task, state: 'nothing to do' as const },
  )
  const { log, by } = await rehearse(tasks)
  assert.deepEqual(log, ['> control-plane-join@k-master-3', '< control-plane-join@k-master-3'])
  assert.equal(by('done').length, story.length)
})

test('a task with nothing to do passes by one that holds the only slot', async () => {
  const joins = story.filter(({ phase }) => phase.name === 'control-plane-join')
  const [first, second] = joins
  assert.ok(first && second)
  const idle = { ...second, state: 'nothing to do' as const }
  const after = story.find((task) => taskId(task) === 'pod-network@k-master-3')
  assert.ok(after)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await runSchedule({
    tasks: [first, idle, after],
    async run(task) {
      if (task === first)
        await held // comes to an end only when `after` was begun meanwhile
      else release()
    },
    onFailed: (task, error) => assert.fail(`${taskId(task)}: ${error}`),
    onSkipped: (task) => assert.fail(`${taskId(task)} was skipped`),
  })
})

test('what was left out is not run, and neither is what needs it', async () => {
  const tasks = story.map((task) =>
    taskId(task) === 'control-plane-init@k-master-1'
      ? { ...task, state: 'left out' as const }
      : task,
  )
  const { by, log } = await rehearse(tasks)
  assert.ok(!log.some((line) => line.includes('control-plane-init')))
  assert.equal(by('done').length, 4, 'the prerequisites')
  assert.equal(by('skipped').length, story.length - 4)
})

test('when it is stopped nothing more is begun, and what runs is not waited for', async () => {
  const stop = new AbortController()
  const begun: string[] = []
  const outcomes = await runSchedule({
    tasks: story,
    run(task) {
      begun.push(taskId(task))
      if (begun.length === 4) stop.abort()
      return new Promise(() => undefined)
    },
    onFailed: (task, error) => assert.fail(`${taskId(task)}: ${error}`),
    onSkipped: (task) => assert.fail(`${taskId(task)} was skipped`),
    stopped: stop.signal,
  })
  assert.equal(begun.length, 4)
  assert.equal(outcomes.size, 0)
})

test('nothing to run is an end', async () => {
  assert.equal((await rehearse([])).outcomes.size, 0)
})

test('a node that has joined long ago does not suffer for another that fails to join', async () => {
  const joined = story.map((task) =>
    taskId(task) === 'worker-join@k-worker-1' ? { ...task, state: 'nothing to do' as const } : task,
  )
  const { by } = await rehearse(joined, ['control-plane-join@k-master-3'])
  assert.ok(by('done').includes('pod-network@k-worker-1'))
  assert.ok(by('skipped').includes('pod-network@k-master-3'))
})

test('tasks that wait for each other end the run with their names, and not the computer', async () => {
  const [one] = story
  assert.ok(one)
  const after = [{ phase: 'prerequisites', where: 'same node' }] as const
  const itself = { ...one, phase: { ...one.phase, after } }
  await assert.rejects(rehearse([itself]), /wait for each other: prerequisites@k-master-1$/)
})

test('members that wait until they are well wait together; joins stay one at a time', async () => {
  const joins = story.filter(({ phase }) => phase.name === 'control-plane-join')
  const member = [{ step: joinStep, outcome: 'ok' }] as Task['steps']
  const waiting = joins.map((task) => ({ ...task, steps: member }))
  assert.equal((await rehearse(waiting)).atOnce.get('control-plane-join'), joins.length)
  assert.equal((await rehearse(joins)).atOnce.get('control-plane-join'), 1)
})
