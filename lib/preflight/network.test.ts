import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster } from '../cluster.ts'
import { plainCluster, plainWithKubeVip } from '../example-cluster.ts'
import { found, member, only, type SpoiledNodes } from './fit-machines.ts'
import { questionsFor } from './questions.ts'

const example = plainCluster()
const kubeVip = plainWithKubeVip()
const named: Cluster = {
  ...example,
  endpoint: { ...example.endpoint, name: 'api.example.org' },
}
const externalEtcd: Cluster = {
  ...example,
  etcd: { external: { endpoints: [], ca: 'ca', certificate: 'crt', key: 'key' } },
}
/** The first control plane has the virtual IP on an interface of its own. */
const onInterface = (device: string): Cluster => ({
  ...kubeVip,
  nodes: kubeVip.nodes.map((node, index) => (index === 0 ? { ...node, interface: device } : node)),
})
function withBgp(address: string): Cluster {
  const { kubeVip: settings, ...rest } = kubeVip.endpoint
  assert.ok(settings)
  return { ...kubeVip, endpoint: { ...rest, address, kubeVip: { ...settings, mode: 'bgp' } } }
}

const table: readonly [string, SpoiledNodes, readonly string[], Cluster?][] = [
  [
    'a virtual IP that somebody else has',
    {
      'k-master-1': { network: { holder: '02:00:5e:00:53:aa' } },
      'k-worker-1': { network: { holder: '02:00:5e:00:53:aa' } },
    },
    ['refuse VirtualIpInUse: k-master-1: 192.168.9.120 is taken by 02:00:5e:00:53:aa'],
    kubeVip,
  ],
  [
    'a virtual IP that one of the nodes has, by its MAC',
    only('k-master-1', { network: { holder: 'bc:24:11:00:00:7a' } }),
    [],
    kubeVip,
  ],
  [
    'a virtual IP that one of the nodes has, on another interface',
    {
      'k-master-1': { network: { holder: '02:00:5e:00:53:aa' } },
      'k-master-2': { facts: { addresses: ['192.168.9.122', '192.168.9.120'] } },
    },
    [],
    kubeVip,
  ],
  [
    'a virtual IP outside of the network of the interface with the address',
    {},
    ['k-master-1', 'k-master-2', 'k-master-3'].map(
      (name, index) =>
        `refuse VirtualIpOutside: ${name}: 192.168.7.1 is outside of eth0 192.168.9.12${index + 1}/24`,
    ),
    { ...kubeVip, endpoint: { ...kubeVip.endpoint, address: '192.168.7.1' } },
  ],
  [
    'a virtual IP outside of the network of the interface that the file names',
    only('k-master-1', {
      machine: {
        interfaces: ['eth0', 'ens19'],
        networks: [
          { interface: 'eth0', network: '192.168.9.121/24' },
          { interface: 'ens19', network: '10.0.0.1/24' },
        ],
      },
    }),
    ['refuse VirtualIpOutside: k-master-1: 192.168.9.120 is outside of ens19 10.0.0.1/24'],
    onInterface('ens19'),
  ],
  ['the same with BGP, which goes further', {}, [], withBgp('192.168.7.1')],
  [
    'a name that does not resolve, and a hosts entry that the kit will keep',
    only('k-worker-1', { network: { resolved: [] } }),
    [],
    { ...named, endpoint: { ...named.endpoint, hostsEntry: true } },
  ],
  [
    'blocked ports, a pair and kind each',
    only('k-master-1', {
      network: {
        blocked: [
          { number: 0, how: 'silent' },
          { number: 1, how: 'silent' },
          { number: 2, how: 'rejected' },
          { number: 8, how: 'rejected' },
        ],
      },
    }),
    [
      'refuse BlockedPorts: k-master-1: -> k-master-2 6443, 2379: silent',
      'refuse BlockedPorts: k-master-1: -> k-master-2 2380: rejected',
      'refuse BlockedPorts: k-master-1: -> k-worker-1 10250: rejected',
    ],
  ],
  [
    'ports that firewalld keeps closed, which prerequisites stop',
    {
      'k-worker-1': { network: { blocked: [{ number: 0, how: 'rejected' }] } },
      'k-master-1': { machine: { firewalld: true } },
    },
    [
      'note BlockedPorts: k-worker-1: -> k-master-1 6443: rejected by firewalld, which prerequisites will see to',
    ],
  ],
  [
    'ports that firewalld keeps closed, and nobody will open',
    {
      'k-worker-1': { network: { blocked: [{ number: 0, how: 'rejected' }] } },
      'k-master-1': { machine: { firewalld: true } },
    },
    ['refuse BlockedPorts: k-worker-1: -> k-master-1 6443: rejected'],
    { ...example, firewall: 'unmanaged' },
  ],
  [
    'a name that does not resolve, and one that is somebody else',
    {
      'k-master-1': { network: { resolved: ['192.168.9.120', 'fd00::120'] } },
      'k-master-2': { network: { resolved: [] } },
      'k-worker-1': { network: { resolved: ['10.0.0.1'] } },
    },
    [
      'refuse EndpointName: k-master-2: api.example.org does not resolve',
      'refuse EndpointName: k-worker-1: api.example.org is 10.0.0.1, not 192.168.9.120',
    ],
    named,
  ],
  [
    'servers that do not answer, or with an error',
    only('k-worker-1', {
      network: {
        served: [
          { number: 0, curl: 6, status: 0 },
          { number: 1, curl: 0, status: 404 },
          { number: 2, curl: 60, status: 0 },
        ],
      },
    }),
    [
      'refuse Repository: k-worker-1: Kubernetes, https://pkgs.k8s.io/core:/stable:/v1.36/rpm/repodata/repomd.xml: its name does not resolve',
      'refuse Repository: k-worker-1: containerd, https://download.docker.com/linux/centos/$releasever/$basearch/stable/repodata/repomd.xml: answers 404',
      'refuse Registry: k-worker-1: registry.k8s.io, https://registry.k8s.io/v2/: its TLS certificate is not trusted',
    ],
  ],
  [
    'a registry that asks who we are, and a slow one',
    only('k-worker-1', {
      network: {
        served: [
          { number: 0, curl: 28, status: 302 },
          { number: 2, curl: 0, status: 401 },
        ],
      },
    }),
    [],
  ],
]
for (const [title, looks, wanted, cluster] of table) {
  test(`preflight: ${title}`, () => assert.deepEqual(found(looks, cluster), wanted))
}

