import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

declare const __ROOT__: string

const folder = join(__ROOT__, 'docs/phases')
const { phasePages } = (await import(join(__ROOT__, 'schema/phase-pages.mjs'))) as {
  phasePages: () => ReadonlyMap<string, string>
}
const pages = phasePages()

test('docs/phases/ has a page for every phase, and no other', () => {
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort())
})

for (const [file, text] of pages) {
  test(`docs/phases/${file} is what the phase says (renew it: node build.mjs --schema)`, () => {
    assert.equal(readFileSync(join(folder, file), 'utf8'), text)
  })
}

test('each lesson says where it runs, and tells every step with its commands or its gate', () => {
  for (const [file, text] of pages) {
    if (file === 'README.md') continue
    assert.match(
      text,
      /^- (Runs on: (`|no node of this cluster)|It is no part of the order of `up`)/m,
      file,
    )
    const [, ...steps] = text.split(/^## \d+\. /m)
    for (const step of steps) assert.match(step, /```sh\n|It only looks/, file)
    assert.doesNotMatch(text, /undefined|\[object Object\]/, file)
  }
})

test('lessons know no secret: names stand where credentials would be', () => {
  assert.match(pages.get('control-plane-join.md') ?? '', /certificateKey: CERTIFICATE-KEY/)
  for (const text of pages.values()) assert.doesNotMatch(text, /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/)
})
