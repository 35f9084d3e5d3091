import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterNode } from '../../lib/cluster.ts'
import { plainCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { fakeAdminConf } from '../../test/golden/fake-admin-conf.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { phase as init } from '../control-plane-init.ts'
import type { HttpsQuestion } from '../run/https-json.ts'
import { contextOf } from '../run/phase-script.ts'
import { clearUnfinished, noOtherMembership } from '../steps/membership.ts'
import { begunMark, etcdData, isForgotten, memberHint, membership } from './membership.ts'

/** Which machine may be cleared, and which never: only what we began ourselves and never finished. */

const cluster = plainCluster()
const [plane, worker] = ['k-master-1', 'k-worker-1'].map((name) =>
  cluster.nodes.find((node) => node.name === name),
) as [ClusterNode, ClusterNode]

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const controlPlane = { 'node-role.kubernetes.io/control-plane': '' }

/** An API server that knows a node, and the add-ons that kubeadm installs last. */
const knows =
  (labels: object, addons = true) =>
  ({ path }: HttpsQuestion) => {
    const there = path.startsWith('/api/v1/nodes/') || (addons && path.startsWith('/apis/apps/'))
    return there ? { status: 200, json: { metadata: { name: 'x', labels } } } : { status: 404 }
  }

const holds = (files: Readonly<Record<string, string>>, more: Fake = {}): Fake => ({
  ...more,
  files: { ...fakeAdminConf, [manifest]: 'pod', [etcdData]: 'data', ...files },
})

const cases: readonly [string, Fake, string][] = [
  ['a bare machine', {}, 'none'],
  ['the cluster confirms it', holds({}, { https: knows(controlPlane) }), 'member'],
  [
    'a member once, and nobody answers now',
    holds({ [memberHint]: 'control-plane' }),
    'unconfirmed',
  ],
  ['nobody knows whose it is', holds({}), 'foreign'],
  ['init was begun, nobody answers', holds({ [begunMark]: 'init\n' }), 'partial'],
  ['join was begun, nobody answers', holds({ [begunMark]: 'join\n' }), 'partial'],
  [
    'init was begun; its API answers, its add-ons are missing',
    holds({ [begunMark]: 'init\n' }, { https: knows(controlPlane, false) }),
    'partial',
  ],
  [
    'init has ended, only our note is missing',
    holds({ [begunMark]: 'init\n' }, { https: knows(controlPlane) }),
    'member',
  ],
  [
    'join was begun; a Node object is there, but no control plane yet',
    holds({ [begunMark]: 'join\n' }, { https: knows({}) }),
    'partial',
  ],
  [
    'join has ended, only our note is missing',
    holds({ [begunMark]: 'join\n' }, { https: knows(controlPlane, false) }),
    'member',
  ],
  ['begun, and nothing was written yet', { files: { [begunMark]: 'join\n' } }, 'partial'],
]

for (const [what, fake, expected] of cases) {
  test(`${what}: ${expected}; it is ${expected === 'partial' ? '' : 'never '}cleared`, async () => {
    const on = fakeMachine(fake)
    assert.equal(await membership(on, plane), expected)
    const context = contextOf({
      ...{ cluster, node: plane.name },
      observed: { kubernetesVersion: '1.36.3', nodes: [] },
    })
    const finding = await clearUnfinished(context, 'join').check(on)
    const traces = on.files.has(manifest)
    assert.equal(finding.as === 'different', expected === 'partial' && traces)
  })
}

test('a control plane that the file calls a worker is refused', async () => {
  const on = fakeMachine(holds({}, { https: knows(controlPlane) }))
  assert.equal((await failure(membership(on, worker))).details.id, 'KS-ROLE')
})

test('init is refused over a half join: etcd may have copied everything to it', async () => {
  const context = contextOf({
    ...{ cluster, node: plane.name },
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
  })
  const step = init.steps(context).find(({ title }) => title.includes('no cluster answers'))
  const look = (mark: string, more: object) =>
    step?.check(fakeMachine({ files: { [begunMark]: mark, ...more } }))
  const error = await failure(look('join\n', { [etcdData]: 'data' }) as Promise<unknown>)
  assert.equal(error.details.id, 'KS-HALF-JOIN')
  assert.equal(error.exitCode, 18)
  assert.deepEqual(await look('join\n', {}), { as: 'wanted' })
  assert.deepEqual(await look('init\n', { [etcdData]: 'data' }), { as: 'wanted' })
})

const noSuchNode = { https: () => ({ status: 404 }) }
const forgotten: readonly [string, Fake, boolean][] = [
  ['a member that the API server does not know', holds({ [memberHint]: 'x' }, noSuchNode), true],
  ['nobody answers', holds({ [memberHint]: 'x' }), false],
  ['the cluster knows it', holds({ [memberHint]: 'x' }, { https: knows(controlPlane) }), false],
  ['a half join', holds({ [memberHint]: 'x', [begunMark]: 'join' }, noSuchNode), false],
  ['of another cluster, perhaps', holds({}, noSuchNode), false],
]
for (const [what, fake, is] of forgotten)
  test(`${is ? 'forgotten' : 'not forgotten'}: ${what}`, async () => {
    assert.equal(await isForgotten(fakeMachine(fake), plane), is)
  })

test('whose Node object was deleted is refused before it joins, with what to do', async () => {
  const on = fakeMachine(holds({ [memberHint]: 'x' }, noSuchNode))
  const input = { cluster, node: plane.name, observed: { kubernetesVersion: '1.36.3', nodes: [] } }
  const { details, exitCode } = await failure(noOtherMembership(contextOf(input)).check(on))
  assert.equal(details.id, 'KS-NODE-DELETED')
  assert.equal(exitCode, 19)
  assert.match(details.remedy ?? '', /kubestrap reset k-master-1$/)
  assert.deepEqual(on.changes, [])
})
