import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../example-cluster.ts'
import { pictured } from '../report/record.ts'
import type { Lesson } from './lesson.ts'
import { lessonsPage } from './page.ts'

const lesson = (phase: string, nodes: readonly string[]): Lesson => ({
  ...{ phase, nodes, title: `Title of ${phase}`, about: 'About it.' },
  steps: [
    { title: 'Write <it>', why: 'a & b', commands: 'cat <<EOF', writes: ['/etc/x'], nodes },
    { title: 'Look', why: 'because', commands: '', writes: [], nodes: nodes.slice(0, 1) },
  ],
})
const page = lessonsPage(pictured(plainCluster()), [
  lesson('worker-join', ['k-worker-1', 'k-worker-2']),
  lesson('kube-vip', []),
])

test('every step with reason, commands and files; what is in them is no markup', () => {
  for (const text of ['1. Write &lt;it&gt;', 'a &amp; b', 'cat &lt;&lt;EOF', 'Writes /etc/x'])
    assert.ok(page.includes(text), text)
  assert.match(page, /It only looks/)
  assert.match(page, /Begins after: prerequisites, control-plane-init/)
})

test('a step of some nodes names them; one of all does not', () => {
  assert.match(page, /2\. Look <span class="soft">k-worker-1<\/span>/)
  assert.match(page, /1\. Write &lt;it&gt;<\/summary>/)
})

test('a phase without nodes is named as not needed, and not told', () => {
  assert.match(page, /Not needed by this cluster[\s\S]*kube-vip: Title of kube-vip/)
  assert.ok(!page.includes('id="kube-vip"'))
})