test('the virtual IP of a cluster that lives is its own', () => {
  const view = {
    nodes: [],
    problems: [],
    settings: [],
    caCertHash: '',
    joinSecretsLeft: false,
  }
  const taken = { 'k-master-1': { network: { holder: '02:00:5e:00:53:aa' } } }
  const living = { inspection: { ...member.inspection, cluster: view } }
  assert.equal(found(taken, kubeVip).length, 1)
  assert.deepEqual(found({ ...taken, 'k-master-2': living }, kubeVip), [])
})

test('what is there already is fetched from nowhere', () => {
  const served = [{ number: 0, curl: 6, status: 0 }]
  const steps = (outcome: 'ok' | 'would-change') => ({
    inspection: {
      ...member.inspection,
      membership: 'none' as const,
      plans: { prerequisites: [{ step: 'x', outcome }] },
    },
  })
  assert.equal(found({ 'k-worker-1': { network: { served }, ...steps('ok') } }).length, 0)
  assert.equal(found({ 'k-worker-1': { network: { served }, ...steps('would-change') } }).length, 1)
})

test('workers need the API servers, control planes also each other’s etcd and all kubelets', () => {
  const [first, , , worker] = example.nodes
  assert.ok(first && worker)
  const ports = (node: typeof first) =>
    questionsFor(example, node).peers.map(({ node, port }) => `${node}:${port}`)
  assert.deepEqual(ports(worker), ['k-master-1:6443', 'k-master-2:6443', 'k-master-3:6443'])
  assert.deepEqual(ports(first).slice(3), [
    'k-master-2:10250',
    ...[6443, 2379, 2380, 10250].map((port) => `k-master-3:${port}`),
    'k-worker-1:10250',
  ])
})

test('kube-vip’s image comes from a registry of its own, on control planes', () => {
  const [plane, , , worker] = kubeVip.nodes
  assert.ok(plane && worker)
  const urls = (node: typeof plane) =>
    questionsFor(kubeVip, node).servers.flatMap(({ kind, url }) =>
      kind === 'Registry' ? [url] : [],
    )
  assert.deepEqual(urls(plane), ['https://registry.k8s.io/v2/', 'https://ghcr.io/v2/'])
  assert.deepEqual(urls(worker), ['https://registry.k8s.io/v2/'])
  const images = { 'ghcr.io': 'http://192.168.9.5:5000' }
  const mirrored = { ...kubeVip, sources: { ...kubeVip.sources, images } }
  const { servers } = questionsFor(mirrored, plane)
  assert.deepEqual(servers.at(-1), {
    kind: 'Registry',
    title: 'mirror of ghcr.io',
    url: 'http://192.168.9.5:5000/v2/',
  })
})

test('with an etcd of one’s own its ports are nobody’s here', () => {
  const [plane] = example.nodes
  assert.ok(plane)
  const { peers } = questionsFor(externalEtcd, plane)
  assert.ok(peers.length > 0 && peers.every(({ port }) => port !== 2379 && port !== 2380))
  const taken = { 'k-master-1': { machine: { ports: [{ port: 2379, program: 'etcd' }] } } }
  assert.deepEqual(found(taken, externalEtcd), [])
  assert.equal(found(taken).length, 1)
})
