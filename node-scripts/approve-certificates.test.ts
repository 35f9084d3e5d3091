import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { fakeMachine } from '../test/golden/fake-machine.ts'
import { workerRequest } from '../test/serving-request.ts'
import { phase } from './approve-certificates.ts'
import type { HttpsAnswer } from './run/https-json.ts'

const base = plainCluster()
const cluster = { ...base, security: { ...base.security, kubeletServingCertificates: true } }
const [node] = cluster.nodes
assert.ok(node)
const observed = { kubernetesVersion: '1.36.3', nodes: [] }
const context = { cluster, node, input: { cluster, node: node.name, observed } }
const worker = 'k-worker-1'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const files = {
  '/etc/kubernetes/admin.conf': JSON.stringify({
    clusters: [{ cluster: { server: 'https://x', 'certificate-authority-data': base64('ca') } }],
    users: [{ user: { 'client-certificate-data': base64('c'), 'client-key-data': base64('k') } }],
  }),
  '/etc/kubernetes/pki/ca.crt': 'ca',
}

const request = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: {
    request: base64(workerRequest),
    signerName: 'kubernetes.io/kubelet-serving',
    usages: ['digital signature', 'server auth'],
    username: `system:node:${worker}`,
    groups: ['system:nodes'],
    ...spec,
  },
})

interface Living {
  requests: readonly object[]
  readonly asks?: boolean
  readonly ready?: string
  served?: boolean
}

/** A cluster whose worker serves with its certificate once its request was approved. */
function machine(living: Living) {
  const answer = (url: string): Partial<HttpsAnswer> => {
    if (url.includes('certificatesigningrequests'))
      return { status: 200, json: { items: living.requests } }
    if (url.includes('kubelet-config'))
      return {
        status: 200,
        json: { data: { kubelet: `serverTLSBootstrap: ${living.asks ?? true}\n` } },
      }
    if (url.includes(':10250'))
      return living.served ? { status: 401 } : { status: 0, problem: 'self-signed certificate' }
    const conditions = [{ type: 'Ready', status: living.ready ?? 'True' }]
    return {
      status: 200,
      json: { items: [{ metadata: { name: worker }, spec: {}, status: { conditions } }] },
    }
  }
  return fakeMachine({
    files,
    https: ({ server, path }) => answer(`${server}${path}`),
    onRun({ argv }) {
      const approved = argv.at(-1)
      living.requests = living.requests.filter(
        (one) => (one as { metadata: { name: string } }).metadata.name !== approved,
      )
      living.served = true
      return undefined
    },
  })
}

const step = (title: string) => {
  const found = phase.steps(context).find((one) => one.title === title)
  assert.ok(found)
  return found
}
const approve = step(`Approve the serving certificate of ${worker}`)
const others = step('Name the requests that do not fit')

async function run(on: ReturnType<typeof machine>): Promise<void> {
  assert.ok('run' in approve.apply)
  await approve.apply.run(on)
}

test('a request that fits is approved, and nothing else', async () => {
  const forged = request('csr-forged', { username: 'kubernetes-admin' })
  const on = machine({ requests: [forged, request('csr-good')] })
  assert.equal((await approve.check(on)).as, 'different')
  await run(on)
  assert.deepEqual(
    on.changes.filter((one) => one.includes('certificate')),
    [
      'kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://192.168.9.121:6443 certificate approve csr-good',
    ],
  )
  assert.equal((await approve.check(on)).as, 'wanted')
  const told = await others.check(on)
  assert.match(JSON.stringify(told), /not approved: csr-forged of kubernetes-admin/)
})

test('a renewal is approved while the old certificate still serves', async () => {
  const on = machine({ requests: [request('csr-new')], served: true })
  assert.equal((await approve.check(on)).as, 'different')
  await run(on)
  assert.equal((await approve.check(on)).as, 'wanted')
})

test('a node that asks for what it must not have is named, and nothing is approved', async () => {
  const on = machine({ requests: [request('csr-bad', { usages: ['client auth'] })] })
  await assert.rejects(run(on), (error: Error & { details?: { lines?: readonly string[] } }) => {
    assert.match(error.message, /k-worker-1 asks for a serving certificate that does not fit/)
    assert.match(error.details?.lines?.join() ?? '', /csr-bad .* wants the usage client auth/)
    return true
  })
  assert.deepEqual(on.changes, [])
})

test('a cluster whose kubelets do not ask is left alone', async () => {
  const on = machine({ requests: [], asks: false })
  assert.equal((await approve.check(on)).as, 'wanted')
})

test('a silent node stops nobody; one that has not joined is not known yet', async () => {
  const silent = await approve.check(machine({ requests: [], ready: 'Unknown' }))
  assert.match(JSON.stringify(silent), /k-worker-1 is silent/)
  const absent = step('Approve the serving certificate of k-master-2')
  assert.equal((await absent.check(machine({ requests: [] }))).as, 'unknown')
})
