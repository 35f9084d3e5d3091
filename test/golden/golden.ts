import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  const golden = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (text !== golden) assert.fail(`test/golden/${name} ${firstDifference(golden, text)}\n${renewal}`)
}

const renewal =
  'If that was meant: UPDATE_GOLDEN=1 node test/run.mjs unit golden (renderers: unit lib/render), then read git diff'

/** The line where they part: whole texts would bury it. */
function firstDifference(golden: string, text: string): string {
  const [was, is] = [golden.split('\n'), text.split('\n')]
  const index = was.findIndex((line, at) => line !== is[at])
  const at = index < 0 ? was.length : index
  return `differs in line ${at + 1}\n  golden: ${was[at] ?? '(end)'}\n  made:   ${is[at] ?? '(end)'}`
}
