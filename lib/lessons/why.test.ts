import assert from 'node:assert/strict'
import { test } from 'node:test'
import { speak } from '../texts/told.ts'
import { type Lesson, type LessonStep, mergedSteps } from './lesson.ts'
import { authors, authorsOf, fileList, nearFiles, whyText } from './why.ts'

const step = (title: string, writes: readonly string[], nodes = ['a']): LessonStep => ({
  ...{ title, writes, nodes },
  why: `why ${title}`,
  commands: '',
})
const lesson = (phase: string, steps: readonly LessonStep[]): Lesson => ({
  ...{ phase, steps, title: phase, about: '', nodes: ['a'] },
})
const all = authors([
  lesson('prerequisites', [
    step('settings', ['/etc/sysctl.d/90-kubestrap.conf']),
    step('audit', ['/etc/kubernetes/kubestrap/audit.yaml']),
    step('only looks', []),
  ]),
  lesson('init', [step('kubeadm', ['/etc/kubernetes/']), step('config', ['~admin/.kube/config'])]),
  lesson('join', [step('kubeadm', ['/etc/kubernetes/'])]),
])
const told = (path: string) =>
  authorsOf(path, all).map(({ phase, step: { title } }) => `${phase} ${title}`)

test('a file is of the step that names it, not of the folder it is in', () => {
  assert.deepEqual(told('/etc/kubernetes/kubestrap/audit.yaml'), ['prerequisites audit'])
})

test('what is in a folder is of everybody who fills it', () => {
  const both = ['init kubeadm', 'join kubeadm']
  assert.deepEqual(told('/etc/kubernetes/manifests/etcd.yaml'), both)
  assert.deepEqual(told('/etc/kubernetes'), both)
  assert.deepEqual(told('/etc//kubernetes/'), both)
  assert.deepEqual(told('/etc/kubernetes.old/x'), [])
})

test('a file in a home is found wherever the home is, for that user only', () => {
  for (const path of ['~/.kube/config', '~admin/.kube/config', '/home/admin/.kube/config'])
    assert.deepEqual(told(path), ['init config'], path)
  for (const path of ['/home/other/.kube/config', '/home/admin/x/.kube/config', '/.kube/config'])
    assert.deepEqual(told(path), [], path)
})

test('a mistyped path and a bare name lead to the file; nonsense to none', () => {
  const file = '/etc/sysctl.d/90-kubestrap.conf'
  assert.deepEqual(nearFiles('/etc/sysctl.d/90-kubestrp.conf', all), [file])
  assert.deepEqual(nearFiles('90-kubestrap.conf', all), [file])
  assert.deepEqual(nearFiles('/usr/bin/ls', all), [])
})

test('the text names phase, step and reason; the list has each file once a phase', () => {
  const text = whyText('/etc/kubernetes/x', authorsOf('/etc/kubernetes/x', all))
  for (const line of ['phase   init', 'step    kubeadm', 'reason  why kubeadm', 'phase   join'])
    assert.ok(text.includes(`${line}\n`), `${line} in ${text}`)
  assert.match(fileList(all), /^init\n {2}\/etc\/kubernetes\/\n {2}~admin\/\.kube\/config\n$/m)
})

test('the same step on several nodes is one, with all of them, in its place', () => {
  const merged = mergedSteps([
    [step('name a', []), step('x', ['/x']), step('end', [])],
    [step('name b', [], ['b']), step('x', ['/x'], ['b']), step('x', ['/y'], ['b'])],
  ])
  assert.deepEqual(
    merged.map(({ title, writes, nodes }) => [title, ...writes, ...nodes].join(' ')),
    ['name a a', 'name b b', 'x /x a b', 'end a', 'x /y b'],
  )
})

test('in Spanish what can be told so is', () => {
  speak('es')
  try {
    const path = '/etc/sysctl.d/90-kubestrap.conf'
    const own = step(`Write ${path}`, [path])
    const text = whyText(path, authors([lesson('prerequisites', [own])]))
    assert.match(
      text,
      /^fase {4}prerequisites\npaso {4}Escribe \/etc\/sysctl\.d\/90-kubestrap\.conf$/m,
    )
    assert.match(text, /^más: kubestrap explain prerequisites$/m)
  } finally {
    speak('en')
  }
})
