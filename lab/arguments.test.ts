import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../lib/errors.ts'
import { parseArguments } from './arguments.ts'

const problems = (...argv: string[]) => {
  try {
    parseArguments(argv)
  } catch (error) {
    assert.ok(error instanceof KubestrapError)
    assert.equal(error.exitCode, 2)
    return error.details.lines
  }
  assert.fail('was accepted')
}

test('flags may stand before and after the verb', () => {
  const asked = parseArguments(['--name', 'e2e', 'up', '--workers', '2', '--control-planes=1'])
  assert.equal(asked.lab, 'e2e')
  assert.equal(asked.verb, 'up')
  assert.deepEqual(asked.counts, { workers: 2, controlPlanes: 1 })
})

test('what stands after ssh, kubectl and logs belongs to these', () => {
  const asked = parseArguments(['--name', 'e2e', 'kubectl', 'get', 'nodes', '-o', 'wide', '--help'])
  assert.deepEqual(asked.words, ['get', 'nodes', '-o', 'wide', '--help'])
  assert.equal(asked.help, false)
  assert.deepEqual(parseArguments(['ssh', 'k-master-1', 'ls', '--name', 'x']).lab, 'lab')
})

test('start has two meanings', () => {
  assert.deepEqual(parseArguments(['start']).words, [])
  assert.deepEqual(parseArguments(['start', 'k-master-1']).words, ['k-master-1'])
})

test('everything wrong is told at once', () => {
  assert.deepEqual(problems('up', '--wrokers', '3'), ['unknown flag --wrokers'])
  assert.deepEqual(problems('up', 'x'), ['too many words after up: x'])
  assert.deepEqual(problems('frob', '--x=1'), ['unknown flag --x', 'unknown verb "frob"'])
  assert.equal(problems('up', '--workers', '-1', '--spare=1e3')?.length, 3)
  assert.deepEqual(problems('kill'), ['kill needs NODE'])
  assert.equal(problems('--name', '../../etc', 'down')?.length, 1)
  assert.ok(
    problems('up', '--workers', '1', '--workers', '2')?.includes('--workers is given twice'),
  )
})

test('no word and --help give the help', () => {
  assert.ok(parseArguments([]).help)
  assert.ok(parseArguments(['up', '--help']).help)
})

test('an exercise is begun, or one thing is wanted of it', () => {
  assert.deepEqual(parseArguments(['exercise']).wish, undefined)
  assert.deepEqual(parseArguments(['exercise', 'taint', '--hint']).wish, 'hint')
  assert.deepEqual(problems('exercise', '--check'), ['exercise --check needs NAME'])
  assert.deepEqual(problems('down', '--undo'), ['--undo belongs to exercise'])
  assert.equal(problems('exercise', 'taint', '--hint', '--solve')?.length, 1)
})
