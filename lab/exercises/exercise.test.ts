import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { machineNamed } from '../layout.ts'
import { exercises } from './all.ts'
import { exercisePage } from './page.ts'

declare const __ROOT__: string

test('each file of an exercise is in the list, under its own name', () => {
  const files = readdirSync(join(__ROOT__, 'lab/exercises'))
  const names = exercises.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const name of names) assert.ok(files.includes(`${name}.ts`), name)
  const others = ['all', 'exercise', 'on-machines', 'page', 'parts', 'record', 'session']
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  assert.deepEqual(
    sources.map((file) => file.replace('.ts', '')).filter((name) => !others.includes(name)),
    [...names].sort(),
  )
})

test('each exercise has what a student and a teacher need', () => {
  for (const exercise of exercises) {
    const { name, hints, checks, solution, links, explanation, symptom } = exercise
    assert.ok(hints.length >= 2, `${name}: hints`)
    assert.ok(checks.length >= 1 && solution.length >= 1, `${name}: checks and solution`)
    assert.ok(links.length >= 1 && explanation.length > 100, `${name}: explanation`)
    for (const link of links) assert.match(link, /^https:\/\//, name)
    for (const { run } of solution) assert.ok(!symptom.includes(run), `${name}: a spoiled symptom`)
  }
})

test('exercises name machines that a lab can have', () => {
  for (const { name, checks, solution, undo = [], clean = [], ...rest } of exercises) {
    for (const { on } of [...rest.break, ...checks, ...solution, ...undo, ...clean]) {
      assert.ok(machineNamed(on, 77), `${name}: ${on}`)
      assert.ok(on !== 'k-master-3' || rest.needs?.controlPlanes === 3, `${name}: ${on}`)
    }
  }
})

test('docs/exercises.md is what the exercises say (renew it: node build.mjs --schema)', () => {
  const file = join(__ROOT__, 'docs/exercises.md')
  assert.ok(existsSync(file))
  assert.equal(readFileSync(file, 'utf8'), exercisePage())
})
