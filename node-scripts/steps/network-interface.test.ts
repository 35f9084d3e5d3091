import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster, ClusterNode } from '../../lib/cluster.ts'
import { plainWithKubeVip } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { contextOf } from '../run/phase-script.ts'
import { interfaceThere, virtualIpInterface } from './network-interface.ts'
import { noForgottenVirtualIp } from './virtual-ip.ts'

const cluster = plainWithKubeVip()

const contextWith = (
  node: Partial<ClusterNode> = {},
  endpoint: Partial<Cluster['endpoint']> = {},
) =>
  contextOf({
    cluster: {
      ...cluster,
      endpoint: { ...cluster.endpoint, ...endpoint },
      nodes: cluster.nodes.map((one, index) => (index === 0 ? { ...one, ...node } : one)),
    },
    node: 'k-master-1',
    observed: { kubernetesVersion: '1.36.3', nodes: [] },
  })

const links = [
  { ifname: 'lo', flags: ['LOOPBACK', 'UP'], addr_info: [{ local: '127.0.0.1', prefixlen: 8 }] },
  { ifname: 'eth1', flags: ['BROADCAST'], addr_info: [] },
  {
    ifname: 'ens18',
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    addr_info: [
      { local: '192.168.9.121', prefixlen: 23 },
      { local: 'fd00::121', prefixlen: 64 },
    ],
  },
]

const machine = (found: readonly object[] = links) =>
  fakeMachine({ answers: { 'ip -json address show': { stdout: JSON.stringify(found) } } })

test('the interface that carries the node’s address, in IPv6 too', async () => {
  assert.equal(await virtualIpInterface(machine(), contextWith()), 'ens18')
  assert.equal(await virtualIpInterface(machine(), contextWith({ address: 'fd00::121' })), 'ens18')
})

test('with BGP the loopback interface; what the file names goes first', async () => {
  const kubeVip = { ...cluster.endpoint.kubeVip, mode: 'bgp' } as NonNullable<
    typeof cluster.endpoint.kubeVip
  >
  assert.equal(await virtualIpInterface(machine(), contextWith({}, { kubeVip })), 'lo')
  const named = contextWith({ interface: 'ens18' }, { kubeVip })
  assert.equal(await virtualIpInterface(machine(), named), 'ens18')
})

test('an interface that is not there is refused with those that are; one that is down as well', async () => {
  const missing = await failure(
    Promise.resolve(interfaceThere(contextWith({ interface: 'eth0' })).check(machine())),
  )
  assert.equal(missing.details.id, 'KS-INTERFACE')
  assert.deepEqual(missing.details.lines, [
    'lo  127.0.0.1',
    'eth1',
    'ens18  192.168.9.121 fd00::121',
  ])
  const down = await failure(virtualIpInterface(machine(), contextWith({ interface: 'eth1' })))
  assert.match(down.details.what, /eth1 is down/)
  const silent = await failure(virtualIpInterface(fakeMachine(), contextWith()))
  assert.match(silent.details.what, /no network interface carries the address 192\.168\.9\.121/)
})

test('without kube-vip the virtual IP is taken off whatever interface still has it', async () => {
  const [step] = noForgottenVirtualIp(contextWith())
  assert.ok(step && 'run' in step.apply)
  assert.equal((await step.check(machine())).as, 'wanted')
  const holds = { ifname: 'ens18', flags: ['UP'], addr_info: [{ local: '192.168.9.120' }] }
  const on = machine([holds])
  assert.equal((await step.check(on)).as, 'different')
  on.files.set('/etc/kubernetes/manifests/kube-vip.yaml', '')
  assert.equal((await step.check(on)).as, 'wanted')
  await step.apply.run(on)
  assert.deepEqual(on.changes, ['ip address delete 192.168.9.120/32 dev ens18'])
})
