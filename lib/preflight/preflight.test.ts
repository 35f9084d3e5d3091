import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Cluster } from '../cluster.ts'
import { exampleCluster, exampleWithKubeVip } from '../example-cluster.ts'
import { needs } from './disk.ts'
import { checks } from './finding.ts'
import { fitMachine, type SpoiledNode, seenNodes } from './fit-machines.ts'
import { preflight } from './preflight.ts'
import { questionsFor } from './questions.ts'
import { findingLines, warningLines } from './text.ts'

declare const __ROOT__: string

const example = exampleCluster()
const kubeVip = exampleWithKubeVip()
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
const GiB = 1024 * 1024
const small = (address: string, mount: string, freeKiB: number, sizeKiB = 32 * GiB) => ({
  disks: fitMachine({ address }).disks.map((disk) =>
    mount === '/' || disk.folder === mount ? { ...disk, mount, freeKiB, sizeKiB } : disk,
  ),
})
type Looks = Readonly<Record<string, SpoiledNode>>

/** `severity ignore: nodes: what` of each finding. */
function found(looks: Looks, cluster: Cluster = example, chosen?: readonly string[]) {
  return preflight(cluster, seenNodes(cluster.nodes, looks), chosen).map(
    ({ severity, ignore, nodes, what }) => `${severity} ${ignore}: ${nodes.join(' ')}: ${what}`,
  )
}

const both = (one: SpoiledNode): Looks => ({ 'k-master-1': one, 'k-master-2': one })
const only = (name: string, one: SpoiledNode): Looks => ({ [name]: one })

