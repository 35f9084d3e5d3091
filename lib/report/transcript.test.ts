import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { plainCluster } from '../example-cluster.ts'
import { speak } from '../texts/told.ts'
import { parseRecords, pictured, type RunRecord, type RunRecordBody } from './record.ts'
import { transcript } from './transcript.ts'

declare const __ROOT__: string

const recorded = parseRecords(readFileSync(join(__ROOT__, 'test/run-of-the-lab.jsonl'), 'utf8'))

test('a real run: phases and nodes, steps with reason, commands, output and times', () => {
  const text = transcript(recorded)
  assert.match(
    text,
    /^# \S+: kubestrap up\n\n- Begun \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, took \d+:\d\d /,
  )
  assert.match(text, /^## control-plane-init on k-master-1$/m)
  assert.match(text, /^### Run kubeadm init\n\n.+\n\nchanged in \d+\.\d s\n/m)
  assert.match(text, /^\$ kubeadm init --config /m)
  assert.match(text, /^From |From \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC/m)
})

let second = 0
const record = (body: RunRecordBody): RunRecord => {
  second += 1
  return { at: new Date(1_700_000_000_000 + second * 1000).toISOString(), ...body }
}
const where = { node: 'k-master-1', phase: 'prerequisites' }
const event = (body: Record<string, unknown>) =>
  record({ kind: 'event', ...where, event: { run: 'x', seq: 0, at: '', ...body } as never })
const begun = () => record({ kind: 'run', verb: 'up', cluster: pictured(plainCluster()) })

test('a run that was cut off is told as far as it came', () => {
  const text = transcript([
    begun(),
    record({ kind: 'task-started', ...where }),
    event({ kind: 'step-started', step: 'Switch swap off', why: 'memory', index: 0, of: 2 }),
    event({ kind: 'command', text: 'swapoff --all' }),
  ])
  assert.match(text, /Its end is not known/)
  assert.match(
    text,
    /### Switch swap off\n\nmemory\n\nnot finished\n\n```text\n\$ swapoff --all\n```/,
  )
  assert.equal(transcript([]), '# kubestrap up\n\nThis run wrote down nothing.\n')
})

test('what a node prints ends no block and makes no markup', () => {
  const text = transcript([
    begun(),
    record({ kind: 'task-started', ...where }),
    event({ kind: 'step-started', step: '<script>x</script>', why: 'a\n# b', index: 0, of: 1 }),
    event({ kind: 'output', line: '```` <b>' }),
    event({ kind: 'step-finished', step: 'x', outcome: 'changed', ms: 1500 }),
  ])
  assert.match(text, /^`{5}text\n```` <b>\n`{5}$/m)
  assert.ok(!/^[^`]*[^\\]<script/m.test(text.replace(/`{5}[\s\S]*?`{5}/g, '')), text)
  assert.ok(!/^# b/m.test(text))
  assert.match(text, /changed in 1\.5 s/)
})

test('in Spanish the frame, titles and reasons are; what was printed is not', () => {
  speak('es')
  try {
    const text = transcript(recorded)
    assert.match(text, /^- Acabó bien; \d+ pasos cambiaron algo$/m)
    assert.match(text, /^## control-plane-init en k-master-1$/m)
    assert.match(text, /^### Ejecuta kubeadm init\n\nSu configuración va en un archivo/m)
    assert.match(text, /^cambió en \d+\.\d s$/m)
    assert.match(text, /^\$ kubeadm init --config /m)
  } finally {
    speak('en')
  }
})
