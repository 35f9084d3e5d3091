import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { externalEtcdView } from '../kube/external-etcd.ts'
import { controlPlaneProblems } from '../kube/gates.ts'
import type { HttpsAnswer, HttpsQuestion } from '../run/https-json.ts'
import { contextOf } from '../run/phase-script.ts'
import { etcdAsInFile, externalEtcd } from './external-etcd.ts'
import { staleMember } from './stale-member.ts'

const endpoints = ['https://192.168.9.131:2379', 'https://192.168.9.132:2379']
const external = { endpoints, ca: 'ca.crt', certificate: 'client.crt', key: 'client.key' }
const cluster = { ...plainCluster(), etcd: { external } }
const folder = '/etc/kubernetes/pki/etcd-external'
const secret = 'MHcCAQEEIDtop0secret0key'
const etcdClient = { ca: 'ca', certificate: 'cert', key: `-----BEGIN\n${secret}\n-----END` }
const context = (input: object = { etcdClient }) =>
  contextOf({
    cluster,
    node: 'k-master-1',
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
    ...input,
  })

type Answer = (question: HttpsQuestion) => Partial<HttpsAnswer>
const well: Answer = ({ path }) => ({
  status: 200,
  json: path === '/v3/kv/range' ? { header: {} } : { header: { member_id: '7' }, leader: '7' },
})
const machine = (https: Answer = well, fake: Fake = {}) => fakeMachine({ ...fake, https })
const usable = (before: 'init' | 'join' = 'init', input?: object) => {
  const [first] = externalEtcd(context(input), before)
  assert.ok(first)
  return first
}

test('without an external etcd there is nothing to bring and nobody to ask', () => {
  const plain = { ...context(), cluster: plainCluster() }
  assert.deepEqual(externalEtcd(plain, 'init'), [])
  assert.equal(staleMember(plain, 'k-worker-1').length, 2)
})

test('the files are written, the key for root alone, and again nothing is to do', async () => {
  const on = machine()
  const steps = externalEtcd(context(), 'init')
  for (const step of steps) {
    if ('run' in step.apply) await step.apply.run(on)
    assert.equal((await step.check(on)).as, 'wanted', step.title)
  }
  assert.equal(on.files.get(`${folder}/client.key`), etcdClient.key)
  assert.equal(on.states.get(`${folder}/client.key`)?.mode, 0o600)
  assert.ok(on.hidden.includes(secret), 'no line of the key may be told')
})

test('every endpoint that does not answer is named, with the reason', async () => {
  const on = machine(({ server }) =>
    server === endpoints[0] ? { status: 503 } : { status: 0, problem: 'connect ECONNREFUSED' },
  )
  const { details, exitCode } = await failure(usable().check(on))
  assert.equal(exitCode, 10)
  assert.deepEqual(details.lines, [
    `from k-master-1: ${endpoints[0]}: it says that it is not healthy`,
    `from k-master-1: ${endpoints[1]}: connect ECONNREFUSED`,
  ])
})

test('a refused certificate has its own exit code', async () => {
  const on = machine(() => ({ status: 0, problem: 'tls alert: bad certificate' }))
  assert.equal((await failure(usable().check(on))).exitCode, 17)
})

const full: Answer = (question) =>
  question.path === '/v3/kv/range' ? { status: 200, json: { count: '812' } } : well(question)

