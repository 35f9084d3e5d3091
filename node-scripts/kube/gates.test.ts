import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import type { HttpsAnswer, HttpsQuestion } from '../run/https-json.ts'
import { etcdHealth, etcdMembers, removeEtcdMember, tolerance } from './etcd.ts'
import { controlPlaneProblems, endpointProblem, healthyControlPlanes } from './gates.ts'

const cluster = plainCluster()
const local = '192.168.9.121'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const adminConf = JSON.stringify({
  clusters: [{ cluster: { server: 'https://x:6443', 'certificate-authority-data': base64('ca') } }],
  users: [{ user: { 'client-certificate-data': base64('c'), 'client-key-data': base64('k') } }],
})
const files = {
  '/etc/kubernetes/admin.conf': adminConf,
  '/etc/kubernetes/pki/ca.crt': 'ca',
  '/etc/kubernetes/pki/etcd/ca.crt': 'etcd ca',
  '/etc/kubernetes/pki/etcd/healthcheck-client.crt': 'cert',
  '/etc/kubernetes/pki/etcd/healthcheck-client.key': 'key',
}

const planes = ['k-master-1', 'k-master-2', 'k-master-3']
const addressOf = (name: string) => cluster.nodes.find((node) => node.name === name)?.address ?? ''
const nodeObject = (name: string) => ({
  metadata: { name, uid: name, labels: { 'node-role.kubernetes.io/control-plane': '' } },
  spec: {},
  status: {
    addresses: [{ type: 'InternalIP', address: addressOf(name) }],
    nodeInfo: { kubeletVersion: 'v1.36.3' },
  },
})
const member = (name: string, more: object = {}) => ({
  ID: `1844674407370955161${planes.indexOf(name)}`,
  name,
  peerURLs: [`https://${addressOf(name)}:2380`],
  clientURLs: [`https://${addressOf(name)}:2379`],
  ...more,
})

type Answers = Readonly<Record<string, (question: HttpsQuestion) => Partial<HttpsAnswer>>>
const json = (value: unknown) => () => ({ status: 200, json: value })
const silent = () => ({ status: 0, problem: 'connect ECONNREFUSED' })

/** Three healthy control planes, but for what is told; keys are ends of `server path`. */
function machine(other: Answers = {}) {
  const asked: HttpsQuestion[] = []
  const answers: Answers = {
    '/readyz': json(undefined),
    '/api/v1/nodes': json({ items: planes.map(nodeObject) }),
    '/v3/cluster/member/list': json({ members: planes.map((name) => member(name)) }),
    '/v3/maintenance/status': json({ leader: '18446744073709551610' }),
    '/v3/maintenance/alarm': json({}),
    '/v3/cluster/member/remove': json({}),
    ...other,
  }
  const on = fakeMachine({
    files,
    https(question) {
      asked.push(question)
      const full = `${question.server}${question.path}`
      const ends = Object.keys(answers).filter((end) => full.endsWith(end))
      const longest = ends.sort((a, b) => b.length - a.length)[0] ?? ''
      return answers[longest]?.(question) ?? { status: 404 }
    },
  })
  return { on, asked }
}
const problems = (other: Answers) => controlPlaneProblems(machine(other).on, cluster, local)

test('three healthy control planes have no problem', async () => {
  assert.deepEqual(await problems({}), [])
})

test('only the etcd questions carry the etcd key, and every server is verified', async () => {
  const { on, asked } = machine()
  await controlPlaneProblems(on, cluster, local)
  for (const { server, key, ca } of asked) {
    assert.equal(key === 'key', server.endsWith(':2379'), server)
    assert.ok(ca, server)
  }
})

