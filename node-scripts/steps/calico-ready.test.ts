import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { CalicoSettings } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { fakeAdminConf } from '../../test/golden/fake-admin-conf.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import type { Machine } from '../run/machine.ts'
import { contextOf } from '../run/phase-script.ts'
import type { Step } from '../run/step.ts'
import { operatorPath } from './calico-manifests.ts'
import { calicoReady } from './calico-ready.ts'

const cluster = exampleCluster()
const settings = cluster.podNetwork.calico as CalicoSettings
const observed = { kubernetesVersion: '1.36.3', nodes: [] }
const context = contextOf({ cluster, node: 'k-master-1', observed })
const [operator, works] = calicoReady(context, settings) as readonly [Step, Step]

const statuses = '/apis/operator.tigera.io/v1/tigerastatuses'
const pods = '/api/v1/namespaces/calico-system/pods'
const available = { type: 'Available', status: 'True' }
const part = (name: string, ...conditions: readonly object[]) => ({
  metadata: { name },
  status: { conditions },
})

/** A control plane; the answers may change from one question to the next. */
const machine = (objects: (path: string) => unknown) =>
  fakeMachine({
    files: fakeAdminConf,
    https: ({ path }) => {
      const json = objects(path)
      return json === undefined ? { status: 404 } : { status: 200, json }
    },
  })

const run = (step: Step, on: Machine) =>
  'run' in step.apply ? step.apply.run(on) : Promise.reject(new Error('a list of commands'))

test('before Calico was asked for nothing is known', async () => {
  deepEqual(await operator.check(fakeMachine()), { as: 'unknown', until: 'calico' })
  deepEqual(await operator.check(machine(() => undefined)), { as: 'unknown', until: 'calico' })
})

test('an operator that is not available yet differs; then it is as wanted', async () => {
  const deployment = (conditions: readonly object[]) => (path: string) =>
    path === operatorPath ? { status: { conditions } } : undefined
  equal((await operator.check(machine(deployment([])))).as, 'different')
  equal((await operator.check(machine(deployment([available])))).as, 'wanted')
})

test('Calico works when every part that was asked for does', async () => {
  const three = ['calico', 'ippools', 'apiserver']
  const items = (names: readonly string[]) => (path: string) =>
    path === statuses ? { items: names.map((name) => part(name, available)) } : undefined
  deepEqual(await works.check(machine(items(three))), { as: 'wanted' })
  match(JSON.stringify(await works.check(machine(items(['calico', 'ippools'])))), /apiserver: /)
})

/** Time as the test says it is. */
async function at<T>(clock: { now: number }, work: () => Promise<T>): Promise<T> {
  const { now } = Date
  Date.now = () => clock.now
  try {
    return await work()
  } finally {
    Date.now = now
  }
}

const refused = {
  metadata: { namespace: 'calico-system', name: 'calico-node-x' },
  spec: { nodeName: 'k-worker-1' },
  status: {
    phase: 'Pending',
    containerStatuses: [
      {
        ready: false,
        state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } },
      },
    ],
  },
}

/** Five seconds pass with every look at the pods. */
const waiting = (
  clock: { now: number },
  seen: string[],
  wanted: (path: string) => unknown,
): Machine => ({
  ...machine(wanted),
  async waitFor(_what, limit, probe) {
    for (const began = clock.now; clock.now - began < limit; clock.now += 5_000) {
      const answer = await probe()
      if ('value' in answer) return answer.value
      seen.push(answer.missing)
    }
    throw new KubestrapError({ id: 'KS-WAIT', exit: 'timeout', what: 'over', remedy: 'none' })
  },
})

test('what is wrong is told while it is waited; an image that stays refused ends the wait early', async () => {
  const clock = { now: 1_000_000 }
  const seen: string[] = []
  const objects = (path: string) => {
    if (path === statuses) return { items: [part('calico', { type: 'Degraded', status: 'True' })] }
    return path === pods ? { items: [refused] } : undefined
  }
  const error = await at(clock, () => failure(run(works, waiting(clock, seen, objects))))
  equal(error.details.id, 'KS-CALICO-NOT-READY')
  equal(error.details.exit, 'timeout')
  match(error.details.what, /could not be pulled for 3 minutes/)
  match(error.details.lines?.[0] ?? '', /^ImagePullBackOff on k-worker-1, pod .*: no such image$/)
  ok(error.details.lines?.some((line) => line.startsWith('calico: degraded')))
  ok(clock.now - 1_000_000 < 240_000, 'three minutes after twenty seconds, not ten')
  ok(!seen[0]?.includes('Pull') && seen.at(-1)?.startsWith('ImagePullBackOff'))
})

test('an image that comes in time is waited for', async () => {
  const clock = { now: 1_000_000 }
  const objects = (path: string) => {
    const later = clock.now > 1_150_000
    if (path === statuses)
      return {
        items: ['calico', 'ippools', 'apiserver'].map((name) =>
          part(name, ...(later ? [available] : [])),
        ),
      }
    return path === pods ? { items: later ? [] : [refused] } : undefined
  }
  await at(clock, () => run(works, waiting(clock, [], objects)))
  ok(clock.now > 1_150_000)
})
