import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch } from './batch.ts'

function asked() {
  const calls: string[][] = []
  const askAll = async (keys: readonly string[]) => {
    calls.push([...keys])
    return new Map(keys.filter((key) => key !== 'missing').map((key) => [key, key.toUpperCase()]))
  }
  return { calls, askAll }
}

test('everything asked in one turn is one call', async () => {
  const { calls, askAll } = asked()
  const { ask } = batch<string>(askAll, '?')
  assert.deepEqual(await Promise.all(['a', 'b', 'missing', 'a'].map(ask)), ['A', 'B', '?', 'A'])
  assert.deepEqual(calls, [['a', 'b', 'missing']])
})

test('answers are kept until they are forgotten', async () => {
  const { calls, askAll } = asked()
  const { ask, forget } = batch<string>(askAll, '?')
  await ask('a')
  await ask('a')
  await ask('b')
  assert.deepEqual(calls, [['a'], ['b']])
  forget()
  await ask('a')
  assert.deepEqual(calls, [['a'], ['b'], ['a']])
})

test('what is asked while a call is under way is the next call', async () => {
  const calls: string[][] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const { ask } = batch<string>(async (keys) => {
    calls.push([...keys])
    if (calls.length === 1) await held
    return new Map(keys.map((key) => [key, key]))
  }, '?')
  const first = ask('a')
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(calls, [['a']])
  assert.equal(await ask('b'), 'b')
  release()
  assert.equal(await first, 'a')
  assert.deepEqual(calls, [['a'], ['b']])
})

test('a call that fails is told to everybody who asked', async () => {
  const { ask } = batch<string>(() => Promise.reject(new Error('no rpm')), '?')
  const outcomes = await Promise.allSettled([ask('a'), ask('b')])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
})
