import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import type { CalicoSettings } from '../../lib/cluster.ts'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { calicoInstallation } from '../../lib/render/calico-installation.ts'
import { failure } from '../../test/failure.ts'
import { fakeAdminConf } from '../../test/golden/fake-admin-conf.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { contextOf } from '../run/phase-script.ts'
import { calicoResources, objectPath } from './calico-resources.ts'

const cluster = exampleCluster()
const settings = cluster.podNetwork.calico as CalicoSettings
const observed = { kubernetesVersion: '1.36.3', nodes: [] }
const context = contextOf({ cluster, node: 'k-master-1', observed })

/** A control plane whose API server has these objects. */
const machine = (objects: Readonly<Record<string, unknown>>, status = 404) =>
  fakeMachine({
    files: fakeAdminConf,
    https: ({ path }) => (path in objects ? { status: 200, json: objects[path] } : { status }),
  })

const [installation] = calicoResources(context, settings)
if (!installation) throw new Error('no step')
const path = objectPath('Installation')
const wish = calicoInstallation(cluster, settings, 'nftables')
const network = wish.spec.calicoNetwork as { readonly ipPools: readonly object[] }
/** As the living API gives it: the operator has filled in what we leave to it. */
const living = (calicoNetwork: object = {}, pool: object = {}) => ({
  [path]: {
    ...wish,
    spec: {
      variant: 'Calico',
      calicoNetwork: {
        ...network,
        hostPorts: 'Enabled',
        ipPools: [{ ...network.ipPools[0], allowedUses: ['Workload'], ...pool }],
        ...calicoNetwork,
      },
    },
  },
})

test('what the operator fills in is no difference', async () => {
  deepEqual(await installation.check(machine(living())), { as: 'wanted' })
})

test('a field of ours that was changed is told by its path', async () => {
  deepEqual(await installation.check(machine(living({ linuxDataplane: 'Iptables' }))), {
    as: 'different',
    found: 'spec.calicoNetwork.linuxDataplane: found "Iptables", wanted "Nftables"',
    wanted: 'as the cluster file has it',
  })
  const other = await installation.check(machine(living({}, { encapsulation: 'IPIP' })))
  match(JSON.stringify(other), /ipPools\[0\]\.encapsulation: found/)
})

test('another range or block size of a living pool is refused, not changed', async () => {
  for (const pool of [{ cidr: '10.99.0.0/16' }, { blockSize: 24 }]) {
    const error = await failure(installation.check(machine(living({}, pool))))
    equal(error.details.id, 'KS-CALICO-POOL')
    equal(error.details.exit, 'conflict')
  }
})

test('not there; no cluster yet; an API server that does not answer', async () => {
  equal((await installation.check(machine({}))).as, 'different')
  deepEqual(await installation.check(fakeMachine()), { as: 'unknown', until: 'control-plane-init' })
  equal((await installation.check(machine({}, 503))).as, 'unknown')
})

test('the living kube-proxy’s mode decides over the file', () => {
  const input = { ...context.input, observed: { ...observed, proxyMode: 'iptables' as const } }
  const [step] = calicoResources({ ...context, input }, settings)
  match(JSON.stringify(step?.apply), /\\"linuxDataplane\\": \\"Iptables\\"/)
})