const table: readonly [string, Looks, readonly string[], Cluster?][] = [
  ['machines as they should be', {}, []],
  [
    'one host name twice',
    both({ facts: { hostname: 'centos9' } }),
    ['refuse DuplicateHostName: k-master-1 k-master-2: centos9'],
  ],
  ['host names nobody gave yet', both({ facts: { hostname: 'localhost.localdomain' } }), []],
  [
    'one machine-id twice',
    both({ machine: { machineId: 'ab'.repeat(16) } }),
    [`refuse DuplicateMachineId: k-master-1 k-master-2: ${'ab'.repeat(16)}`],
  ],
  ['machine-ids not made yet', both({ machine: { machineId: 'uninitialized' } }), []],
  [
    'one product_uuid twice',
    both({ machine: { productUuid: '1-2' } }),
    ['refuse DuplicateProductUuid: k-master-1 k-master-2: 1-2'],
  ],
  ['firmware without a UUID', both({ machine: { productUuid: '0000-00' } }), []],
  [
    'one MAC twice, on interfaces of different names',
    {
      'k-master-1': { machine: { macs: [{ interface: 'eth0', mac: 'aa:bb' }] } },
      'k-worker-1': { machine: { macs: [{ interface: 'ens18', mac: 'aa:bb' }] } },
    },
    ['refuse DuplicateMac: k-master-1 k-worker-1: aa:bb'],
  ],
  [
    'one ssh host key twice',
    {
      'k-master-1': { hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1'] },
      'k-master-3': { hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1'] },
    },
    ['refuse DuplicateHostKey: k-master-1 k-master-3: ssh-ed25519 ...lZDI1NTE5AAAAIB1'],
  ],
  [
    'two pairs of clones are two findings',
    {
      'k-master-1': { facts: { hostname: 'a' } },
      'k-master-2': { facts: { hostname: 'b' } },
      'k-master-3': { facts: { hostname: 'a' } },
      'k-worker-1': { facts: { hostname: 'b' } },
    },
    [
      'refuse DuplicateHostName: k-master-1 k-master-3: a',
      'refuse DuplicateHostName: k-master-2 k-worker-1: b',
    ],
  ],
  [
    'a clock 31 s ahead',
    only('k-worker-1', { clock: { ahead: 31, within: 0.5 } }),
    ['refuse ClockSkew: k-worker-1: at least 30.5 s ahead of most (limit 30 s)'],
  ],
  [
    'a clock 6 s behind',
    only('k-worker-1', { clock: { ahead: -6, within: 0.5 } }),
    ['warn ClockSkew: k-worker-1: at least 5.5 s behind most (limit 5 s)'],
  ],
  [
    'a clock 6 s behind, if asking had not taken 2 s',
    only('k-worker-1', { clock: { ahead: -6, within: 1 } }),
    [],
  ],
  [
    "the admin's own clock is wrong, the nodes agree",
    Object.fromEntries(
      example.nodes.map(({ name }) => [name, { clock: { ahead: 90, within: 0.1 } }]),
    ),
    [],
  ],
  [
    'no time server, where chrony is somebody else’s business',
    only('k-worker-1', { machine: { timeSynchronized: false } }),
    ['warn TimeSync: k-worker-1: no time server has set the clock'],
    { ...example, timeSync: 'unmanaged' },
  ],
  [
    'no time server yet',
    only('k-worker-1', { machine: { timeSynchronized: false } }),
    ['note TimeSync: k-worker-1: no time server has set the clock yet; prerequisites start chrony'],
  ],
  [
    'Debian',
    only('k-worker-1', { machine: { osId: 'debian', osLike: [], osVersion: '12' } }),
    ['refuse OperatingSystem: k-worker-1: debian 12'],
  ],
  [
    'CentOS Stream 8',
    only('k-worker-1', { machine: { osVersion: '8' } }),
    ['refuse OperatingSystem: k-worker-1: centos 8'],
  ],
  ['Rocky Linux 10.1', only('k-worker-1', { machine: { osId: 'rocky', osVersion: '10.1' } }), []],
  [
    'Oracle Linux 9',
    only('k-worker-1', { machine: { osId: 'ol', osLike: ['rhel'], osVersion: '9.6' } }),
    ['warn OperatingSystem: k-worker-1: ol 9.6, a relative: it was not tried'],
  ],
  [
    'another architecture',
    only('k-worker-1', { facts: { arch: 'ppc64le' } }),
    ['refuse Architecture: k-worker-1: ppc64le'],
  ],
  [
    'cgroup v1',
    only('k-worker-1', { machine: { cgroup: 1 } }),
    ['refuse CgroupV1: k-worker-1: cgroup v1'],
  ],
  [
    'one CPU is enough for a worker only',
    { 'k-master-1': { machine: { cpus: 1 } }, 'k-worker-1': { machine: { cpus: 1 } } },
    ['refuse NumCPU: k-master-1: 1 CPU'],
  ],
  [
    '1699 MiB on a control plane, 699 on a worker',
    {
      'k-master-1': { machine: { memoryKiB: 1700 * 1024 - 1 } },
      'k-worker-1': { machine: { memoryKiB: 700 * 1024 - 1 } },
    },
    ['refuse Mem: k-master-1: 1699 MiB of 1700', 'warn Mem: k-worker-1: 699 MiB of 700'],
  ],
  [
    '1700 MiB on a control plane, 700 on a worker',
    {
      'k-master-1': { machine: { memoryKiB: 1700 * 1024 } },
      'k-worker-1': { machine: { memoryKiB: 700 * 1024 } },
    },
    [],
  ],
  [
    'a small disk',
    only('k-worker-1', { machine: small('192.168.9.141', '/', 3 * GiB) }),
    ['refuse Disk: k-worker-1: /: 3.0 GiB free of 3.5 GiB for packages, images, pods'],
  ],
  [
    'a small disk for etcd alone',
    only('k-master-1', { machine: small('192.168.9.121', '/var/lib/etcd', GiB) }),
    ['refuse Disk: k-master-1: /var/lib/etcd: 1.0 GiB free of 2.0 GiB for etcd'],
  ],
  [
    'a small disk for etcd on a worker',
    only('k-worker-1', { machine: small('192.168.9.141', '/var/lib/etcd', GiB) }),
    [],
  ],
  [
    'a disk that is nearly full',
    only('k-worker-1', { machine: small('192.168.9.141', '/', 10 * GiB, 100 * GiB) }),
    ['warn Disk: k-worker-1: /: 90 % full; from 85 % on the kubelet evicts pods'],
  ],
  [
    'a port that is taken, and one that only control planes need',
    {
      'k-master-1': { machine: { ports: [{ port: 6443, program: 'nginx' }] } },
      'k-worker-1': {
        machine: {
          ports: [
            { port: 6443, program: 'nginx' },
            { port: 10250, program: '' },
          ],
        },
      },
    },
    ['refuse Port-6443: k-master-1: 6443 by nginx', 'refuse Port-10250: k-worker-1: 10250'],
  ],
  [
    'an address that no interface has',
    only('k-worker-1', {
      machine: { networks: [{ interface: 'ens18', network: '192.168.9.42/24' }] },
    }),
    [
      'refuse Interface: k-worker-1: no interface has 192.168.9.141; there are ens18 192.168.9.42/24',
    ],
  ],
  [
    'an interface that is not there',
    {},
    ['refuse Interface: k-master-1: there is no interface ens19; there are eth0, lo'],
    onInterface('ens19'),
  ],
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

const member = {
  inspection: {
    plans: {},
    refusals: [],
    membership: 'member' as const,
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
  },
}
const poor = { machine: { memoryKiB: 1, cgroup: 1 as const, machineId: 'same' } }

test('a member lives and is not judged; one that is to join and is its clone is', () => {
  assert.deepEqual(found({ 'k-master-1': { ...poor, ...member } }), [])
  assert.deepEqual(found({ 'k-master-1': { facts: { kubeletConf: true }, ...poor } }), [])
  const clones = {
    'k-master-1': { ...poor, ...member },
    'k-worker-1': { machine: { machineId: 'same' } },
  }
  assert.deepEqual(found(clones), ['refuse DuplicateMachineId: k-master-1 k-worker-1: same'])
  const members = { 'k-master-1': { ...poor, ...member }, 'k-master-2': { ...poor, ...member } }
  assert.deepEqual(found(members), [])
})

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

test('nodes that were not chosen are not judged', () => {
  const looks = { 'k-master-1': { machine: { cgroup: 1 as const } } }
  assert.deepEqual(found(looks, example, ['k-worker-1']), [])
  assert.equal(found(looks, example, ['k-master-1']).length, 1)
})

test('an ignored refusal becomes a warning, an ignored warning is silent', () => {
  const looks = {
    'k-worker-1': { machine: { cgroup: 1 as const, timeSynchronized: false } },
    'k-master-1': { machine: { ports: [{ port: 6443, program: '' }] } },
  }
  const ignoring = { ...example, preflight: { ignore: ['CgroupV1', 'TimeSync', 'port-6443'] } }
  assert.deepEqual(found(looks, ignoring), [
    'warn CgroupV1: k-worker-1: cgroup v1',
    'warn Port-6443: k-master-1: 6443',
  ])
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

test('images live where the runtime keeps them, etcd on control planes only', () => {
  const [plane, , , worker] = example.nodes
  assert.ok(plane && worker)
  const folders = (node: typeof plane, cluster: Cluster) =>
    needs(node, cluster).map(({ folder }) => folder)
  assert.ok(folders(worker, { ...example, runtime: 'cri-o' }).includes('/var/lib/containers'))
  assert.ok(!folders(worker, example).includes('/var/lib/etcd'))
  assert.ok(folders(plane, example).includes('/var/lib/etcd'))
  assert.ok(!folders(plane, externalEtcd).includes('/var/lib/etcd'))
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

test('findings of one check stand together, with what is wanted and how to mend it', () => {
  const seen = seenNodes(example.nodes, {
    'k-master-1': { machine: { cgroup: 1, cpus: 1 } },
    'k-worker-1': { machine: { cgroup: 1, timeSynchronized: false } },
  })
  const findings = preflight(example, seen)
  assert.deepEqual(findingLines(findings.filter(({ severity }) => severity === 'refuse')), [
    'CgroupV1: wanted is cgroup v2: the kubelet of 1.35 and newer does not start on v1  [KS-CGROUP-V1]',
    '  k-master-1, k-worker-1  cgroup v1',
    `  mend: ${checks.CgroupV1.remedy}`,
    'NumCPU: wanted is 2 CPUs on control planes  [KS-CPUS]',
    '  k-master-1  1 CPU',
    `  mend: ${checks.NumCPU.remedy}`,
  ])
  const ignoring = { ...example, preflight: { ignore: ['CgroupV1', 'NumCPU'] } }
  assert.deepEqual(warningLines(preflight(ignoring, seen)).slice(0, 1), [
    `warning: k-master-1, k-worker-1: cgroup v1 (ignored CgroupV1: wanted is ${checks.CgroupV1.wants})`,
  ])
  assert.deepEqual(warningLines(findings), [
    'note: k-worker-1: no time server has set the clock yet; prerequisites start chrony [KS-TIME-NOT-SYNCHRONISED]',
  ])
})

test('docs/preflight.md names every check and its id', () => {
  const page = readFileSync(join(__ROOT__, 'docs/preflight.md'), 'utf8')
  for (const [name, { id }] of Object.entries(checks)) {
    const row = page.split('\n').find((line) => line.includes(`\`${id}\``))
    assert.ok(row?.includes(`\`${name}`), `${name} ${id}`)
  }
})
