import { equal, ok } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { boundedFile } from './bounded-file.ts'
import { nodeLogs } from './node-logs.ts'
import { openRecorder } from './recorder.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-bounded-'))
after(() => rmSync(folder, { recursive: true }))

test('lines are appended up to the size; then one says that more is left out', () => {
  const path = join(folder, 'new/log')
  const append = boundedFile(path, 20, 'left out')
  for (const line of ['0123456789', 'abc', 'too much', 'x', 'y']) append(line)
  equal(readFileSync(path, 'utf8'), '0123456789\nabc\nleft out\n')
  equal(statSync(path).mode & 0o777, 0o600)
})

const [node] = plainCluster().nodes
ok(node)
const long = 'x'.repeat(500)

test('the log of a node that prints without end stays small', () => {
  const logs = nodeLogs(join(folder, 'logs'))
  for (let lines = 0; lines < 60_000; lines += 1) logs.noise(node, long)
  const path = logs.pathOf(node.name)
  ok(statSync(path).size < 17 * 2 ** 20, `${statSync(path).size}`)
  ok(readFileSync(path, 'utf8').endsWith('left out\n'))
})

test('so does the record of a run, and how it ended is in it all the same', () => {
  const { note } = openRecorder(join(folder, 'run'))
  const event = { run: 'r', seq: 0, at: '', kind: 'output', line: long } as const
  for (let events = 0; events < 130_000; events += 1)
    note({ kind: 'event', node: node.name, phase: 'prerequisites', event })
  note({ kind: 'run-ended', outcome: 'failed' })
  const path = join(folder, 'run/events.jsonl')
  ok(statSync(path).size < 65 * 2 ** 20, `${statSync(path).size}`)
  ok(readFileSync(path, 'utf8').slice(-200).includes('"run-ended"'))
})
