import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { exampleCluster } from '../lib/example-cluster.ts'
import type { ClusterView, Inspection } from '../lib/observed.ts'
import { speak } from '../lib/texts/told.ts'
import type { SeenNode } from './observe.ts'
import { statusReport } from './status-report.ts'
import { statusText } from './status-text.ts'
import { changesBetween, watcher } from './view/watcher.ts'

const cluster = exampleCluster()
const now = new Date('2026-11-23T08:00:00Z')
const known = (name: string, more: Partial<ClusterView['nodes'][number]> = {}) => ({
  name,
  address: '10.0.0.1',
  ready: true,
  controlPlane: name.includes('master'),
  kubeletVersion: '1.36.3',
  ...more,
})
const view = (more: Partial<ClusterView> = {}): ClusterView => ({
  nodes: cluster.nodes.map(({ name }) => known(name)),
  settings: [],
  problems: [],
  caCertHash: 'sha256:x',
  joinSecretsLeft: false,
  ...more,
})

/** All nodes seen; the first one sees the cluster. */
function seen(more: Partial<ClusterView> = {}, first: Partial<Inspection> = {}): SeenNode[] {
  const inspection: Inspection = {
    plans: {},
    refusals: [],
    membership: 'member',
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
  }
  return cluster.nodes.map((node, index) => ({
    node,
    inspection: index === 0 ? { ...inspection, cluster: view(more), ...first } : inspection,
  }))
}

const text = (...args: Parameters<typeof seen>) =>
  statusText(statusReport(cluster, seen(...args), now)).join('\n')

test('a healthy cluster, and what makes it unhealthy', () => {
  const healthy = (nodes: readonly SeenNode[]) => statusReport(cluster, nodes, now).healthy
  ok(healthy(seen()))
  ok(!healthy(seen({ problems: ['etcd has no leader'] })))
  ok(!healthy(seen({ nodes: [known('k-master-1', { ready: false })] })))
  ok(!healthy(seen().map((one) => ({ ...one, inspection: undefined }) as unknown as SeenNode)))
  const expired = { path: '/x.crt', expires: '2026-11-22T00:00:00.000Z' }
  ok(!healthy(seen({}, { certificates: [expired] })))
})

test('days that certificates have left, the few ones named', () => {
  const certificates = [
    { path: '/etc/kubernetes/pki/apiserver.crt', expires: '2026-12-03T07:59:59.000Z' },
    { path: '/etc/kubernetes/pki/ca.crt', expires: '2036-11-23T00:00:00.000Z' },
  ]
  const report = statusReport(cluster, seen({}, { certificates }), now)
  deepEqual(
    report.nodes[0]?.certificates?.map(({ daysLeft }) => daysLeft),
    [9, 3652],
  )
  ok(report.healthy)
  const said = text({}, { certificates })
  match(said, /k-master-1 .* 9 days$/m)
  match(
    said,
    /^certificate \/etc\/kubernetes\/pki\/apiserver\.crt on k-master-1 ends on 2026-12-03, in 9 days: .*kubeadm certs renew/m,
  )
  equal(said.includes('pki/ca.crt'), false)
})

test('versions that differ, by the rules of Kubernetes', () => {
  const nodes = [
    known('k-master-1'),
    known('k-worker-1', { kubeletVersion: '1.35.9' }),
    known('k-worker-2', { kubeletVersion: '1.32.0' }),
    known('k-worker-3', { kubeletVersion: '1.37.0' }),
  ]
  const { skew = [] } = statusReport(cluster, seen({ nodes }), now)
  equal(skew.length, 3)
  equal(skew[0], 'k-worker-1 has 1.35.9, the oldest control plane 1.36.3')
  match(skew[1] ?? '', /more than 3 minor versions behind$/)
  match(skew[2] ?? '', /newer than an API server/)
})

test('a node that takes no new pods is called cordoned, and is no fault', () => {
  const nodes = cluster.nodes.map(({ name }) =>
    known(name, name === 'k-worker-1' ? { cordoned: true } : {}),
  )
  const report = statusReport(cluster, seen({ nodes }), now)
  ok(report.healthy)
  match(statusText(report).join('\n'), /^k-worker-1 .* Ready, cordoned /m)
})

test('who holds the endpoint, which API servers answer, what waits', () => {
  const said = text({
    endpointHolder: 'k-master-2',
    apiServers: [
      { node: 'k-master-1', answer: 'ok' },
      { node: 'k-master-2', answer: 'HTTP status 500' },
    ],
    servingRequests: [{ name: 'csr-1', requester: 'system:node:k-worker-1', problems: [] }],
  })
  match(said, /: answers, k-master-2 holds it$/m)
  match(said, /^k-master-1 .* answers/m)
  match(said, /^k-master-2 .* HTTP status 500/m)
  match(said, /^certificate request csr-1 .* waits: kubestrap approve$/m)
})

const report = (more: Partial<ClusterView> = {}) => statusReport(cluster, seen(more), now)

function written(terminal: boolean, ...reports: ReturnType<typeof report>[]): string {
  let out = ''
  const view = watcher({ write: (text) => (out += text), columns: 60, rows: 8 }, terminal)
  for (const one of reports) view.show(one)
  view.close()
  return out
}

test('in Spanish no line of it is left in English', () => {
  const certificates = [
    { path: '/etc/kubernetes/pki/apiserver.crt', expires: '2026-12-03T00:00:00Z' },
  ]
  const more: Partial<ClusterView> = {
    endpointHolder: 'k-master-2',
    nodes: [known('k-master-1'), known('k-worker-1', { kubeletVersion: '1.32.0' }), known('other')],
    problems: ['the endpoint https://a:6443: HTTP status 500', 'etcd has no leader'],
    servingRequests: [{ name: 'csr-1', requester: 'system:node:k-worker-1', problems: [] }],
    pods: [],
  }
  const lines = () => statusText(statusReport(cluster, seen(more, { certificates }), now))
  const english = new Set(lines())
  speak('es')
  const spanish = lines()
  speak('en')
  ok(spanish.length > 12)
  deepEqual(
    spanish.filter((line) => /[a-z]{2} [a-z]{2}/.test(line) && english.has(line)),
    [],
  )
})

test('lines of a log: everything once, then what has changed', () => {
  const silent = report({ problems: ['etcd has no leader'] })
  const lines = written(false, report(), report(), silent, report()).trim().split('\n')
  const news = lines.slice(written(false, report()).trim().split('\n').length)
  deepEqual(news, [
    '08:00:00  not healthy: etcd has no leader',
    '08:00:00  gone: not healthy: etcd has no leader',
  ])
  deepEqual(changesBetween(['a  1', 'b  2'], ['a    1', 'b  3']), ['b  3'])
})

test('a screen: within its height and width, and given back at the end', () => {
  const out = written(true, report())
  const [before = '', after = ''] = out.split('\u001b[?1049l')
  const drawn = before.split('\u001b[H')[1] ?? ''
  const lines = drawn.replaceAll(/\u001b\[[0-9?]*[a-zA-Z]/g, '').split('\n')
  equal(lines.length, 7)
  for (const line of lines) ok(line.length < 60, line)
  match(lines.at(-1) ?? '', /^\.\.\. \d+ more lines$/)
  match(after, /k-worker-1/)
})
