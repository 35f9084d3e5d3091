import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import type { PhaseEventBody } from '../../lib/events.ts'
import { thisMachine } from './machine.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-machine-'))
after(() => rmSync(folder, { recursive: true }))

function machine() {
  const events: PhaseEventBody[] = []
  const on = thisMachine((event) => void events.push(event))
  return { on, events, told: () => JSON.stringify(events) }
}

test('a hidden secret is told nowhere: not in commands, output, waits or errors', async () => {
  const { on, told } = machine()
  const secret = 'abcdef.0123456789abcdef'
  on.hide(secret)
  await on.run({ argv: ['sh', '-c', 'echo "token: $1"; echo "$1" >&2', 'sh', secret] })
  on.emit({ kind: 'notice', text: `with ${secret} and ${secret}` })
  on.emit({ kind: 'error', error: { id: 'KS', exit: 'usage', what: 'x', lines: [`a ${secret}`] } })
  await on
    .waitFor(`for ${secret}`, 0, async () => ({ missing: `no ${secret}` }))
    .catch(() => undefined)
  assert.ok(!told().includes(secret))
  assert.match(told(), /token: \[secret\]/)
})

test('a secret that JSON writes differently is hidden as well', () => {
  const { on, events } = machine()
  on.hide('a"b\\c')
  on.emit({ kind: 'output', line: 'x a"b\\c y' })
  assert.deepEqual(events, [{ kind: 'output', line: 'x [secret] y' }])
})

test('masked: the error of a command can be told without the secret', async () => {
  const { on } = machine()
  on.hide('abcdef.0123456789abcdef')
  const error = await on
    .run({ argv: ['sh', '-c', 'echo "bad token abcdef.0123456789abcdef"; exit 1'] })
    .catch((reason: unknown) => reason)
  assert.ok(error instanceof KubestrapError)
  assert.deepEqual(on.masked(error.details).lines, ['bad token [secret]'])
})

test('answers are remembered until something changes', async () => {
  const { on } = machine()
  const path = join(folder, 'asked')
  const ask = async () => (await on.ask('ls', folder)).stdout
  assert.equal(await ask(), '')
  await thisMachine(() => undefined).write(path, '', 0o600) // behind its back
  assert.equal(await ask(), '', 'remembered')
  await on.run({ argv: ['true'] })
  assert.equal(await ask(), 'asked\n', 'a command may have changed anything')
  await on.remove(path)
  assert.equal(await ask(), '')
  await on.write(path, '', 0o600)
  assert.equal(await ask(), 'asked\n')
})

test('a failed change is a change as well', async () => {
  const { on } = machine()
  const path = join(folder, 'half')
  assert.equal((await on.ask('test', '-e', path)).exitCode, 1)
  await assert.rejects(on.run({ argv: ['sh', '-c', 'touch "$1"; exit 1', 'sh', path] }))
  assert.equal((await on.ask('test', '-e', path)).exitCode, 0)
})

test('waitFor looks anew each time, tells what is missing, and gives the value', async () => {
  const { on, events } = machine()
  let looks = 0
  const value = await on.waitFor('three looks', 60_000, async () => {
    looks += 1
    return looks < 3 ? { missing: `look ${looks}` } : { value: 'there' }
  })
  assert.deepEqual([value, looks], ['there', 3])
  const [first] = events
  assert.ok(first?.kind === 'waiting')
  assert.deepEqual([first.what, first.limit], ['look 1', 60_000])
})

test('waitFor gives up when its limit is over and says what was missing', async () => {
  const { on } = machine()
  await assert.rejects(
    on.waitFor('the impossible', 1, async () => ({ missing: 'everything' })),
    (error) => {
      assert.ok(error instanceof KubestrapError)
      assert.equal(error.details.id, 'KS-WAIT')
      assert.equal(error.exitCode, 16)
      assert.deepEqual(error.details.lines, ['everything'])
      return true
    },
  )
})
