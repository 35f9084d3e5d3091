import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences } from './differences.ts'

test('the order of keys does not count', () => {
  assert.deepEqual(differences({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }), [])
})

test('each place that differs is named, both sides shown', () => {
  const found = { a: 1, list: [{ name: 'x' }, 'more'], gone: true }
  const wanted = { a: '1', list: [{ name: 'y' }], here: null }
  assert.deepEqual(differences(found, wanted), [
    'a: found 1, wanted "1"',
    'list[0].name: found "x", wanted "y"',
    'list[1]: found "more", wanted nothing',
    'here: found nothing, wanted null',
    'gone: found true, wanted nothing',
  ])
})

test('a list is no map, and nothing is not something', () => {
  assert.deepEqual(differences([], {}), [': found [], wanted {}'])
  assert.deepEqual(differences(undefined, {}), [': found nothing, wanted {}'])
})