test('an etcd that holds a cluster is refused, but not for a join, nor after our own half init', async () => {
  const { details } = await failure(usable().check(machine(full)))
  assert.equal(details.id, 'KS-ETCD-NOT-EMPTY')
  assert.match(details.what, /812 keys below \/registry\//)
  assert.equal((await usable('join').check(machine(full))).as, 'wanted')
  const half = { files: { '/var/lib/kubestrap/begun': 'init\n' } }
  assert.equal((await usable().check(machine(full, half))).as, 'wanted')
})

test('the question is for the prefix of this cluster', async () => {
  const asked: unknown[] = []
  const on = machine((question) => {
    if (question.path === '/v3/kv/range') asked.push(question.body)
    return well(question)
  })
  await usable().check(on)
  const apiServer = { certSANs: [], extraArgs: { 'etcd-prefix': '/one' } }
  const other = { ...context(), cluster: { ...cluster, apiServer } }
  await externalEtcd(other, 'init')[0]?.check(on)
  const text = (value: unknown) => Buffer.from(String(value), 'base64').toString()
  assert.deepEqual(
    (asked as { key: string; range_end: string }[]).map(({ key, range_end }) => [
      text(key),
      text(range_end),
    ]),
    [
      ['/registry/', '/registry0'],
      ['/one/', '/one0'],
    ],
  )
})

test('a gateway that is switched off is said, and no reason to refuse', async () => {
  const on = machine(({ path }) => ({ status: path === '/health' ? 200 : 404 }))
  assert.equal((await usable().check(on)).as, 'wanted')
  assert.match(JSON.stringify(on.events), /could not be asked: its JSON gateway is switched off/)
  const files = {
    [`${folder}/ca.crt`]: 'a',
    [`${folder}/client.crt`]: 'b',
    [`${folder}/client.key`]: 'c',
  }
  const off: Answer = ({ path }) => ({ status: path === '/health' ? 200 : 404 })
  const view = await externalEtcdView(machine(off, { files }), external)
  assert.deepEqual(
    view.members.map(({ name, answers, id }) => [name, answers, id]),
    endpoints.map((endpoint) => [endpoint, true, '0']),
  )
})

test('without the files by hand: what is here counts, else it is told what to copy', async () => {
  const { details } = await failure(usable('init', {}).check(machine()))
  assert.match(details.remedy ?? '', /copy them beside the cluster file/)
})

test('a file that moves a living cluster to another etcd is refused, both ways', async () => {
  const living = { '/etc/kubernetes/manifests/kube-apiserver.yaml': 'x' }
  const stacked = { ...living, '/etc/kubernetes/manifests/etcd.yaml': 'x' }
  const plain = { ...context(), cluster: plainCluster() }
  const check = (of: typeof plain, files: object) =>
    etcdAsInFile(of).check(machine(well, { files: { ...files } }))
  assert.equal((await failure(check(context(), stacked))).details.id, 'KS-ETCD-KIND')
  assert.equal((await failure(check(plain, living))).exitCode, 19)
  assert.equal((await check(context(), living)).as, 'wanted')
  assert.equal((await check(plain, stacked)).as, 'wanted')
  assert.equal((await check(plain, {})).as, 'wanted')
})

test('no member of an external etcd is ever looked for to be removed', () => {
  const titles = staleMember(context(), 'k-master-2').map(({ title }) => title)
  assert.deepEqual(titles, ['Delete the Node object of k-master-2'])
})

test('the gate names each silent endpoint, and asks no etcd of the control planes', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const conf = {
    clusters: [
      { cluster: { server: 'https://x:6443', 'certificate-authority-data': base64('ca') } },
    ],
    users: [{ user: { 'client-certificate-data': base64('c'), 'client-key-data': base64('k') } }],
  }
  const files = {
    '/etc/kubernetes/admin.conf': JSON.stringify(conf),
    '/etc/kubernetes/pki/ca.crt': 'ca',
    [`${folder}/ca.crt`]: 'ca',
    [`${folder}/client.crt`]: 'cert',
    [`${folder}/client.key`]: 'key',
  }
  const asked = new Set<string>()
  const on = machine(
    (question) => {
      asked.add(question.server)
      if (question.server === endpoints[1]) return { status: 0, problem: 'no answer in time' }
      return question.path === '/api/v1/nodes'
        ? { status: 200, json: { items: [] } }
        : well(question)
    },
    { files },
  )
  assert.deepEqual(await controlPlaneProblems(on, cluster, '192.168.9.121'), [
    `the external etcd ${endpoints[1]}: no answer in time`,
  ])
  assert.ok(!asked.has('https://192.168.9.121:2379'))
})
