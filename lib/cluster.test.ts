import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { failure } from '../test/failure.ts'
import { flags, node, parse, smallest } from './cluster/test-files.ts'
import {
  clusterFromFlags,
  controlPlanes,
  nodeNamed,
  parseCluster,
  refusalsToCreate,
  warnings,
  workers,
} from './cluster.ts'
import { exampleCluster } from './example-cluster.ts'

test('the smallest file gets the same defaults as the example of the lessons', async () => {
  const example = exampleCluster()
  const nodes = example.nodes.map(({ name, address, role }) => ({ name, address, role }))
  const cluster = await parse({ name: 'example', endpoint: example.endpoint.address, nodes })
  deepEqual(cluster, example)
})

test('firewall managed needs all nodes: no flags alone, and warns of a pod network it cannot know', async () => {
  const alone = ['--node', 'w', '--address', '192.168.9.5', '--role', 'worker']
  const given = flags(...alone, '--endpoint', '192.168.9.120')
  const managed = { flag: '--set', path: [], value: 'firewall=managed' }
  equal((await clusterFromFlags(given)).firewall, 'disabled')
  const { details } = await failure(clusterFromFlags([...given, managed]))
  match(details.lines?.join('\n') ?? '', /wanted the whole cluster file, by --config/)
  const own = { firewall: 'managed', podNetwork: { provider: 'none', manifests: ['a.yaml'] } }
  deepEqual(warnings(await parse(own)).filter((one) => one.startsWith('firewall')).length, 1)
  deepEqual(warnings(await parse({ firewall: 'managed' })), warnings(await parse({})))
})

test('a cluster is frozen to its leaves', async () => {
  const cluster = await parse({ kubelet: { evictionHard: { 'memory.available': '1%' } } })
  const open: string[] = []
  const look = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    if (!Object.isFrozen(value)) open.push(path)
    for (const [key, one] of Object.entries(value)) look(one, `${path}.${key}`)
  }
  look(cluster, '')
  deepEqual(open, [])
})

test('settings of a single node go over those of all', async () => {
  const { nodes } = await parse({
    ssh: { user: 'admin', key: '~/.ssh/id' },
    nodes: [
      ...smallest.nodes,
      node('w', '192.168.9.141', 'worker', { ssh: { port: 2222, user: 'me' } }),
    ],
  })
  deepEqual(
    nodes.map(({ ssh }) => ssh),
    [
      { user: 'admin', port: 22, key: '~/.ssh/id' },
      { user: 'me', port: 2222, key: '~/.ssh/id' },
    ],
  )
})

test('taints of control planes', async () => {
  const own = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
  const other = { key: 'a.b/c', value: 'd', effect: 'NoExecute' }
  const taints = async (more: object) => {
    const [first] = (await parse({ nodes: [{ ...smallest.nodes[0], ...more }] })).nodes
    return first?.taints
  }
  deepEqual(await taints({}), [own])
  deepEqual(await taints({ schedulable: true }), [])
  deepEqual(await taints({ taints: [other] }), [own, other])
  deepEqual(await taints({ taints: [own] }), [own])
  deepEqual(await taints({ schedulable: true, taints: [other] }), [other])
})

test('values get one spelling', async () => {
  const cluster = await parse({
    networking: { podSubnet: 'fd00:1::/48', serviceSubnet: 'fd00:2::/112' },
    endpoint: { address: 'FD00:0:0:3::0:5' },
    nodes: [node('m', '2001:DB8:0::1', 'control-plane')],
    apiServer: { certSANs: ['a.example', 'FD00::1', 'fd00::1'] },
    preflight: { ignore: ['Swap', 'Swap'] },
    sources: {
      containerd: {
        baseurl: 'https://a.example/$basearch/',
        gpgkey: 'https://a.example/key',
        fingerprint: '060a 61c5 1b55 8a7f 742b  77aa c52f eb6b 621e 9f35',
      },
    },
  })
  equal(cluster.endpoint.address, 'fd00:0:0:3::5')
  equal(cluster.nodes[0]?.address, '2001:db8::1')
  deepEqual(cluster.apiServer.certSANs, ['a.example', 'fd00::1'])
  deepEqual(cluster.preflight.ignore, ['Swap'])
  equal(cluster.sources.containerd.fingerprint, '060A61C51B558A7F742B77AAC52FEB6B621E9F35')
})

test('pass-through settings arrive as they are', async () => {
  const kubelet = { maxPods: 200, evictionHard: { 'memory.available': '5%' }, failCgroupV1: false }
  const kubeProxy = { mode: 'nftables', conntrack: { maxPerCore: 0 } }
  const cluster = await parse({ kubelet, kubeProxy })
  deepEqual([cluster.kubelet, cluster.kubeProxy], [kubelet, kubeProxy])
})

test('a cluster survives the way to a node as JSON', async () => {
  const cluster = await parse({ kubernetesVersion: '1.36.3' })
  deepEqual(JSON.parse(JSON.stringify(cluster)), cluster)
})

test('nodes by role and by name', async () => {
  const cluster = await parse({ nodes: [...smallest.nodes, node('k-worker-1', '192.168.9.141')] })
  deepEqual(
    controlPlanes(cluster).map(({ name }) => name),
    ['k-master-1'],
  )
  deepEqual(
    workers(cluster).map(({ name }) => name),
    ['k-worker-1'],
  )
  equal(nodeNamed(cluster, 'k-worker-1').address, '192.168.9.141')
  throws(
    () => nodeNamed(cluster, 'k-worker-2'),
    (error: Error & { details?: { id: string; lines: string[] } }) =>
      error.details?.id === 'KS-NO-SUCH-NODE' &&
      error.details.lines.includes('did you mean k-worker-1?'),
  )
})

const planes = (count: number) =>
  Array.from({ length: count }, (_, i) => node(`m-${i}`, `192.168.9.${10 + i}`, 'control-plane'))

test('an even number of control planes is warned about, and refused when creating', async () => {
  for (const [count, survives] of [
    [2, 0],
    [4, 1],
  ] as const) {
    const cluster = await parse({ nodes: [...planes(count), node('w', '192.168.9.141')] })
    const [text, ...more] = refusalsToCreate(cluster)
    deepEqual(more, [])
    ok(text?.startsWith(`${count} control planes survive the loss of ${survives}, `), text)
    deepEqual(warnings(cluster), [text])
  }
  for (const count of [1, 3, 5]) {
    const cluster = await parse({ nodes: [...planes(count), node('w', '192.168.9.141')] })
    deepEqual([...refusalsToCreate(cluster), ...warnings(cluster)], [])
  }
})

test('what is hardly meant is warned about', async () => {
  const homeless = warnings(await parse())
  ok(homeless[0]?.startsWith('no node takes ordinary pods'), String(homeless))
  const networkless = warnings(
    await parse({
      podNetwork: { provider: 'none' },
      nodes: [{ ...smallest.nodes[0], schedulable: true }],
    }),
  )
  deepEqual(
    networkless.map((text) => text.slice(0, 33)),
    ['podNetwork none without manifests'],
  )
})

test('an endpoint may be given as an address alone', async () => {
  const { endpoint } = await parseCluster(
    'name: a\nendpoint: 10.0.0.5\nnodes: [{ name: m, address: 10.0.0.1, role: control-plane }]\n',
    'cluster.yaml',
  )
  const { kubeVip, ...rest } = endpoint
  deepEqual(rest, { provider: 'kube-vip', address: '10.0.0.5', port: 6443, hostsEntry: false })
  equal(kubeVip?.mode, 'arp')
})
