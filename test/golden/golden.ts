import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

declare const __ROOT__: string

/**
 * Compares a text with the file of this name in test/golden/. `UPDATE_GOLDEN=1` writes the files
 * anew: then `git diff` shows what changed, for a person to judge.
 */
export function matchesGolden(name: string, text: string): void {
  const path = join(__ROOT__, 'test', 'golden', name)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return
  }
  assert.equal(text, readFileSync(path, 'utf8'), renewal(name))
}

const renewal = (name: string) =>
  `test/golden/${name} is not what is made now; if that was meant: UPDATE_GOLDEN=1 node test/run.mjs unit golden (for renderers: unit lib/render), then read git diff`
