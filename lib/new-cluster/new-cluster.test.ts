import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { knownKeysAt } from '../cluster/schema-walk.ts'
import { parseCluster } from '../cluster.ts'
import { type Draft, type DraftParts, draftOf } from './draft.ts'
import { clusterFileText } from './file-text.ts'
import { readMachines } from './machines.ts'

const addresses = (text: string) => readMachines(text).machines.map(({ address }) => address)

test('ranges, lists and names of machines', () => {
  deepEqual(addresses('192.168.9.121-123'), ['192.168.9.121', '192.168.9.122', '192.168.9.123'])
  deepEqual(addresses('10.0.0.254-10.0.1.1').length, 4)
  deepEqual(addresses('10.0.0.1, 10.0.0.9'), ['10.0.0.1', '10.0.0.9'])
  deepEqual(addresses('2001:DB8::9-b'), ['2001:db8::9', '2001:db8::a', '2001:db8::b'])
  deepEqual(readMachines('k-master-1=10.0.0.1,w=10.0.0.8-9').machines, [
    { name: 'k-master-1', address: '10.0.0.1' },
    { name: 'w-1', address: '10.0.0.8' },
    { name: 'w-2', address: '10.0.0.9' },
  ])
})

test('what is no list of machines is said, all at once', () => {
  const { machines, problems } = readMachines('10.0.0.9-1,node1,10.0.0.1-2-3,1.0.0.0-2.0.0.0')
  deepEqual(machines, [])
  equal(problems.length, 4)
  match(problems[0] ?? '', /^10\.0\.0\.9-1: the range ends before it begins/)
  match(problems[1] ?? '', /^node1: wanted an IP address/)
  match(problems[3] ?? '', /at most 1000/)
  equal(readMachines('').problems.length, 1)
})

const plane = (address: string) => ({ address, role: 'control-plane' as const })
const parts = (more: Partial<DraftParts>): DraftParts => ({
  loadBalancer: false,
  ssh: {},
  nodes: [plane('10.0.0.1'), plane('10.0.0.2'), plane('10.0.0.3')],
  ...more,
})

test('an endpoint of no machine is a virtual IP, that of a machine is its own', () => {
  const endpoint = (more: Partial<DraftParts>) => draftOf(parts(more)).draft?.endpoint
  deepEqual(endpoint({ endpoint: '10.0.0.9' }), { provider: 'kube-vip', address: '10.0.0.9' })
  deepEqual(endpoint({ endpoint: 'k8s.lab=10.0.0.9', loadBalancer: true }), {
    provider: 'external',
    address: '10.0.0.9',
    name: 'k8s.lab',
  })
  deepEqual(endpoint({ nodes: [plane('10.0.0.1')] }), { provider: 'external', address: '10.0.0.1' })
  equal(endpoint({}), undefined)
  match(draftOf(parts({})).problems?.[0] ?? '', /^3 control planes need one address/)
})

test('names that are taken are not given again', () => {
  const nodes = [{ name: 'k-master-1', ...plane('10.0.0.7') }, plane('10.0.0.1')]
  const { draft } = draftOf(parts({ endpoint: '10.0.0.9', nodes }))
  deepEqual(
    draft?.nodes.map(({ name }) => name),
    ['k-master-1', 'k-master-2'],
  )
})

const draft: Draft = {
  name: 'seed',
  endpoint: { provider: 'kube-vip', address: '10.0.0.9' },
  ssh: { user: 'kubernetesadmin' },
  nodes: [
    { name: 'k-master-1', ...plane('10.0.0.1'), ssh: { port: 2222 } },
    { name: 'k-worker-1', address: '10.0.0.2', role: 'worker' },
  ],
}
const text = clusterFileText(draft, 'schema.json')

test('the file is read again by its own rules as what was drafted', async () => {
  const cluster = await parseCluster(text, 'cluster.yaml')
  equal(cluster.name, 'seed')
  equal(cluster.endpoint.address, '10.0.0.9')
  deepEqual(
    cluster.nodes.map(({ name, role, ssh }) => [name, role, ssh.port]),
    [
      ['k-master-1', 'control-plane', 2222],
      ['k-worker-1', 'worker', 22],
    ],
  )
})

test('defaults that are taken out of their comments change nothing', async () => {
  const keys = ['', 'endpoint', 'networking', 'podNetwork', 'security', 'ssh']
    .flatMap((key) => knownKeysAt(key === '' ? [] : [key]))
    .map(({ key }) => key)
  const isKey = (line: string) =>
    keys.some((key) => new RegExp(`^ *# *${key}:(?: [^ ]+)?$`).test(line))
  const lines = text.split('\n')
  ok(lines.filter(isKey).length > 12)
  const open = lines.map((line) => (isKey(line) ? line.replace('# ', '') : line)).join('\n')
  deepEqual(await parseCluster(open, 'cluster.yaml'), await parseCluster(text, 'cluster.yaml'))
})

test('every key of the file is told of, in the words of the schema', () => {
  const plain = text.replace(/\s*\n[# ]*/g, ' ')
  for (const { key, about } of knownKeysAt([])) {
    match(text, new RegExp(`^(?:# )?(?:#  )?${key}\\b|^#   ${key} `, 'm'))
    ok(key === 'ssh' || plain.includes(about.slice(0, 60)), key)
  }
  match(text, /^# yaml-language-server: \$schema=schema\.json\n/)
  for (const line of text.split('\n')) ok(line.length <= 120, line)
})
