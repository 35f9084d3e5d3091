import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster } from './cluster.ts'
import { KubestrapError } from './errors.ts'
import { plainCluster } from './example-cluster.ts'
import { judge, type Seen } from './judgement.ts'
import type { ClusterView, Facts, Inspection } from './observed.ts'
import type { KnownNode } from './phase-input.ts'
import { fitFacts, fitMachine } from './preflight/fit-machines.ts'

const cluster = plainCluster()

const nothing: Inspection = {
  plans: {},
  refusals: [],
  membership: 'none',
  observed: { kubernetesVersion: '1.36', nodes: [] },
}

interface Look {
  readonly facts?: Partial<Facts>
  readonly inspection?: Partial<Inspection>
  readonly unseen?: true
}

/** All nodes of the example, bare but for what is told of them. */
function nodes(looks: Readonly<Record<string, Look>> = {}): Seen[] {
  return cluster.nodes.map((node) => {
    const { facts, inspection, unseen } = looks[node.name] ?? {}
    if (unseen) return { node }
    const seen = { node, facts: fitFacts(node, { facts: facts ?? {} }) }
    return inspection ? { ...seen, inspection: { ...nothing, ...inspection } } : seen
  })
}

const known = (name: string, more: Partial<KnownNode> = {}): KnownNode => ({
  name,
  address: '192.168.9.1',
  ready: true,
  controlPlane: name.startsWith('k-master'),
  kubeletVersion: '1.36.3',
  ...more,
})

const view = (more: Partial<ClusterView> = {}): ClusterView => ({
  nodes: [known('k-master-2')],
  problems: [],
  caCertHash: `sha256:${'a'.repeat(64)}`,
  joinSecretsLeft: false,
  settings: [],
  ...more,
})

function refusal(seen: readonly Seen[], of: Cluster = cluster): KubestrapError {
  try {
    judge(of, seen)
  } catch (error) {
    assert.ok(error instanceof KubestrapError, String(error))
    return error
  }
  assert.fail('was not refused')
}

test('nobody holds a cluster: the first control plane of the file begins it', () => {
  const verdict = judge(cluster, nodes())
  assert.deepEqual(verdict, {
    first: 'k-master-1',
    steward: 'k-master-1',
    version: '1.36',
    surplus: [],
    findings: [],
    proxyMode: 'nftables',
  })
})

test('one control plane lives: all others join, also the first of the file', () => {
  const verdict = judge(
    cluster,
    nodes({ 'k-master-2': { inspection: { membership: 'member', cluster: view() } } }),
  )
  assert.equal(verdict.first, undefined)
  assert.equal(verdict.steward, 'k-master-2')
  assert.equal(verdict.version, '1.36.3')
  assert.equal(verdict.living?.nodes.length, 1)
})

test('a healthy control plane is preferred to one that sees problems', () => {
  const verdict = judge(
    cluster,
    nodes({
      'k-master-1': { inspection: { cluster: view({ problems: ['etcd has no leader'] }) } },
      'k-master-3': { inspection: { cluster: view() } },
    }),
  )
  assert.equal(verdict.steward, 'k-master-3')
})

test('where all see problems one of them is the steward all the same', () => {
  const ill = { inspection: { cluster: view({ problems: ['etcd has no leader'] }) } }
  assert.equal(judge(cluster, nodes({ 'k-master-3': ill })).steward, 'k-master-3')
})

test('nodes that the file does not name are reported', () => {
  const living = view({ nodes: [known('k-master-1'), known('old-worker')] })
  const verdict = judge(cluster, nodes({ 'k-master-1': { inspection: { cluster: living } } }))
  assert.deepEqual(verdict.surplus, ['old-worker'])
})

test('an init that never finished is taken up where it was begun', () => {
  const seen = nodes({
    'k-master-3': { facts: { etcdData: true }, inspection: { membership: 'partial' } },
  })
  const { first, steward } = judge(cluster, seen)
  assert.deepEqual({ first, steward }, { first: 'k-master-3', steward: 'k-master-3' })
})

test('a half join has no copy of the cluster yet: one is begun anew where the file says', () => {
  const half = { inspection: { membership: 'partial', begun: 'join' } } as const
  assert.equal(judge(cluster, nodes({ 'k-worker-1': half })).first, 'k-master-1')
})

test('an exact version that a node knows counts more than the minor of the file', () => {
  const observed = { kubernetesVersion: '1.36.2', nodes: [] }
  const verdict = judge(cluster, nodes({ 'k-worker-1': { inspection: { observed } } }))
  assert.equal(verdict.version, '1.36.2')
})

