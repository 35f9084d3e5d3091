import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withLock } from './lock.ts'

const quiet = () => undefined

function inFolder(run: (path: string) => Promise<void>) {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ks-lock-'))
    try {
      await run(join(folder, 'lock'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

test(
  'one at a time, and the lock is gone afterwards',
  inFolder(async (path) => {
    let inside = 0
    const work = () =>
      withLock(path, 'the test', quiet, async () => {
        inside += 1
        assert.equal(inside, 1)
        await new Promise((resolve) => setTimeout(resolve, 20))
        inside -= 1
      })
    await Promise.all([work(), work(), work()])
    assert.throws(() => readFileSync(path))
  }),
)

test(
  "the lock of a process that ended is nobody's",
  inFolder(async (path) => {
    const { pid } = spawnSync('true')
    writeFileSync(path, `${pid} 12345`)
    let done = false
    await withLock(path, 'the test', quiet, async () => {
      done = true
    })
    assert.ok(done)
  }),
)

test(
  'the lock is given back when the work fails',
  inFolder(async (path) => {
    await assert.rejects(withLock(path, 'the test', quiet, () => Promise.reject(new Error('no'))))
    assert.throws(() => readFileSync(path))
  }),
)
