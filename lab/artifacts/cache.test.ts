import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cached, inputHash } from './cache.ts'

const home = mkdtempSync(join(tmpdir(), 'kubestrap-cache-'))
const usual = process.env.XDG_CACHE_HOME
before(() => {
  process.env.XDG_CACHE_HOME = home
})
after(() => {
  if (usual === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = usual
  rmSync(home, { recursive: true })
})

test('the hash follows every input, and their order', () => {
  assert.equal(inputHash('a', { b: 1 }), inputHash('a', { b: 1 }))
  assert.notEqual(inputHash('a', { b: 1 }), inputHash('a', { b: 2 }))
  assert.notEqual(inputHash('a', 'b'), inputHash('b', 'a'))
  assert.match(inputHash('a'), /^[0-9a-f]{16}$/)
})

test('what failed on the way is not there afterwards, and is made again', async () => {
  const failing = cached('things', 'one', async (folder) => {
    writeFileSync(join(folder, 'half'), '')
    throw new Error('no space left')
  })
  await assert.rejects(failing, /no space left/)
  assert.deepEqual(readdirSync(join(home, 'kubestrap/things')), [])
  const folder = await cached('things', 'one', async (out) => writeFileSync(join(out, 'whole'), ''))
  assert.deepEqual(readdirSync(folder), ['whole'])
})

test('what is there is not made a second time', async () => {
  const make = () => assert.fail('made again')
  assert.equal(await cached('things', 'one', make), join(home, 'kubestrap/things/one'))
})

test('what a killed run left goes with the next one, also when the inputs have changed', async () => {
  const left = join(home, 'kubestrap/things/older.partial')
  mkdirSync(left)
  await cached('things', 'two', async () => {})
  assert.equal(existsSync(left), false)
})
