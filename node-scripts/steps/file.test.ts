import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { file, withReason } from './file.ts'

const path = '/etc/some.conf'
const want = file({ path, content: 'a\nb\n', why: 'a test' })
const there = { [path]: 'a\nb\n' }

test('a file with this content, mode and owner is wanted', async () => {
  assert.deepEqual(await want.check(fakeMachine({ files: there })), { as: 'wanted' })
})

test('each difference is told', async () => {
  const found = async (fake: Parameters<typeof fakeMachine>[0], step = want) => {
    const finding = await step.check(fakeMachine(fake))
    return finding.as === 'different' ? `${finding.found} -> ${finding.wanted}` : finding.as
  }
  assert.equal(await found({}), 'no such file -> the file')
  assert.equal(await found({ files: { [path]: 'a\nc\n' } }), 'line 2: c -> line 2: b')
  assert.equal(await found({ files: { [path]: 'a' } }), 'line 2: (end) -> line 2: b')
  assert.equal(await found({ files: { [path]: 'a\nb\n\nmore' } }), 'line 4: more -> line 4: (end)')
  assert.equal(
    await found({ files: there, states: { [path]: { mode: 0o600 } } }),
    'mode 0600 -> mode 0644',
  )
  assert.equal(
    await found({ files: there, states: { [path]: { uid: 7, gid: 8 } } }),
    'owner 7:8 -> owner root',
  )
})

test('it is written once, with its mode', async () => {
  const secret = file({ path, content: 'x', mode: 0o600, why: 'a test' })
  const on = fakeMachine()
  await converge([secret], on)
  await converge([secret], on)
  assert.deepEqual(on.changes, [`write ${path}`])
  assert.equal(on.states.get(path)?.mode, 0o600)
})

test('a secret shows neither what it is nor what it was', async () => {
  const secret = file({ path, content: 'new-secret', mode: 0o600, secret: true, why: 'a test' })
  const on = fakeMachine({ files: { [path]: 'old-secret' } })
  await converge([secret], on)
  const told = JSON.stringify([on.events, secret])
  assert.ok(!told.includes('old-secret') && !told.includes('new-secret'), told)
})

test('content that is not known yet: unknown in a plan, refused in a run', async () => {
  const later = file({
    path,
    why: 'a test',
    content: { example: 'x', make: async () => ({ until: 'worker-join' }) },
  })
  const on = fakeMachine()
  assert.deepEqual(await later.check(on), { as: 'unknown', until: 'worker-join' })
  await assert.rejects(converge([later], on), /known after worker-join/)
  assert.deepEqual(on.changes, [])
})

test('a folder in its place is never replaced', async () => {
  const on = fakeMachine({ states: { [path]: { kind: 'directory' } } })
  await assert.rejects(converge([want], on), /is a folder where a file is wanted/)
  assert.deepEqual(on.changes, [])
})

test('the reason comes after the first comment, in files that can hold one', () => {
  const why = 'A word '.repeat(20).trim()
  const text = withReason('# Written by kubestrap, phase prerequisites.\nkey = 1\n', why)
  const [first, second = '', third = '', ...rest] = text.split('\n')
  assert.equal(first, '# Written by kubestrap, phase prerequisites.')
  assert.equal(`${second} ${third}`.replaceAll('# ', ''), why)
  assert.ok(second.length <= 100)
  assert.deepEqual(rest, ['key = 1', ''])
  const xml = '<?xml version="1.0"?>\n<!-- Written by kubestrap, phase prerequisites. -->\n<a/>'
  assert.match(withReason(xml, 'no --flag'), /prerequisites\.\n {5}no - -flag -->\n<a\/>$/)
  assert.equal(withReason('{"a":1}', why), '{"a":1}')
})
