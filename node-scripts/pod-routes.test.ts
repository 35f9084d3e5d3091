import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { fakeMachine } from '../test/golden/fake-machine.ts'
import { phase } from './pod-routes.ts'
import { contextOf } from './run/phase-script.ts'
import type { KernelRoute } from './steps/kernel-routes.ts'

const joined = (name: string, address: string, podCIDR: string) => ({
  ...{ name, address, podCIDR, ready: true },
  ...{ controlPlane: name.includes('master'), kubeletVersion: 'v1.36.3' },
})
const known = [
  joined('k-master-1', '192.168.9.141', '10.244.0.0/24'),
  joined('k-master-2', '192.168.9.142', '10.244.4.0/24'),
  joined('k-worker-1', '192.168.9.151', '10.244.2.0/24'),
]
const context = contextOf({
  cluster: plainCluster(),
  node: 'k-worker-1',
  observed: { kubernetesVersion: '1.36.3', nodes: known },
})
const step = phase.steps(context).at(-1)
if (!step || !('run' in step.apply)) throw new Error('the step that looks at the kernel')

const wanted = [
  { dst: 'default', gateway: '192.168.9.1', protocol: 'static' },
  { dst: '10.244.0.0/24', gateway: '192.168.9.141' },
  { dst: '10.244.2.0/24', protocol: 'kernel' },
  { dst: '10.244.4.0/24', gateway: '192.168.9.142' },
  { type: 'unreachable', dst: '10.244.0.0/16' },
]

/** The last step of the phase, on a node whose kernel has these routes. */
async function see(routes: readonly KernelRoute[], { translates = true } = {}) {
  const on = fakeMachine({
    answers: {
      'ip -4 -json route show': { stdout: JSON.stringify(routes) },
      'nft list table ip kubestrap': { exitCode: translates ? 0 : 1 },
    },
  })
  const finding = await step?.check(on)
  if (finding?.as === 'different' && step && 'run' in step.apply) await step.apply.run(on)
  return { found: finding?.as === 'different' ? finding.found : finding?.as, did: on.changes }
}

const restart = 'systemctl restart kubestrap-pod-routes.service'

test('the routes of the other nodes and no others: nothing to do', async () => {
  deepEqual(await see(wanted), { found: 'wanted', did: [] })
})

test('a node that came back with another range: the route to its former one goes', async () => {
  const former = { dst: '10.244.1.0/24', gateway: '192.168.9.142' }
  deepEqual(await see([...wanted, former]), {
    found: 'no node has the range 10.244.1.0/24',
    did: [restart, 'ip -4 route delete 10.244.1.0/24 via 192.168.9.142'],
  })
})

test('routes outside the pod network, and those that others set in it, stay', async () => {
  const others = [
    { dst: '10.9.0.0/16', gateway: '192.168.9.1' },
    { dst: '10.244.9.0/26', gateway: '192.168.9.143', protocol: '80' },
    { dst: '10.244.2.7', dev: 'veth1' },
  ]
  equal((await see([...wanted, ...others])).found, 'wanted')
})

test('a missing route, one through another node, no address translation: told together', async () => {
  const spoiled = wanted.filter(({ dst }) => dst !== '10.244.0.0/24')
  const elsewhere = spoiled.map((route) =>
    route.dst === '10.244.4.0/24' ? { ...route, gateway: '192.168.9.143' } : route,
  )
  deepEqual(await see(elsewhere, { translates: false }), {
    found:
      'missing: 10.244.0.0/24, missing: 10.244.4.0/24, missing: the address translation (nft table kubestrap)',
    did: [restart],
  })
})
