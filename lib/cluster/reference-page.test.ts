import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { referencePage } from './reference-page.ts'

declare const __ROOT__: string

test('docs/cluster-file.md is what the schema says (renew it: node build.mjs --schema)', () => {
  assert.equal(readFileSync(join(__ROOT__, 'docs/cluster-file.md'), 'utf8'), referencePage())
})

test('the page has the keys of every level', () => {
  const page = referencePage()
  for (const key of [
    'name',
    'endpoint.address',
    'nodes[].role',
    'sources.kubernetes.fingerprint',
  ]) {
    assert.match(page, new RegExp(`\\| \`${key.replace(/[[\].]/g, '\\$&')}\``))
  }
})