const list = (...members: object[]) => ({ '/v3/cluster/member/list': json({ members }) })
const cases: readonly [string, Answers, readonly RegExp[]][] = [
  [
    'the API server is silent',
    { '/api/v1/nodes': silent },
    [/API server at 192.168.9.121 does not/],
  ],
  ['etcd is silent', { '/v3/cluster/member/list': silent }, [/^etcd at 192.168.9.121 does not/]],
  [
    'another API server is not ready',
    { 'https://192.168.9.122:6443/readyz': () => ({ status: 500 }) },
    [/^API server of k-master-2: /],
  ],
  [
    'the endpoint is silent',
    { 'https://192.168.9.120:6443/readyz': silent },
    [/^the endpoint https:\/\/192\.168\.9\.120:6443: connect ECONNREFUSED$/],
  ],
  [
    'a learner, and one that never started',
    list(member('k-master-1'), member('k-master-2', { isLearner: true }), {
      ID: '9',
      peerURLs: ['https://192.168.9.123:2380'],
    }),
    [
      /learner k-master-2 is catching up/,
      /at https:.*123:2380 has not started/,
      /k-master-3 is no etcd member yet/,
    ],
  ],
  [
    'a member that does not answer',
    { 'https://192.168.9.123:2379/v3/maintenance/status': silent },
    [/^etcd member k-master-3 does not answer$/],
  ],
  [
    'a member without a Node object',
    list(...planes.map((name) => member(name)), { ...member('k-master-1'), ID: '9', name: 'gone' }),
    [/^etcd member gone has no Node object$/],
  ],
  [
    'an alarm',
    { '/v3/maintenance/alarm': json({ alarms: [{ memberID: '1', alarm: 'NOSPACE' }] }) },
    [/^etcd alarm NOSPACE$/],
  ],
  ['no leader', { '/v3/maintenance/status': json({ header: {} }) }, [/^etcd has no leader$/]],
]
for (const [title, answers, signs] of cases)
  test(`a problem: ${title}`, async () => {
    const found = await problems(answers)
    assert.equal(found.length, signs.length, found.join('; '))
    for (const sign of signs)
      assert.ok(
        found.some((problem) => sign.test(problem)),
        `${sign}: ${found}`,
      )
  })

test('after a join only the node itself counts: it waits for no other that is about to be mended', async () => {
  const ask = (node: string, other: Answers) =>
    controlPlaneProblems(machine(other).on, cluster, local, { endpoint: false, node })
  const ill: Answers = {
    ...list(member('k-master-1'), member('k-master-3', { isLearner: true })),
    'https://192.168.9.122:6443/readyz': silent,
    'https://192.168.9.120:6443/readyz': silent,
  }
  assert.deepEqual(await ask('k-master-1', ill), [])
  assert.deepEqual(await ask('k-master-2', ill), [
    'API server of k-master-2: connect ECONNREFUSED',
    'k-master-2 is no etcd member yet',
  ])
  assert.deepEqual(await ask('k-master-3', ill), ['etcd learner k-master-3 is catching up'])
  assert.match((await ask('k-master-9', {}))[0] ?? '', /does not know k-master-9/)
})

test('the endpoint must answer three times in a row', async () => {
  let asked = 0
  const { on } = machine({
    '/readyz': () => {
      asked += 1
      return asked === 3 ? { status: 503, problem: undefined as never } : { status: 200 }
    },
  })
  assert.match((await endpointProblem(on, cluster, 'ca')) ?? '', /HTTP status 503/)
  assert.equal(asked, 3)
  assert.equal(await endpointProblem(on, cluster, 'ca'), undefined)
  assert.equal(asked, 6)
})

test('member ids stay the strings they are: they are too large for numbers', async () => {
  const members = await etcdMembers(machine().on, local)
  assert.deepEqual(
    members?.map(({ id }) => id),
    ['18446744073709551610', '18446744073709551611', '18446744073709551612'],
  )
  const { on, asked } = machine()
  assert.equal(await removeEtcdMember(on, local, '18446744073709551612'), true)
  assert.deepEqual(asked[0]?.body, { ID: '18446744073709551612' })
})

test('without the certificates nobody is asked', async () => {
  let asked = 0
  const on = fakeMachine({
    https() {
      asked += 1
      return { status: 200 }
    },
  })
  assert.equal(await etcdHealth(on, local), undefined)
  assert.equal(asked, 0)
})

test('how many members may be lost', () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(tolerance), [0, 0, 1, 1, 2])
})

/** What the gate ends with when nothing changes until its time is over. */
function gateEndsWith(other: Answers) {
  const { on } = machine(other)
  const waitFor: typeof on.waitFor = async (what, _limit, probe) => {
    await probe()
    throw new KubestrapError({ id: 'KS-WAIT', exit: 'timeout', what: `${what}: not within` })
  }
  const step = healthyControlPlanes(cluster, local)
  assert.ok('run' in step.apply)
  return failure(step.apply.run({ ...on, waitFor }))
}
const deadEndpoint = { [`${cluster.endpoint.address}:6443/readyz`]: silent }

test('the gate: when the endpoint alone is missing the error is about the endpoint', async () => {
  const { details, exitCode } = await gateEndsWith(deadEndpoint)
  assert.equal(details.id, 'KS-ENDPOINT-SILENT')
  assert.equal(exitCode, 18)
  assert.match((details.lines ?? []).join(), /the endpoint https:.*ECONNREFUSED/)
})

test('the gate: when something else is missing as well it is a wait that was in vain', async () => {
  const { details } = await gateEndsWith({ ...deadEndpoint, '/v3/cluster/member/list': silent })
  assert.equal(details.id, 'KS-WAIT')
})
