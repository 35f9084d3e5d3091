import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { contextOf } from '../run/phase-script.ts'
import { noCalico } from './calico-leftovers.ts'

const cluster = exampleCluster()
const observed = { kubernetesVersion: '1.36.3', nodes: [] }
const steps = noCalico(contextOf({ cluster, node: 'k-worker-1', observed }))

/** Does what there is to do. @returns the commands, and what the restored rules are */
async function takeAway(answers: Readonly<Record<string, string>>) {
  const restored: string[] = []
  const on = fakeMachine({
    answers: Object.fromEntries(Object.entries(answers).map(([k, stdout]) => [k, { stdout }])),
    onRun: ({ stdin }) => void (stdin === undefined || restored.push(stdin)),
  })
  for (const step of steps) {
    const { as } = await step.check(on)
    if (as === 'different' && 'run' in step.apply) await step.apply.run(on)
  }
  return { commands: on.changes, restored }
}

test('a node without Calico: nothing to do', async () => {
  for (const step of steps) equal((await step.check(fakeMachine())).as, 'wanted')
})

test('routes to pods go, routes of others stay', async () => {
  const routes = [
    { dst: 'default', gateway: '192.168.9.1', protocol: 'static' },
    { dst: '10.244.7.0/26', gateway: '192.168.9.142', protocol: '80' },
    { type: 'blackhole', dst: '10.244.3.64/26', protocol: '80' },
    { dst: '10.244.3.65', dev: 'cali1', protocol: 'boot' },
    { dst: '10.9.0.0/16', gateway: '192.168.9.1', protocol: 'bird' },
    { dst: '10.244.9.0/26', gateway: '192.168.9.143', protocol: 'bird' },
  ]
  const { commands } = await takeAway({ 'ip -4 -json route show': JSON.stringify(routes) })
  deepEqual(commands, [
    'ip -4 route delete 10.244.7.0/26 via 192.168.9.142',
    'ip -4 route delete blackhole 10.244.3.64/26',
    'ip -4 route delete 10.244.9.0/26 via 192.168.9.143',
  ])
})

test('interfaces of Calico go; tunl0, which the kernel keeps, loses its address', async () => {
  const links = [
    { ifname: 'lo', addr_info: [{}] },
    { ifname: 'ens18', addr_info: [{}] },
    { ifname: 'cali0a1b2c3d4e5' },
    { ifname: 'calibration' },
    { ifname: 'vxlan.calico', addr_info: [{}] },
    { ifname: 'tunl0', addr_info: [{}] },
  ]
  const { commands } = await takeAway({ 'ip -json address show': JSON.stringify(links) })
  deepEqual(commands, [
    'ip link delete cali0a1b2c3d4e5',
    'ip link delete vxlan.calico',
    'ip address flush dev tunl0',
  ])
})

test('tables of Calico go, others stay', async () => {
  const tables = 'table ip calico\ntable ip6 calico\ntable inet firewalld\ntable ip mycalico\n'
  const { commands } = await takeAway({ 'nft list tables': tables })
  deepEqual(commands, ['nft delete table ip calico', 'nft delete table ip6 calico'])
})

test('iptables rules of the cluster go, each other line is put back as it was', async () => {
  const rules = [
    '*filter',
    ':INPUT ACCEPT [1:2]',
    ':cali-INPUT - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    '-A INPUT -m comment --comment "cali:Cz_u1IQiXIMmKD4c" -j cali-INPUT',
    '-A INPUT -p tcp --dport 22 -j ACCEPT',
    '-A KUBE-SERVICES -j RETURN',
    'COMMIT',
    '',
  ]
  const { commands, restored } = await takeAway({ 'iptables-save': rules.join('\n') })
  deepEqual(commands, ['iptables-restore'])
  deepEqual(restored, [
    '*filter\n:INPUT ACCEPT [1:2]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
  ])
  deepEqual(
    (await takeAway({ 'iptables-save': '*filter\n-A INPUT -j ACCEPT\nCOMMIT\n' })).commands,
    [],
  )
})
