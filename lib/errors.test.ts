import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exitCodes, formatError, KubestrapError } from './errors.ts'

declare const __ROOT__: string

test('docs/exit-codes.md has every exit code with its name, and no other', () => {
  const page = readFileSync(join(__ROOT__, 'docs/exit-codes.md'), 'utf8')
  const rows = [...page.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [
    name,
    Number(code),
  ])
  assert.deepEqual(rows, Object.entries(exitCodes))
})

test('an error tells what, where, what was not changed and what to do next', () => {
  const error = new KubestrapError({
    id: 'KS-EXAMPLE',
    exit: 'conflict',
    what: 'something is in the way',
    node: 'k-master-1',
    phase: 'prerequisites',
    lines: ['found this'],
    unchanged: 'nothing was changed',
    remedy: 'do that',
  })
  assert.equal(error.exitCode, 19)
  assert.equal(
    formatError(error),
    [
      'error: something is in the way  [KS-EXAMPLE]',
      '  where: k-master-1  prerequisites',
      '  | found this',
      '  not changed: nothing was changed',
      '  next: do that',
    ].join('\n'),
  )
})