const holder = { facts: { kubeletConf: true, etcdData: true } }
const refusals: readonly [string, Seen[], string, number, RegExp][] = [
  [
    'a half join may hold the last copy of what etcd knows',
    nodes({
      'k-master-2': {
        facts: { etcdData: true },
        inspection: { membership: 'partial', begun: 'join' },
      },
    }),
    'KS-CLUSTER-SILENT',
    18,
    /k-master-2/,
  ],
  [
    'a control plane that was not seen may hold the cluster',
    nodes({ 'k-master-3': { unseen: true } }),
    'KS-CONTROL-PLANES-UNSEEN',
    18,
    /k-master-3/,
  ],
  [
    'a control plane holds etcd data and could not be looked into',
    nodes({ 'k-master-2': { facts: { etcdData: true } } }),
    'KS-NOT-INSPECTED',
    18,
    /k-master-2/,
  ],
  [
    'a control plane has a kubelet.conf, and nothing else is known of it',
    nodes({ 'k-master-1': { facts: { kubeletConf: true } } }),
    'KS-NOT-INSPECTED',
    18,
    /k-master-1/,
  ],
  [
    'a member whose cluster is silent',
    nodes({ 'k-master-2': { ...holder, inspection: { membership: 'unconfirmed' } } }),
    'KS-CLUSTER-SILENT',
    18,
    /k-master-2/,
  ],
  [
    'a worker is a member of a cluster that is not ours',
    nodes({ 'k-worker-1': { inspection: { membership: 'member' } } }),
    'KS-OTHER-CLUSTER',
    19,
    /k-worker-1/,
  ],
  [
    'somebody else began a cluster on a worker',
    nodes({ 'k-worker-1': { inspection: { membership: 'foreign' } } }),
    'KS-OTHER-CLUSTER',
    19,
    /k-worker-1/,
  ],
  [
    'the endpoint answers, and no node holds anything',
    nodes({ 'k-worker-1': { facts: { endpointStatus: '200' } } }),
    'KS-ENDPOINT-ANSWERS',
    19,
    /k-worker-1/,
  ],
  [
    'an endpoint that refuses us answers as well',
    nodes({ 'k-master-1': { facts: { endpointStatus: '403' } } }),
    'KS-ENDPOINT-ANSWERS',
    19,
    /k-master-1/,
  ],
  [
    'two CA certificates are two clusters, even while one of them answers',
    nodes({
      'k-master-1': { facts: { ca: 'a'.repeat(64) }, inspection: { cluster: view() } },
      'k-worker-1': { facts: { ca: 'b'.repeat(64) } },
    }),
    'KS-TWO-CLUSTERS',
    19,
    /k-master-1\n.*k-worker-1/,
  ],
]

for (const [title, seen, id, exitCode, names] of refusals) {
  test(`refused: ${title}`, () => {
    const error = refusal(seen)
    assert.equal(error.details.id, id)
    assert.equal(error.exitCode, exitCode)
    assert.match((error.details.lines ?? []).join('\n'), names)
    assert.ok(error.details.unchanged, 'says that nothing was changed')
    assert.ok(error.details.remedy, 'says what to do')
  })
}

test('the same CA on several nodes is one cluster', () => {
  const facts = { ca: 'a'.repeat(64) }
  const seen = nodes({
    'k-master-1': { facts, inspection: { cluster: view() } },
    'k-master-2': { facts },
  })
  assert.equal(judge(cluster, seen).steward, 'k-master-1')
})

test('a balancer without backends (503 is no API server) does not keep a cluster from being begun', () => {
  const seen = nodes({ 'k-master-1': { facts: { endpointStatus: '503' } } })
  assert.equal(judge(cluster, seen).first, 'k-master-1')
})

test('a worker that could not be seen keeps nobody from beginning', () => {
  assert.equal(judge(cluster, nodes({ 'k-worker-1': { unseen: true } })).first, 'k-master-1')
})

test('an unseen control plane does not matter while the cluster lives', () => {
  const seen = nodes({
    'k-master-1': { unseen: true },
    'k-master-2': { inspection: { cluster: view() } },
  })
  assert.equal(judge(cluster, seen).first, undefined)
})

const versions: readonly [string, string, boolean][] = [
  ['1.36', '1.36.3', true],
  ['1.36.3', '1.36.3', true],
  ['1.36.4', '1.36.3', false],
  ['1.37', '1.36.3', false],
  ['1.3', '1.36.3', false],
]
for (const [wanted, running, fits] of versions) {
  test(`the file wants ${wanted}, the cluster runs ${running}: ${fits ? 'goes on' : 'conflict'}`, () => {
    const other = { ...cluster, kubernetesVersion: wanted }
    const living = view({ nodes: [known('k-master-2', { kubeletVersion: running })] })
    const seen = nodes({ 'k-master-2': { inspection: { cluster: living } } })
    if (fits) return assert.equal(judge(other, seen).version, running)
    const error = refusal(seen, other)
    assert.equal(error.details.id, 'KS-VERSION-LIVING')
    assert.equal(error.exitCode, 19)
  })
}

const memberOf = (name: string) => ({
  ...{ name, id: '1', learner: false, answers: true, leader: name === 'k-master-2' },
})

