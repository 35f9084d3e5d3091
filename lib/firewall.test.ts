import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster, ClusterNode } from './cluster.ts'
import { plainCluster } from './example-cluster.ts'
import { calicoOpenings, openingName, openings, trustedNetworks } from './firewall.ts'

const cluster = plainCluster()
const nodeOf = (role: ClusterNode['role']) =>
  cluster.nodes.find((node) => node.role === role) as ClusterNode

const names = (node: ClusterNode, of: Cluster = cluster) => {
  const { anybody, nodes } = openings(of, node)
  return { anybody: anybody.map(openingName), nodes: nodes.map(openingName) }
}

const nodePorts = ['10256/tcp', '30000-32767/tcp', '30000-32767/udp']

test('a control plane: the API for everybody, etcd and kubelet for the nodes', () => {
  deepEqual(names(nodeOf('control-plane')), {
    anybody: ['6443/tcp'],
    nodes: ['2379-2380/tcp', '10250/tcp'],
  })
})

test('a worker: NodePorts for everybody, kubelet for the nodes', () => {
  deepEqual(names(nodeOf('worker')), { anybody: nodePorts, nodes: ['10250/tcp'] })
})

test('a control plane that takes ordinary pods answers on NodePorts too', () => {
  const { anybody } = names({ ...nodeOf('control-plane'), schedulable: true })
  deepEqual(anybody, ['6443/tcp', ...nodePorts])
})

test('an etcd of one’s own is no port of a control plane', () => {
  const external = {
    endpoints: ['https://192.168.9.131:2379'],
    ca: 'a',
    certificate: 'b',
    key: 'c',
  }
  const { nodes } = names(nodeOf('control-plane'), { ...cluster, etcd: { external } })
  deepEqual(nodes, ['10250/tcp'])
})

test('another port of the SSH server is kept open, or nobody would come in again', () => {
  const { anybody } = names({ ...nodeOf('worker'), ssh: { user: 'me', port: 2222 } })
  deepEqual(anybody, ['2222/tcp', ...nodePorts])
})

for (const [encapsulation, bgp, want] of [
  ['VXLANCrossSubnet', false, ['5473/tcp', '4789/udp']],
  ['VXLAN', true, ['5473/tcp', '179/tcp', '4789/udp']],
  ['IPIP', true, ['5473/tcp', '179/tcp', 'IP protocol 4']],
  ['IPIPCrossSubnet', true, ['5473/tcp', '179/tcp', 'IP protocol 4']],
  ['None', true, ['5473/tcp', '179/tcp']],
] as const) {
  test(`Calico, ${encapsulation}${bgp ? ' with BGP' : ''}: ${want.join(', ')}`, () => {
    deepEqual(calicoOpenings({ encapsulation, bgp }).map(openingName), want)
  })
}

test('the networks of pods and Services are trusted', () => {
  deepEqual(trustedNetworks(cluster), ['10.244.0.0/16', '10.96.0.0/12'])
})
