import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Cluster } from '../cluster.ts'
import { plainCluster, plainWithKubeVip } from '../example-cluster.ts'
import { needs } from './disk.ts'
import { checks } from './finding.ts'
import {
  fitMachine,
  found,
  member,
  only,
  type SpoiledNode,
  type SpoiledNodes,
  seenNodes,
} from './fit-machines.ts'
import { preflight } from './preflight.ts'
import { findingLines, warningLines } from './text.ts'

declare const __ROOT__: string

const example = plainCluster()
const kubeVip = plainWithKubeVip()
const externalEtcd: Cluster = {
  ...example,
  etcd: { external: { endpoints: [], ca: 'ca', certificate: 'crt', key: 'key' } },
}
/** The first control plane has the virtual IP on an interface of its own. */
const onInterface = (device: string): Cluster => ({
  ...kubeVip,
  nodes: kubeVip.nodes.map((node, index) => (index === 0 ? { ...node, interface: device } : node)),
})
const GiB = 1024 * 1024
const small = (address: string, mount: string, freeKiB: number, sizeKiB = 32 * GiB) => ({
  disks: fitMachine({ address }).disks.map((disk) =>
    mount === '/' || disk.folder === mount ? { ...disk, mount, freeKiB, sizeKiB } : disk,
  ),
})
const both = (one: SpoiledNode): SpoiledNodes => ({ 'k-master-1': one, 'k-master-2': one })

const table: readonly [string, SpoiledNodes, readonly string[], Cluster?][] = [
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
]
for (const [title, looks, wanted, cluster] of table) {
  test(`preflight: ${title}`, () => assert.deepEqual(found(looks, cluster), wanted))
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
