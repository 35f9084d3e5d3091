import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { failure } from '../../test/failure.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { byHand, converge, plan } from './converge.ts'
import { command, different, type Step, unknown, wanted } from './step.ts'

/** A step that wants a file to be there; `apply` is what makes it, or does not. */
function wants(path: string, apply?: Step['apply']): Step {
  return {
    title: `Make ${path}`,
    why: 'a test',
    check: async (on) =>
      (await on.read(path)) === undefined ? different('nothing', path) : wanted,
    apply: apply ?? { byHand: `touch ${path}`, run: (on) => on.write(path, '', 0o600) },
  }
}

const refuses: Step = {
  title: 'Refuse',
  why: 'a test',
  check: () =>
    Promise.reject(new KubestrapError({ id: 'KS-NO', exit: 'conflict', what: 'not here' })),
  apply: [],
}

const remarked: Step = {
  title: 'Look',
  why: 'a test',
  check: async () => ({ as: 'wanted', because: 'nothing here', note: 'mind the gap' }),
  apply: [],
}

test('what a check remarks is told with its step, and in the plan', async () => {
  const on = fakeMachine()
  assert.deepEqual(await converge([remarked], on), [])
  assert.deepEqual(
    on.events.flatMap((event) =>
      event.kind === 'step-finished' ? event.because : event.kind === 'notice' ? event.text : [],
    ),
    ['nothing here', 'mind the gap'],
  )
  assert.deepEqual(await plan([remarked], on), [
    { step: 'Look', outcome: 'ok', because: 'nothing here', note: 'mind the gap' },
  ])
})

test('check, apply, check again; the second run changes nothing', async () => {
  const on = fakeMachine({ files: { '/b': '' } })
  const steps = [wants('/a'), wants('/b'), wants('/c')]
  assert.deepEqual(await converge(steps, on), ['Make /a', 'Make /c'])
  assert.deepEqual(on.changes, ['write /a', 'write /c'])
  const finished = on.events.filter(({ kind }) => kind === 'step-finished')
  assert.deepEqual(
    finished.map((event) => ('outcome' in event ? event.outcome : '')),
    ['changed', 'ok', 'changed'],
  )
  assert.deepEqual(await converge(steps, on), [])
  assert.equal(on.changes.length, 2)
})

test('events tell index, number, and what was found in place of what', async () => {
  const on = fakeMachine()
  await converge([wants('/a')], on)
  const [started, finished] = on.events
  assert.ok(started?.kind === 'step-started')
  const { step, why, index, of } = started
  assert.deepEqual([step, why, index, of], ['Make /a', wants('/a').why, 0, 1])
  assert.ok(finished?.kind === 'step-finished')
  assert.deepEqual([finished.found, finished.wanted], ['nothing', '/a'])
})

test('commands are run in their order', async () => {
  const on = fakeMachine({
    onRun: ({ argv }, machine) => void machine.files.set(argv.at(-1) ?? '', ''),
  })
  await converge([wants('/a', [command('first', '/x'), command('touch', '/a')])], on)
  assert.deepEqual(on.changes, ['first /x', 'touch /a'])
})

test('a step that was done and changed nothing is a failure that says what is still wrong', async () => {
  const error = await failure(converge([wants('/a', [command('true')])], fakeMachine()))
  assert.equal(error.details.id, 'KS-STEP-NOT-EFFECTIVE')
  assert.equal(error.details.step, 'Make /a')
  assert.deepEqual(error.details.lines, ['found: nothing', 'wanted: /a'])
  assert.match(error.details.remedy ?? '', /: true$/)
})

test('what was changed before a failure is known', async () => {
  const changed: string[] = []
  await failure(converge([wants('/a'), wants('/b', [])], fakeMachine(), { changed }))
  assert.equal(changed[0], 'Make /a')
})

test('what comes after a failed step is not done', async () => {
  const on = fakeMachine()
  await failure(converge([wants('/a', [command('true')]), wants('/b')], on))
  assert.deepEqual(on.changes, ['true'])
})

