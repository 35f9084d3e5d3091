import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exampleCluster, plainCluster } from '../example-cluster.ts'
import { speak } from '../texts/told.ts'
import { notRun, runReport } from './model.ts'
import { reportPage } from './page.ts'
import { parseRecords, pictured, type RunRecord, type RunRecordBody } from './record.ts'

declare const __ROOT__: string

/** Of a real run in the lab: one control plane, one worker; of long outputs the beginning. */
const recorded = parseRecords(readFileSync(join(__ROOT__, 'test/run-of-the-lab.jsonl'), 'utf8'))
const page = reportPage(recorded)

let second = 0
const record = (body: RunRecordBody): RunRecord => {
  second += 1
  return { at: new Date(1_700_000_000_000 + second * 1000).toISOString(), ...body }
}
const begun = () => record({ kind: 'run', verb: 'up', cluster: pictured(plainCluster()) })
const where = { node: 'k-master-1', phase: 'prerequisites' }
const event = (body: Record<string, unknown>) =>
  record({ kind: 'event', ...where, event: { run: 'x', seq: 0, at: '', ...body } as never })
const task = (
  phase: string,
  state: 'to do' | 'nothing to do' | 'left out',
  needs: string[] = [],
) => ({
  ...{ node: 'k-master-1', phase, title: phase, state, needs, atOnce: 1 },
  steps: [{ step: 'Look', outcome: 'ok', because: 'it is so' } as const],
})

test('a recorded run: nodes, phases, steps with reason, command and difference', () => {
  const report = runReport(recorded)
  assert.ok(report)
  assert.equal(report.outcome, 'done')
  assert.equal(report.works.filter(({ phase }) => phase === 'prerequisites').length, 2)
  for (const { name, address } of report.cluster.nodes)
    assert.ok(page.includes(`${name}<`) && page.includes(address))
  const steps = report.works.flatMap((work) => work.steps)
  const changed = steps.filter(({ outcome }) => outcome === 'changed')
  assert.ok(changed.length > 20, `${changed.length}`)
  for (const { title, why } of changed) assert.ok(why && why.length > 10, title)
  assert.match(page, /<span class="command">\$ kubeadm init /)
  assert.match(page, /<span class="found">- .*<\/span>\n<span class="wanted">\+ /)
})

test('it asks nobody for anything', () => {
  assert.doesNotMatch(page, /\s(?:src|href)="(?!data:,")/)
  assert.doesNotMatch(page, /@import|url\(/)
})

test('no secret is in it, nor in what it is made from', () => {
  for (const text of [page, JSON.stringify(recorded)]) {
    assert.doesNotMatch(text, /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/, 'a bootstrap token')
    assert.doesNotMatch(text, /PRIVATE KEY|client-key-data/)
    assert.doesNotMatch(text, /(?<!sha256:|SHA256:)\b[0-9a-f]{64}\b/, 'a certificate key')
  }
})

test('whatever a node says stays text', () => {
  const evil = `</pre><script>alert(1)</script>"'&\u0001`
  const text = reportPage([
    begun(),
    record({ kind: 'task-started', ...where }),
    event({ kind: 'step-started', step: evil, why: evil, index: 0, of: 1 }),
    event({ kind: 'command', text: evil }),
    event({
      kind: 'step-finished',
      step: evil,
      outcome: 'changed',
      found: evil,
      wanted: evil,
      ms: 1,
    }),
    record({ kind: 'said', line: evil }),
    record({ kind: 'run-ended', outcome: 'failed', error: evil }),
  ])
  assert.equal(text.split('<script>').length, 2, 'only our own')
  assert.ok(text.includes('&lt;script&gt;alert(1)'))
  assert.ok(!text.includes('\u0001'))
})

test('a step that failed is open, with its error and what to do', () => {
  const error = {
    id: 'KS-X',
    exit: 'phaseFailed',
    what: 'it broke',
    lines: ['why'],
    remedy: 'mend it',
  }
  const text = reportPage([
    begun(),
    record({ kind: 'plan', version: '1.36.3', tasks: [task('prerequisites', 'to do')] }),
    record({ kind: 'task-started', ...where }),
    event({ kind: 'step-started', step: 'Install', why: 'so', index: 0, of: 1 }),
    event({ kind: 'error', error }),
    record({ kind: 'task-ended', ...where, outcome: 'failed' }),
    record({ kind: 'run-ended', outcome: 'failed' }),
  ])
  assert.match(text, /<details open>\n<summary><b>k-master-1<\/b> prerequisites/)
  assert.match(text, /<details open>\n<summary>Install <span class="failed">failed/)
  assert.match(text, /it broke[\s\S]*why[\s\S]*next: mend it/)
})

test('what did not run says why', () => {
  const report = runReport([
    begun(),
    record({
      kind: 'plan',
      version: '1.36.3',
      tasks: [
        task('prerequisites', 'nothing to do'),
        task('kube-vip', 'left out'),
        task('control-plane-init', 'to do'),
        task('pod-network', 'to do', ['control-plane-init@k-master-1']),
      ],
    }),
  ])
  assert.ok(report)
  assert.equal(report.outcome, 'unfinished')
  assert.deepEqual(
    notRun(report).map(({ because }) => because),
    [
      'all 1 steps were seen to be as wanted',
      'left out by --nodes or --only',
      'the run ended before it began',
      'control-plane-init@k-master-1 is not done',
    ],
  )
})

test('a record that was cut off, and one without a beginning', () => {
  const cut = parseRecords(`${JSON.stringify(begun())}\n{"at":"2026-`)
  assert.equal(cut.length, 1)
  assert.match(reportPage(cut), /cut off/)
  assert.match(reportPage([]), /wrote down nothing/)
})

test('the picture has every node of a large cluster, also of one with kube-vip', () => {
  const { nodes } = exampleCluster()
  const many = Array.from({ length: 9 }, (_, index) => ({
    ...(nodes[3] as (typeof nodes)[number]),
    name: `k-worker-${index}`,
  }))
  const cluster = pictured({ ...exampleCluster(), nodes: [...nodes.slice(0, 3), ...many] })
  const text = reportPage([record({ kind: 'run', verb: 'up', cluster })])
  for (const { name } of cluster.nodes) assert.ok(text.includes(`>${name}</text>`), name)
  assert.match(text, /virtual IP/)
})

test('in Spanish no heading, reason or remark of the page is left in English', () => {
  const sentences = (text: string) =>
    [...text.matchAll(/<(h2|p|li|button|summary)\b[^>]*>([\s\S]*?)<\/\1>/g)]
      .map(([, , inner = '']) => inner.replace(/<[^>]*>/g, '').trim())
      .filter((sentence) => /[a-z]{2} [a-z]{2}/.test(sentence) && !/^kubestrap up, /.test(sentence))
  speak('es')
  const spanish = reportPage(recorded)
  speak('en')
  assert.match(spanish, /<html lang="es">/)
  const english = new Set(sentences(page))
  assert.ok(english.size > 100, `${english.size}`)
  assert.deepEqual(
    sentences(spanish).filter((sentence) => english.has(sentence)),
    [],
  )
})
