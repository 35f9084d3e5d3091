import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { letGo, untilLetGo } from './pause.ts'

test('a step waits until it is let go, and only this step', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ks-test-'))
  try {
    let gone = false
    const waits = untilLetGo(folder, 3).then(() => {
      gone = true
    })
    await letGo(folder, 2)
    await sleep(500)
    assert.equal(gone, false)
    await letGo(folder, 3)
    await letGo(folder, 3)
    await waits
  } finally {
    rmSync(folder, { recursive: true })
  }
})
