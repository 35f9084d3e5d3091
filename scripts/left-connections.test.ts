import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { endLeftConnections, ownerFile } from './left-connections.ts'

test('only the connections of a process that has ended are taken away', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'kubestrap-left-'))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const folder = (name: string, owner: number | undefined) => {
    mkdirSync(join(base, name))
    if (owner !== undefined) writeFileSync(join(base, name, ownerFile), String(owner))
    writeFileSync(join(base, name, 'a'.repeat(8)), '')
  }
  const { pid } = spawnSync('true')
  folder('ks-dead', pid)
  folder('ks-mine', process.pid)
  folder('ks-new', undefined)
  folder('other', pid)
  await endLeftConnections(base)
  assert.deepEqual(readdirSync(base).sort(), ['ks-mine', 'ks-new', 'other'])
})
