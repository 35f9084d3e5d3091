import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { translator } from './catalogue.ts'

const find = translator({
  'Write {path}': 'Escribe {path}',
  'Write the policy': 'Escribe la política',
  '{a} of {b...}': '{b...} de {a}',
  'What? (a+b)': '¿Qué? (a+b)',
})
const found = (text: string) => find(text)?.text

test('a text is found as it stands, or by its values', () => {
  equal(found('Write the policy'), 'Escribe la política')
  equal(found('Write /etc/hosts'), 'Escribe /etc/hosts')
  equal(found('1 of all the others'), 'all the others de 1')
  equal(found('What? (a+b)'), '¿Qué? (a+b)')
})

test('one word is no place for many: a new text is not taken for an old one', () => {
  equal(found('Write the other policy'), undefined)
  equal(found('Do not Write /etc/hosts'), undefined)
})

test('values are taken as they are, names of the language itself are no texts', () => {
  equal(found('Write $&{path}$1'), 'Escribe $&{path}$1')
  equal(found('toString'), undefined)
  equal(found('constructor'), undefined)
})
