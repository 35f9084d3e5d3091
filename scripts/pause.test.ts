import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPauser } from './pause.ts'

/** A person who answers when the test says so. */
function person() {
  const shown: string[] = []
  const open: ((answer: string) => void)[] = []
  const stop = new AbortController()
  const pauser = openPauser('step', {
    print: (line) => shown.push(line),
    read: () => new Promise<string>((resolve) => open.push(resolve)),
    stopped: stop.signal,
  })
  return { shown, open, stop, pauser }
}

test('one question at a time, in the order they came', async () => {
  const { shown, open, pauser } = person()
  const done: string[] = []
  const asked = ['a', 'b'].map((one) => pauser.ask([one]).then(() => done.push(one)))
  await sleep(1)
  assert.deepEqual([shown, open.length, done], [['a'], 1, []])
  assert.equal(pauser.asking(), true)
  open[0]?.('')
  await sleep(1)
  assert.deepEqual([shown, open.length, done], [['a', 'b'], 2, ['a']])
  open[1]?.('')
  await Promise.all(asked)
  assert.equal(pauser.asking(), false)
})

test('c goes through without more questions', async () => {
  const { shown, open, pauser } = person()
  const asked = ['a', 'b', 'c'].map((one) => pauser.ask([one]))
  await sleep(1)
  open[0]?.('c')
  await Promise.all(asked)
  assert.deepEqual([shown, open.length], [['a'], 1])
})

test('when the run is stopped nothing is let go, and nobody is asked', async () => {
  const { open, stop, pauser } = person()
  const asked = ['a', 'b'].map((one) => pauser.ask([one]))
  const ends = Promise.allSettled(asked)
  await sleep(1)
  stop.abort('SIGINT')
  assert.deepEqual(
    (await ends).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(open.length, 1)
})
