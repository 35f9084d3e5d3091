import { equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  calicoUrl,
  checksumOf,
  defaultCalico,
  knownCalico,
  manifestFiles,
} from './calico-releases.ts'

declare const __ROOT__: string

const fixtures = join(__ROOT__, `../shared/fixtures/calico-${defaultCalico}`)
const skip = existsSync(fixtures) ? false : `there is no ${fixtures}`

test('the manifests as they were published have our checksums', { skip }, () => {
  for (const file of manifestFiles) {
    const sum = createHash('sha256')
      .update(readFileSync(join(fixtures, file)))
      .digest('hex')
    equal(checksumOf({ version: defaultCalico, checksums: {} }, file), sum, file)
  }
})

test('each known release has the checksums of both manifests', () => {
  ok(knownCalico.includes(defaultCalico))
  for (const version of knownCalico)
    for (const file of manifestFiles)
      match(checksumOf({ version, checksums: {} }, file) ?? '', /^[0-9a-f]{64}$/)
})

test('what the cluster file says counts more', () => {
  const checksums = { 'tigera-operator.yaml': 'AB'.repeat(32) }
  equal(checksumOf({ version: defaultCalico, checksums }, 'tigera-operator.yaml'), 'ab'.repeat(32))
  equal(checksumOf({ version: 'v3.30.99', checksums: {} }, 'tigera-operator.yaml'), undefined)
})

test('a URL with or without version and slash', () => {
  equal(calicoUrl('http://a/{version}/', 'v3.32.1', 'f.yaml'), 'http://a/v3.32.1/f.yaml')
  equal(calicoUrl('http://a/manifests', 'v3.32.1', 'f.yaml'), 'http://a/manifests/f.yaml')
})
