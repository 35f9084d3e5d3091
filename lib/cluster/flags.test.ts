import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { clusterFlags, clusterFromFlags, parseCluster } from '../cluster.ts'
import { keysAt, schemaAt } from './schema-walk.ts'
import { file, flags, node, problems, smallest } from './test-files.ts'

const enough = [
  '--node',
  'k-1',
  '--address',
  '10.0.0.11',
  '--role',
  'worker',
  '--endpoint',
  '10.0.0.9',
]

test('every flag fills a place of the schema', () => {
  const lost = clusterFlags.filter(({ path }) => !schemaAt(path))
  deepEqual(
    lost.map(({ flag }) => flag),
    [],
  )
  equal(new Set(clusterFlags.map(({ flag }) => flag)).size, clusterFlags.length)
})

test('four flags describe a node and its cluster', async () => {
  const cluster = await clusterFromFlags(flags(...enough))
  equal(cluster.name, 'kubernetes')
  const { kubeVip, ...endpoint } = cluster.endpoint
  equal(kubeVip?.mode, 'arp')
  deepEqual(endpoint, {
    provider: 'kube-vip',
    address: '10.0.0.9',
    port: 6443,
    hostsEntry: false,
  })
  deepEqual(
    cluster.nodes.map(({ name, address, role }) => [name, address, role]),
    [['k-1', '10.0.0.11', 'worker']],
  )
})

test('the other flags, and --set for the rest', async () => {
  const cluster = await clusterFromFlags(
    flags(
      ...enough,
      ...['--endpoint-port', '443', '--endpoint-name', 'k8s.example', '--cluster-name', 'home'],
      ...['--endpoint-provider', 'external', '--runtime', 'containerd'],
      ...[
        '--kubernetes-version',
        '1.36',
        '--pod-subnet',
        '10.1.0.0/16',
        '--dns-domain',
        'a.example',
      ],
      ...[
        '--service-subnet',
        '10.2.0.0/16',
        '--pod-network',
        'none',
        '--ignore',
        'NumCPU',
        '--ignore',
        'Mem',
      ],
      ...['--set', 'kubelet.maxPods=200', '--set', 'kubelet.evictionHard={ a: 1% }'],
      ...['--set', 'nodes[0].labels["a.b/c"]=1', '--set', 'nodes.0.ssh.port=2222'],
      ...[
        '--set',
        'apiServer.extraArgs.event-ttl=2h',
        '--set',
        'apiServer.certSANs=[a.example, b.example]',
      ],
      ...['--set', 'apiServer.certSANs=c.example'],
    ),
  )
  deepEqual(cluster.endpoint, {
    provider: 'external',
    address: '10.0.0.9',
    port: 443,
    name: 'k8s.example',
    hostsEntry: false,
  })
  equal(cluster.name, 'home')
  equal(cluster.runtime, 'containerd')
  equal(cluster.kubernetesVersion, '1.36')
  deepEqual(cluster.networking, {
    podSubnet: '10.1.0.0/16',
    serviceSubnet: '10.2.0.0/16',
    dnsDomain: 'a.example',
  })
  equal(cluster.podNetwork.provider, 'none')
  deepEqual(cluster.preflight.ignore, ['NumCPU', 'Mem'])
  deepEqual(cluster.kubelet, { maxPods: 200, evictionHard: { a: '1%' } })
  deepEqual(cluster.nodes[0]?.labels, { 'a.b/c': '1' })
  equal(cluster.nodes[0]?.ssh.port, 2222)
  deepEqual(cluster.apiServer, {
    extraArgs: { 'event-ttl': '2h' },
    certSANs: ['a.example', 'b.example', 'c.example'],
  })
})

test('missing flags are all named', async () => {
  const text = await problems(undefined)
  for (const flag of ['--endpoint', '--node', '--address', '--role']) {
    match(text, new RegExp(`^${flag} {2}"`, 'm'))
  }
})

test('a problem names its flag', async () => {
  const text = await problems(
    undefined,
    ...enough,
    '--pod-subnet',
    '10.1.2.3/16',
    '--endpoint-port',
    'x',
    '--set',
    'a.b=1',
  )
  equal(
    text,
    [
      '--set a.b=1  unknown key "a"',
      `  wanted one of: ${keysAt([]).join(', ')}`,
      '--endpoint-port x  endpoint.port: found "x"',
      '  wanted a whole number from 1 to 65535',
      '--pod-subnet 10.1.2.3/16  networking.podSubnet: 10.1.2.3/16 is an address inside a network',
      '  wanted the network itself',
      '  did you mean "10.1.0.0/16"?',
    ].join('\n'),
  )
})

for (const wrong of ['foo', '=1', '.a=1', 'a..b=1', 'a[x]=1', '']) {
  test(`--set ${wrong} is not understood`, async () =>
    match(
      await problems(undefined, ...enough, '--set', wrong),
      /is not understood\n {2}wanted PATH=VALUE/,
    ))
}

test('--set reaches no place outside of the file', async () => {
  for (const path of [
    '__proto__.polluted',
    'kubelet.__proto__.polluted',
    'constructor.prototype.polluted',
  ]) {
    match(await problems(undefined, ...enough, '--set', `${path}=1`), /has no place/)
  }
  match(await problems(undefined, ...enough, '--set', 'nodes[7].name=x'), /has no place/)
  match(await problems(undefined, ...enough, '--set', 'kubelet.a=[1'), /"\[1" is no YAML/)
  equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('flags go over the file, and problems name the one that is wrong', async () => {
  const cluster = await parseCluster(file(), 'cluster.yaml', {
    flags: flags('--pod-subnet', '10.1.0.0/16', '--endpoint', '10.0.0.7'),
  })
  equal(cluster.networking.podSubnet, '10.1.0.0/16')
  equal(cluster.endpoint.address, '10.0.0.7')
  const text = await problems(file({ name: 'A B' }), '--dns-domain', 'A')
  match(text, /^cluster.yaml:2:\d+ {2}name: found "A B"/)
  match(text, /^--dns-domain A {2}networking\.dnsDomain: found "A"/m)
})

test('with a file, --node tells which node --address and --role are about', async () => {
  const text = file({ nodes: [...smallest.nodes, node('k-worker-1', '192.168.9.141')] })
  const given = flags('--address', '192.168.9.200', '--node', 'k-worker-1')
  const { nodes } = await parseCluster(text, 'cluster.yaml', { flags: given })
  deepEqual(
    nodes.map(({ address }) => address),
    ['192.168.9.121', '192.168.9.200'],
  )
  match(
    await problems(text, '--address', '192.168.9.200'),
    /not told which node is meant\n {2}wanted --node with one of: k-master-1, k-worker-1/,
  )
  match(
    await problems(text, '--address', '192.168.9.200', '--node', 'k-worker-2'),
    /no node "k-worker-2"\n.*\n {2}did you mean "k-worker-1"/,
  )
})

test('--node alone changes nothing in a file', async () => {
  const cluster = await parseCluster(file(), 'cluster.yaml', { flags: flags('--node', 'another') })
  deepEqual(
    cluster.nodes.map(({ name }) => name),
    ['k-master-1'],
  )
})

test('a hostile value in a flag is shown harmlessly', async () => {
  const text = await problems(undefined, ...enough, '--dns-domain', '\u001b[2J\n$(id)')
  ok(!text.includes('\u001b') && text.includes('\\u001b'), text)
})
