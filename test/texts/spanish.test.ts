import { deepEqual, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { translator } from '../../lib/texts/catalogue.ts'
import { spanish } from '../../lib/texts/es/index.ts'
import { speak } from '../../lib/texts/told.ts'
import { explain } from '../../node-scripts/run/explain.ts'
import { everyLesson, everyText } from './every-lesson.ts'

declare const __ROOT__: string

const find = translator(spanish)
const shown = await everyText()
const sources = ['lib', 'node-scripts', 'scripts'].flatMap((folder) =>
  readdirSync(join(__ROOT__, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.startsWith('texts'))
    .map((file) => readFileSync(join(__ROOT__, folder, file), 'utf8')),
)
after(() => speak('en'))

/** `waits ${n} s` as it may look when it is shown. */
const filled = (literal: string) => literal.replace(/\$\{[^}]*\}/g, 'x').replaceAll('\\`', '`')

/** Texts that stand in the code as the argument of one of these, with something in place of values. */
function argumentsOf(...functions: readonly string[]): readonly string[] {
  const call = new RegExp(
    `\\b(?:${functions.join('|')})\\(\\s*(?:'([^'\\n]+)'|\`((?:\\\\.|[^\`\\\\])+)\`)`,
    'g',
  )
  return sources
    .flatMap((source) => [...source.matchAll(call)])
    .map(([, plain = '', template = '']) => filled(plain || template))
    .filter((text) => text !== 'x')
}

const said = argumentsOf('told', 'waitFor', 'wantedSince')

test('every title, reason, remark and last word of every phase is there in Spanish', () => {
  ok(shown.length > 150, `only ${shown.length} texts were found`)
  const missing = shown.filter(({ text }) => !find(text))
  deepEqual(missing, [], 'they have no Spanish yet: add them to lib/texts/es/')
})

test('what views and frames say is there in Spanish', () => {
  ok(said.length > 30, `only ${said.length} texts were found`)
  deepEqual(
    said.filter((text) => !find(text)),
    [],
  )
})

test('no translation is of a text that nothing says any more', () => {
  const used = new Set([...shown.map(({ text }) => text), ...said].map((text) => find(text)?.key))
  // Texts in tables are no arguments: their longest part between values is looked for.
  const inSources = (key: string) => {
    const parts = key.split(/\{\w+(?:\.\.\.)?\}/).sort((a, b) => b.length - a.length)
    const [longest = ''] = parts
    return sources.some((source) => source.replaceAll('\\`', '`').includes(longest))
  }
  deepEqual(
    Object.keys(spanish).filter((key) => !used.has(key) && !inSources(key)),
    [],
  )
})

test('a translation holds the values of its original, and is no copy of it', () => {
  const holders = (text: string) => (text.match(/\{\w+(\.\.\.)?\}/g) ?? []).sort()
  for (const [english, text] of Object.entries(spanish)) {
    deepEqual(holders(text), holders(english), english)
    ok(text.trim() !== '' && (text !== english || !/[a-z]{3} [a-z]{3}/.test(text)), english)
  }
})

test('a lesson in Spanish has no English line but its commands', async () => {
  const lines = (lesson: string) =>
    lesson
      .replace(/^```sh\n[\s\S]*?^```$/gm, '')
      .split('\n')
      .filter((line) => /[a-z]/.test(line) && !/^- `[^`]+`$/.test(line))
  for (const { phase, input } of await everyLesson()) {
    speak('en')
    const english = new Set(lines(await explain(phase, input)))
    speak('es')
    const same = lines(await explain(phase, input)).filter((line) => english.has(line))
    deepEqual(same, [], `${phase.name} of ${input.cluster.name}`)
  }
})
