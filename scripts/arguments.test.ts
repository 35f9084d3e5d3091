import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../lib/errors.ts'
import { parseOptions } from './arguments.ts'

function problems(...argv: string[]): readonly string[] {
  try {
    parseOptions(argv)
  } catch (error) {
    assert.ok(error instanceof KubestrapError, String(error))
    assert.equal(error.exitCode, 2)
    return error.details.lines ?? []
  }
  assert.fail(`was accepted: ${argv.join(' ')}`)
}

test('a whole command line', () => {
  const options = parseOptions([
    'up',
    '-c',
    'lab.yaml',
    '-y',
    '--nodes',
    'a,b',
    '--only=pod-routes',
  ])
  assert.equal(options.verb?.name, 'up')
  assert.equal(options.config, 'lab.yaml')
  assert.equal(options.yes, true)
  assert.deepEqual(options.nodes, ['a', 'b'])
  assert.deepEqual(options.only, ['pod-routes'])
})

test('a transcript of a dry run is refused', () => {
  assert.equal(parseOptions(['up', '--transcript', 'x.md']).transcript, 'x.md')
  const [problem] = problems('up', '--dry-run', '--transcript', 'x.md')
  assert.match(problem ?? '', /--dry-run nothing does/)
})

test('what is not given', () => {
  const { config, yes, nodes, only, out, verb, help } = parseOptions([])
  assert.deepEqual(
    { config, yes, nodes, only, out, verb, help },
    {
      config: 'cluster.yaml',
      yes: false,
      nodes: undefined,
      only: undefined,
      out: undefined,
      verb: undefined,
      help: false,
    },
  )
})

test('flags may stand before the verb; the last of several counts', () => {
  const options = parseOptions(['--config', 'a.yaml', 'plan', '--config', 'b.yaml', '--exit-code'])
  assert.equal(options.verb?.name, 'plan')
  assert.equal(options.config, 'b.yaml')
  assert.equal(options.exitCode, true)
})

test('words that look like numbers stay words', () => {
  assert.deepEqual(parseOptions(['reset', '1', '0x10', '1e3']).words, ['1', '0x10', '1e3'])
})

test('an unknown flag, with the one that was meant', () => {
  assert.deepEqual(problems('up', '--exit-cod'), [
    'there is no flag --exit-cod, did you mean --exit-code?',
  ])
  assert.match(problems('up', '--ndoes=a')[0] ?? '', /--nodes\?$/)
  assert.deepEqual(problems('up', '--zzzzzzzz'), ['there is no flag --zzzzzzzz'])
})

test('an unknown verb, with the one that was meant', () => {
  assert.deepEqual(problems('stauts'), ['there is no verb stauts, did you mean status?'])
  assert.deepEqual(problems('frobnicate'), ['there is no verb frobnicate'])
})

test('an unknown phase, with the one that was meant', () => {
  assert.match(problems('up', '--only', 'prerequisite')[0] ?? '', /did you mean prerequisites\?$/)
})

test('flags of other verbs', () => {
  assert.deepEqual(problems('status', '--yes'), ['status has no flag --yes'])
  assert.deepEqual(problems('up', '--purge', '--confirm', 'x'), [
    'up has no flag --purge',
    'up has no flag --confirm',
  ])
})

test('words where none are taken', () => {
  assert.deepEqual(problems('up', 'now'), ['up takes no now'])
})

test('everything wrong is told at once', () => {
  assert.equal(problems('up', 'now', '--purge', '--bogus', '--only', 'x').length, 4)
})
