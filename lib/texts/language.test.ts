import { equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { languageFor } from './language.ts'

test('--lang counts before the environment', () => {
  equal(languageFor('en', { LANG: 'es_ES.UTF-8' }), 'en')
  equal(languageFor('es', { LC_ALL: 'C' }), 'es')
})

test('the first of LC_ALL, LC_MESSAGES and LANG that says something counts', () => {
  equal(languageFor(undefined, { LANG: 'es_ES.UTF-8' }), 'es')
  equal(languageFor(undefined, { LANG: 'es' }), 'es')
  equal(languageFor(undefined, { LC_ALL: '', LC_MESSAGES: 'es_AR', LANG: 'en_US.UTF-8' }), 'es')
  equal(languageFor(undefined, { LC_ALL: 'C', LANG: 'es_ES.UTF-8' }), 'en')
  equal(languageFor(undefined, { LANG: 'est_EE' }), 'en')
  equal(languageFor(undefined, {}), 'en')
})

test('a language that there is none of is refused with those there are', () => {
  throws(() => languageFor('fr', {}), /there is no language "fr"/)
  throws(() => languageFor('', {}), /there is no language/)
})