test('a change makes later steps look anew', async () => {
  const on = fakeMachine()
  const both: Step['apply'] = {
    byHand: '',
    async run(machine) {
      await machine.write('/a', '', 0o600)
      await machine.write('/b', '', 0o600)
    },
  }
  assert.deepEqual(await converge([wants('/a', both), wants('/b')], on), ['Make /a'])
})

test('a check that refused early is asked again after a change, and may agree then', async () => {
  const on = fakeMachine()
  const later: Step = {
    ...wants('/b'),
    async check(machine) {
      if ((await machine.read('/a')) === undefined) return refuses.check(machine)
      return (await machine.read('/b')) === undefined ? different('nothing', '/b') : wanted
    },
  }
  assert.deepEqual(await converge([wants('/a'), later], on), ['Make /a', 'Make /b'])
})

test('until: the last step that is done', async () => {
  const on = fakeMachine()
  await converge([wants('/a'), wants('/b'), wants('/c')], on, { until: 'Make /b' })
  assert.deepEqual(on.changes, ['write /a', 'write /b'])
  await converge([wants('/a'), wants('/b'), wants('/c')], on, { until: 'Make /a' })
  assert.equal(on.changes.length, 2, 'also where the step had nothing to do')
})

test('a refusal stops the run with the title of its step; nothing later is done', async () => {
  const on = fakeMachine()
  const error = await failure(converge([wants('/a'), refuses, wants('/b')], on))
  assert.equal(error.details.id, 'KS-NO')
  assert.equal(error.details.step, 'Refuse')
  assert.deepEqual(on.changes, ['write /a'])
})

test('a bug in a step stays the error it is', async () => {
  const bug = new TypeError('x is not a function')
  const step: Step = { ...wants('/a'), check: () => Promise.reject(bug) }
  await assert.rejects(converge([step], fakeMachine()), bug)
})

test('right after a change nobody may answer for a moment: it is asked again', async () => {
  let asked = 0
  const busy: Step = {
    ...wants('/a'),
    check: async (on) => {
      asked += 1
      if ((await on.read('/a')) === undefined) return different('nothing', '/a')
      return asked === 2 ? unknown('the API server answers') : wanted
    },
  }
  assert.deepEqual(await converge([busy], fakeMachine()), ['Make /a'])
  assert.equal(asked, 3)
})

test('a plan looks at all steps, tells each, and changes nothing', async () => {
  const on = fakeMachine({ files: { '/a': '' } })
  const later: Step = { ...wants('/c'), check: async () => unknown('control-plane-init') }
  assert.deepEqual(await plan([wants('/a'), wants('/b'), later], on), [
    { step: 'Make /a', outcome: 'ok' },
    { step: 'Make /b', outcome: 'would-change', found: 'nothing', wanted: '/b' },
    { step: 'Make /c', outcome: 'unknown', wanted: 'known after control-plane-init' },
  ])
  assert.deepEqual(on.changes, [])
  assert.deepEqual(on.events, [])
})

test('a plan is refused where a check refuses', async () => {
  const error = await failure(plan([wants('/a'), refuses], fakeMachine()))
  assert.equal(error.details.id, 'KS-NO')
})

test('by hand: the commands as one would type them, or the text for people', () => {
  assert.equal(byHand(wants('/a')), 'touch /a')
  assert.equal(byHand(wants('/a', [command('a', 'b c'), command('d')])), "a 'b c'\nd")
})

test('with a pause nothing is done before it ends, and what is as wanted does not pause', async () => {
  const on = fakeMachine({ files: { '/b': '' } })
  const paused: [number, number][] = []
  const pause = async (index: number) => void paused.push([index, on.changes.length])
  await converge([wants('/a'), wants('/b'), wants('/c')], on, { pause })
  assert.deepEqual(paused, [
    [0, 0],
    [2, 1],
  ])
  const [first] = on.events.filter(({ kind }) => kind === 'paused')
  assert.deepEqual(first, {
    ...{ kind: 'paused', step: 'Make /a', why: 'a test', index: 0, commands: 'touch /a' },
  })
})
