import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PhaseEventBody } from '../../lib/events.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { perform } from './perform.ts'
import type { PhaseScript } from './phase-script.ts'
import { different, type Step, wanted } from './step.ts'

const cluster = plainCluster()
const input = { cluster, node: 'k-master-1', observed: { kubernetesVersion: '1.36.3', nodes: [] } }
const secret = 'abcdef.0123456789abcdef'

const fine: Step = { title: 'Do nothing', why: 'a test', check: async () => wanted, apply: [] }
const fails = (run: () => Promise<unknown>): Step => ({
  title: 'Fail',
  why: 'a test',
  check: async () => different('a', 'b'),
  apply: { byHand: '', run: async () => void (await run()) },
})
const phaseOf = (steps: readonly Step[], gives?: PhaseScript['gives']): PhaseScript => ({
  name: 'prerequisites',
  about: 'a test',
  steps: () => steps,
  ...(gives ? { gives } : {}),
})

async function performed(phase: PhaseScript, until?: string) {
  const events: PhaseEventBody[] = []
  const request = { run: 'x', input, ...(until === undefined ? {} : { until }) }
  const result = await perform(phase, request, (event) => void events.push(event))
  return { result, events }
}

test('what a phase gives is in its result, never in an event', async () => {
  const { result, events } = await performed(phaseOf([fine], async () => ({ token: secret })))
  assert.equal(result.outcome, 'done')
  assert.deepEqual(result.gives, { token: secret })
  assert.ok(!JSON.stringify(events).includes(secret))
})

test('a phase that is stopped by --until gives nothing', async () => {
  const { result } = await performed(
    phaseOf([fine], async () => 'x'),
    'Do nothing',
  )
  assert.deepEqual([result.outcome, result.gives], ['done', undefined])
})

test('a title that no step has is refused before anything is done', async () => {
  const never = fails(() => assert.fail('was done'))
  const { result } = await performed(phaseOf([never]), 'Do nothing')
  assert.equal(result.error?.id, 'KS-NO-SUCH-STEP')
  assert.deepEqual(result.error?.lines, ['Fail'])
})

test('a bug is a result with the stack', async () => {
  const { result, events } = await performed(
    phaseOf([fails(() => Promise.reject(new TypeError('x is not a function')))]),
  )
  assert.equal(result.error?.id, 'KS-BUG')
  assert.match(result.error?.lines?.join('\n') ?? '', /x is not a function/)
  assert.equal(events.at(-1)?.kind, 'error')
})

test('a hidden secret in the output of a command that fails is told nowhere', async () => {
  const step: Step = {
    ...fine,
    check: async () => different('a', 'b'),
    apply: {
      byHand: '',
      async run(on) {
        on.hide(secret)
        await on.run({ argv: ['sh', '-c', `echo 'bad token ${secret}' >&2; exit 1`] })
      },
    },
  }
  const { result, events } = await performed(phaseOf([step]))
  assert.equal(result.outcome, 'failed')
  assert.ok(!JSON.stringify([result, events]).includes(secret))
})