/** A control plane that answers, whose etcd has these members, and how another node looks beside it. */
const besideMembers = (
  names: readonly string[],
  look: Look,
  { external, who = 'k-master-3' }: { readonly external?: true; readonly who?: string } = {},
) =>
  nodes({
    'k-master-2': {
      inspection: {
        membership: 'member',
        cluster: view({
          etcd: {
            ...(external ? { external } : {}),
            members: names.map(memberOf),
            alarms: [],
          },
        }),
      },
    },
    [who]: look,
  })
const withData = { facts: { etcdData: true, kubeletConf: true } }
const whole: Look = { ...withData, inspection: { membership: 'unconfirmed' } }

test('a control plane whose etcd member was taken out: refused, reset is named', () => {
  const { details, exitCode } = refusal(besideMembers(['k-master-1', 'k-master-2'], whole))
  assert.equal(details.id, 'KS-MEMBER-REMOVED')
  assert.equal(exitCode, 19)
  assert.match(details.remedy ?? '', /kubestrap reset k-master-3$/)
})

const members = ['k-master-1', 'k-master-2']
const notEvicted: readonly [string, Seen[]][] = [
  ['its member is there', besideMembers([...members, 'k-master-3'], whole)],
  ['a member has no name yet', besideMembers([...members, ''], whole)],
  [
    'a half join of ours',
    besideMembers(members, { ...withData, inspection: { membership: 'partial' } }),
  ],
  ['it has no data', besideMembers(members, { inspection: { membership: 'unconfirmed' } })],
  [
    'another control plane lists it: their views differ',
    besideMembers(members, {
      ...withData,
      inspection: {
        membership: 'member',
        cluster: view({
          etcd: { members: [memberOf('k-master-3')], alarms: [] },
        }),
      },
    }),
  ],
  ['a worker, whatever lies there', besideMembers(members, whole, { who: 'k-worker-1' })],
]
for (const [why, seen] of notEvicted)
  test(`not taken for one whose member was taken out: ${why}`, () => {
    assert.equal(judge(cluster, seen).steward, 'k-master-2')
  })

test('one that was not asked for may be so', () => {
  assert.equal(judge(cluster, besideMembers(members, whole), ['k-worker-1']).steward, 'k-master-2')
})

test('refusals of nodes that were not asked for do not matter', () => {
  const details = { id: 'KS-HOST-NAME', exit: 'conflict', what: 'other name' } as const
  const seen = nodes({ 'k-worker-1': { inspection: { refusals: [details] } } })
  assert.equal(judge(cluster, seen, ['k-master-1']).first, 'k-master-1')
  assert.throws(() => judge(cluster, seen, ['k-worker-1']), /other name/)
})

test('a half init whose API already answers behind the endpoint is taken up as well', () => {
  const seen = nodes({
    'k-master-1': { inspection: { membership: 'partial' } },
    'k-master-2': { facts: { endpointStatus: '200' } },
  })
  assert.equal(judge(cluster, seen).first, 'k-master-1')
})

test('a refusal of one node is told as it is, several are told together', () => {
  const refused = (node: string) => ({
    inspection: {
      refusals: [{ id: 'KS-HOST-NAME', exit: 'conflict', what: 'other name', node } as const],
    },
  })
  const one = refusal(nodes({ 'k-master-1': refused('k-master-1') }))
  assert.equal(one.details.what, 'other name')
  const two = refusal(
    nodes({ 'k-master-1': refused('k-master-1'), 'k-worker-1': refused('k-worker-1') }),
  )
  assert.match(two.details.what, /^2 nodes/)
  assert.deepEqual(two.details.lines, ['k-master-1: other name', 'k-worker-1: other name'])
})

const oldKernel = { machine: { ...fitMachine({ address: '192.168.9.121' }), cgroup: 1 as const } }

test('unfit machines and what phases refuse are told at once', () => {
  const details = { id: 'KS-PACKAGE', exit: 'conflict', what: 'foreign kubelet' } as const
  const error = refusal(
    nodes({
      'k-master-1': { facts: oldKernel },
      'k-worker-1': { inspection: { refusals: [{ ...details, node: 'k-worker-1' }] } },
    }),
  )
  assert.equal(error.details.id, 'KS-PREFLIGHT')
  assert.equal(error.exitCode, 10)
  const lines = (error.details.lines ?? []).join('\n')
  assert.match(lines, /k-master-1 +cgroup v1/)
  assert.match(lines, /k-worker-1: foreign kubelet/)
})

test('what preflight.ignore names is a warning of the verdict', () => {
  const ignoring = { ...cluster, preflight: { ignore: ['cgroupv1'] } }
  const [warning, ...rest] = judge(ignoring, nodes({ 'k-master-1': { facts: oldKernel } })).findings
  assert.deepEqual(rest, [])
  assert.deepEqual(
    [warning?.check, warning?.severity, warning?.ignored],
    ['CgroupV1', 'warn', true],
  )
})
