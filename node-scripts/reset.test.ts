import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { fakeMachine } from '../test/golden/fake-machine.ts'
import { phase } from './reset.ts'
import { converge } from './run/converge.ts'
import { contextOf } from './run/phase-script.ts'

const title = 'Remove the empty folders of volume plugins'
const stepsWith = (options: Readonly<Record<string, string>>) => {
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  const input = { cluster: plainCluster(), node: 'k-worker-1', observed, options }
  return phase.steps(contextOf(input)).filter((step) => step.title === title)
}
const steps = stepsWith({ purge: 'true' })
const folder = '/usr/libexec/kubernetes'
const states = { [folder]: { kind: 'directory' } } as const

test('without --purge the folders of volume plugins stay for the next join', () => {
  deepEqual(stepsWith({}), [])
  equal(steps.length, 1)
})

test('where they are empty they go', async () => {
  const on = fakeMachine({
    states,
    answers: { find: {} },
    onRun: (_, { states: there }) => void there.delete(folder),
  })
  await converge(steps, on)
  deepEqual(on.changes, [`find ${folder} -type d -empty -delete`])
})

test('a driver in them stays, and is told', async () => {
  const driver = `${folder}/kubelet-plugins/volume/exec/vendor~driver/driver`
  const on = fakeMachine({ states, answers: { find: { stdout: `${driver}\n` } } })
  await converge(steps, on)
  deepEqual(on.changes, [])
  const told = `${folder} stays, for this is not of kubestrap: ${driver}`
  deepEqual(
    on.events.filter(({ kind }) => kind === 'notice'),
    [{ kind: 'notice', text: told }],
  )
})

test('where they are not there is nothing to do', async () => {
  const on = fakeMachine()
  await converge(steps, on)
  deepEqual(on.changes, [])
})
