import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { CalicoSettings } from '../../lib/cluster.ts'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { bridgeConflist } from '../../lib/render/bridge-config.ts'
import { failure } from '../../test/failure.ts'
import { fakeAdminConf } from '../../test/golden/fake-admin-conf.ts'
import { type FakeMachine, fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { contextOf } from '../run/phase-script.ts'
import { calicoManifests, operatorPath } from './calico-manifests.ts'

const cluster = exampleCluster()
const observed = { kubernetesVersion: '1.36.3', nodes: [] }
const context = contextOf({ cluster, node: 'k-master-1', observed })
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const published = {
  'operator-crds.yaml': 'the definitions',
  'tigera-operator.yaml': 'the operator',
}
type File = keyof typeof published
const settings: CalicoSettings = {
  ...(cluster.podNetwork.calico as CalicoSettings),
  checksums: {
    'operator-crds.yaml': sha256(published['operator-crds.yaml']),
    'tigera-operator.yaml': sha256(published['tigera-operator.yaml']),
  },
}
const steps = calicoManifests(context, settings)

interface Server {
  annotations: Record<string, string>
  /** Names of what was applied, in order. */
  readonly applied: string[]
  spec?: unknown
}

const space = '/api/v1/namespaces/tigera-operator'

/** A control plane whose API server keeps what kubectl applies, and a curl that gives `served`. */
function machine(living: Server, served: Readonly<Record<File, string>> = published): FakeMachine {
  const on: FakeMachine = fakeMachine({
    files: fakeAdminConf,
    https: ({ path }) => {
      const has = (name: string) => living.applied.includes(name)
      if (path === space && has('namespace'))
        return { status: 200, json: { metadata: { annotations: living.annotations } } }
      if (path.startsWith('/apis/') && path !== operatorPath && has('operator-crds.yaml'))
        return { status: 200, json: {} }
      if (path === operatorPath && has('tigera-operator.yaml'))
        return { status: 200, json: { spec: living.spec } }
      return { status: 404 }
    },
    onRun({ argv }, self) {
      const last = argv.at(-1) ?? ''
      const name = last.split('/').at(-1) as File
      if (argv[0] === 'curl') self.files.set(argv[argv.indexOf('--output') + 1] ?? '', served[name])
      if (argv.includes('apply')) living.applied.push(last === '-' ? 'namespace' : name)
      if (argv.includes('annotate')) {
        const [key = '', value = ''] = last.split('=')
        living.annotations[key] = value
      }
      return undefined
    },
  })
  const ask: FakeMachine['ask'] = async (...argv) => {
    const text = on.files.get(argv.at(-1) ?? '')
    if (argv[0] !== 'sha256sum' || text === undefined)
      return { exitCode: 1, stdout: '', stderr: '' }
    return { exitCode: 0, stdout: `${sha256(text)}  file\n`, stderr: '' }
  }
  return { ...on, ask }
}

const empty = (): Server => ({ annotations: {}, applied: [], spec: { replicas: 1 } })

test('namespace, definitions, operator: in this order, and again nothing', async () => {
  const living = empty()
  const on = machine(living)
  await converge(steps, on)
  deepEqual(living.applied, ['namespace', 'operator-crds.yaml', 'tigera-operator.yaml'])
  const wait = on.changes.findIndex((text) => text.includes('--for=condition=Established'))
  const operator = on.changes.findIndex(
    (text) => text.includes('apply') && text.includes('tigera-operator.yaml'),
  )
  ok(wait > 0 && wait < operator, 'the operator comes when its kinds are known')
  ok(on.changes.every((text) => !text.includes('apply') || text.includes('--server-side')))
  deepEqual(
    [...on.files.keys()].filter((path) => path.endsWith('.yaml')),
    [],
  )
  const before = on.changes.length
  deepEqual(await converge(steps, on), [])
  equal(on.changes.length, before)
})

// Each file alone: an altered CRD can do as much harm as an altered operator.
for (const file of ['operator-crds.yaml', 'tigera-operator.yaml'] as const)
  test(`${file} that was altered on its way is refused, and nothing of it applied`, async () => {
    const living = empty()
    const on = machine(living, { ...published, [file]: `${published[file]} and more` })
    const error = await failure(converge(steps, on))
    equal(error.details.id, 'KS-CHECKSUM')
    ok(!living.applied.includes(file))
    deepEqual(
      [...on.files.keys()].filter((path) => path.endsWith('.yaml')),
      [],
    )
  })

test('an operator that somebody changed since, and another release, are found', async () => {
  const living = empty()
  const on = machine(living)
  await converge(steps, on)
  living.spec = { replicas: 0 }
  const [, definitions, operator] = steps
  match(JSON.stringify(await operator?.check(on)), /changed since/)
  equal((await definitions?.check(on))?.as, 'wanted')
  living.annotations['kubestrap.io/calico-crds'] = 'of another release'
  match(JSON.stringify(await definitions?.check(on)), /those of another release/)
})

test('a cluster whose pods are on the bridge is left as it is', async () => {
  const on = machine(empty())
  on.files.set(bridgeConflist, '{}')
  const error = await failure(converge(steps, on))
  equal(error.details.id, 'KS-POD-NETWORK-OTHER')
  deepEqual(on.changes, [])
})

test('before there is a cluster nothing is known; no answer is no yes', async () => {
  for (const step of steps) {
    deepEqual(await step.check(fakeMachine()), { as: 'unknown', until: 'control-plane-init' })
    const silent = fakeMachine({ files: fakeAdminConf, https: () => ({ status: 503 }) })
    equal((await step.check(silent)).as, 'unknown')
  }
})
