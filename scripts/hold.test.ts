import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ClusterNode } from '../lib/cluster.ts'
import type { KubestrapError } from '../lib/errors.ts'
import { plainCluster } from '../lib/example-cluster.ts'
import { lineReader } from '../lib/text.ts'
import { failure } from '../test/failure.ts'
import { holds } from './hold.ts'
import type { Connections, Talk } from './ssh.ts'

declare const __ROOT__: string

const [node] = plainCluster().nodes as [ClusterNode]
const script = readFileSync(join(__ROOT__, 'node-scripts/run/hold.sh'), 'utf8')

/** A node whose commands run on this computer, by a real shell, in a folder of its own. */
function machine(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-hold-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const read = () => script.replace('folder=/run/kubestrap', `folder=${folder}`)
  return { read, trace: join(folder, 'orchestrator') }
}

/** An orchestrator; it connects anew when it is `awake`; `crash` ends its connections as a killed process would. */
function orchestrator(t: TestContext, read: () => string, awake = Promise.resolve()) {
  const printed: string[] = []
  const lost: KubestrapError[] = []
  const children: ReturnType<typeof spawn>[] = []
  const talk = (_: ClusterNode, command: string, onLine: (line: string) => void): Talk => {
    const child = spawn('/bin/sh', ['-c', command.replace('sudo -n -- ', '')])
    children.push(child)
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', lineReader(onLine).push)
    return {
      send: (text) => void child.stdin.write(text),
      end: () => void child.stdin.end(),
      ended: new Promise((resolve) => child.on('close', () => resolve(''))),
    }
  }
  const held = holds({
    ssh: { talk, open: () => awake } as unknown as Connections,
    bundles: { folder: '', hash: '', read },
    verb: 'up',
    print: (line) => printed.push(line),
    onLost: (error) => lost.push(error),
  })
  const crash = () => children.at(-1)?.stdin?.end()
  t.after(() => held.release())
  return { ...held, printed, lost, crash }
}

test('the second one is told who holds the node, and gets it when the first lets go', async (t) => {
  const { read, trace } = machine(t)
  const [first, second] = [orchestrator(t, read), orchestrator(t, read)]
  await first.take(node)
  await first.take(node) // once more costs nothing
  const error = await failure(second.take(node))
  assert.equal(error.details.id, 'KS-HELD')
  assert.equal(error.exitCode, 14)
  assert.match(error.message, new RegExp(`kubestrap up of \\S+ \\(process ${process.pid}\\) works`))
  await first.release()
  assert.equal(existsSync(trace), false, 'an orderly end leaves nothing')
  const third = orchestrator(t, read)
  await third.take(node)
  assert.deepEqual(third.printed, [])
})

test('a cut connection is taken up again, and nobody comes in between', async (t) => {
  const { read } = machine(t)
  const [first, second] = [orchestrator(t, read), orchestrator(t, read)]
  await first.take(node)
  const dead = first.release
  first.crash()
  // Only the connection was cut: it comes back, finds the lock free and takes it again.
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.deepEqual(first.lost, [])
  assert.deepEqual(first.printed, [], 'it says nothing about itself')
  await failure(second.take(node))
  await dead()
})

test('a broken connection of its own that still holds the node is waited for', async (t) => {
  const { read, trace } = machine(t)
  let wake = () => {}
  const away = new Promise<void>((resolve) => {
    wake = resolve
  })
  const one = orchestrator(t, read, away)
  await one.take(node)
  // Gets the lock when the connection breaks, in whose name the trace says: this orchestrator's.
  const ghost = spawn('flock', [`${trace}.lock`, 'sleep', '3'])
  const letGo = new Promise((resolve) => ghost.on('close', resolve))
  one.crash()
  await new Promise((resolve) => setTimeout(resolve, 200))
  wake()
  await letGo
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.deepEqual(one.lost, [])
  assert.deepEqual(one.printed, [])
  const error = await failure(orchestrator(t, read).take(node))
  assert.equal(error.details.id, 'KS-HELD', 'it holds the node again')
})

test('somebody else was quicker while this computer slept: nothing more is begun', async (t) => {
  const { read } = machine(t)
  let wake = () => {}
  const asleep = new Promise<void>((resolve) => {
    wake = resolve
  })
  const [first, second] = [orchestrator(t, read, asleep), orchestrator(t, read)]
  await first.take(node)
  first.crash()
  await second.take(node)
  wake()
  assert.match(second.printed.join(), /kubestrap up of .* ended without a word/)
  const began = Date.now()
  while (first.lost.length === 0 && Date.now() - began < 5_000) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.equal(first.lost[0]?.details.id, 'KS-HOLD-LOST')
  const error = await failure(first.stands(node))
  assert.equal(error.details.id, 'KS-HOLD-LOST', 'and is not begun by whoever asks before')
})

test('after a long sleep the node is asked whether it is still ours, before anything is begun', async (t) => {
  const { read } = machine(t)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  let wake = () => {}
  const asleep = new Promise<void>((resolve) => {
    wake = resolve
  })
  const [first, second] = [orchestrator(t, read, asleep), orchestrator(t, read)]
  await first.take(node)
  t.mock.timers.tick(3_600_000)
  await first.stands(node) // the lock held all the same: the node answers
  t.mock.timers.tick(3_600_000)
  first.crash()
  await second.take(node)
  const stands = failure(first.stands(node))
  wake()
  assert.equal((await stands).details.id, 'KS-HOLD-LOST')
})
