import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorPage, errorPages, symptoms, troubleshootingPage } from './error-pages.ts'

declare const __ROOT__: string

/** Text of every source file by its path, without tests and without the pages themselves. */
const sources: ReadonlyMap<string, string> = new Map(
  ['lib', 'node-scripts', 'scripts', 'lab'].flatMap((folder) =>
    readdirSync(join(__ROOT__, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => join(folder, file))
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^lib.error-pages/.test(file))
      .map((file) => [file, readFileSync(join(__ROOT__, file), 'utf8')] as const),
  ),
)

/** An id in quotes or in brackets; those in comments ("throws KS-WAIT") stand without. */
const idForm = /['"`[](KS-[A-Z0-9]+(?:-[A-Z0-9]+)*)['"`\]]/g
const idsIn = (text: string) => [...text.matchAll(idForm)].map(([, id = '']) => id)
const inCode = [...new Set([...sources.values()].flatMap(idsIn))].sort()
const described = symptoms.flatMap(({ errors }) => Object.keys(errors)).sort()

test('every error id of the code has a page: add it to the file of its symptom in lib/error-pages/', () => {
  assert.ok(inCode.length > 100, 'the sources were read')
  assert.deepEqual(
    inCode.filter((id) => !described.includes(id)),
    [],
  )
})

test('every page has an id that is still in the code, and each id one page', () => {
  assert.deepEqual(
    described.filter((id) => !inCode.includes(id)),
    [],
  )
  assert.deepEqual(described, [...new Set(described)])
})

/** The parts of a text that must stand in the code: between the placeholders. */
const fixedParts = (says: string) =>
  says
    .split(/<[^<>]*>|: wanted is /)
    .map((part) => part.replace(/^[`"\s]+|[`"\s]+$/g, ''))
    .filter((part) => part.length > 3)

test('pages quote the texts that the code prints', () => {
  const wrong = described.flatMap((id) => {
    const code = [...sources.values()].filter((text) => idsIn(text).includes(id)).join('\n')
    const plain = code.replaceAll(/\\(['"`])/g, '$1')
    return fixedParts(errorPage(id)?.says ?? '')
      .filter((part) => !plain.includes(part))
      .map((part) => `${id}: no file that has it says "${part}"`)
  })
  assert.deepEqual(wrong, [])
})

test('docs/troubleshooting.md is what the pages say (renew it: node build.mjs --schema)', () => {
  const page = readFileSync(join(__ROOT__, 'docs/troubleshooting.md'), 'utf8')
  assert.equal(page, troubleshootingPage())
})

test('docs/troubleshooting/ has a page for every id, and no other (renew it: node build.mjs --schema)', () => {
  const folder = join(__ROOT__, 'docs/troubleshooting')
  assert.deepEqual(readdirSync(folder).sort(), [...errorPages().keys()].sort())
  for (const [file, text] of errorPages())
    assert.equal(readFileSync(join(folder, file), 'utf8'), text, file)
})
