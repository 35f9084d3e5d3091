import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { parseRecords, pictured } from '../lib/report/record.ts'
import { isRecorded, openRecorder, recordedView, writeReport } from './recorder.ts'
import { reserveTranscript, writeTranscript } from './transcript-file.ts'
import { plainView } from './view/plain-view.ts'

const [node] = plainCluster().nodes
assert.ok(node)

test('what the view is told is written down, for its owner only, and becomes a report', (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'ks-test-')), 'run')
  t.after(() => rmSync(folder, { recursive: true }))
  assert.ok(!isRecorded(folder))
  const recorder = openRecorder(folder)
  recorder.note({ kind: 'run', verb: 'up', cluster: pictured(plainCluster()) })
  const lines: string[] = []
  const view = recordedView(
    plainView((line) => lines.push(line), ['k-master-1']),
    recorder,
  )
  t.after(view.close)
  view.print('hello')
  view.started(node, 'prerequisites')
  view.event(node, 'prerequisites', { run: 'x', seq: 0, at: '', kind: 'notice', text: 'careful' })
  view.finished(node, 'prerequisites', '1 changed', 5)
  assert.equal(lines.length, 4, 'and the person sees it as well')
  const records = parseRecords(readFileSync(join(folder, 'events.jsonl'), 'utf8'))
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ['run', 'said', 'task-started', 'event', 'task-ended'],
  )
  assert.ok(isRecorded(folder))
  const page = writeReport(folder)
  assert.match(readFileSync(page, 'utf8'), /careful/)
  for (const file of [page, join(folder, 'events.jsonl')])
    assert.equal(statSync(file).mode & 0o777, 0o600, file)
  const lesson = join(folder, 'lesson.md')
  reserveTranscript(lesson)
  assert.equal(statSync(lesson).mode & 0o777, 0o600, 'from its creation')
  assert.throws(() => reserveTranscript(lesson), /is not overwritten/)
  assert.throws(() => reserveTranscript(join(folder, 'none/lesson.md')), /cannot be written/)
  writeTranscript(folder, lesson)
  assert.match(readFileSync(lesson, 'utf8'), /# careful/)
  assert.equal(statSync(lesson).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
})
