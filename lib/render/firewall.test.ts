import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesGolden } from '../../test/golden/golden.ts'
import type { Cluster } from '../cluster.ts'
import { plainCluster } from '../example-cluster.ts'
import { firewallFiles, livingFirewall } from './firewall.ts'
import { networkManagerConfig, podInterfaces } from './network-manager.ts'

const cluster = plainCluster()
const [master, , , worker] = cluster.nodes
assert.ok(master && worker)

const contents = (node: typeof master, of: Cluster = cluster) =>
  Object.fromEntries(
    firewallFiles(of, node).map(({ path, content }) => [path.split('/').at(-1), content]),
  )

// https://firewalld.org/documentation/man-pages/firewalld.policy.html , firewalld.ipset.html
test('the nodes, and what each role answers', () => {
  const files = contents(master)
  assert.deepEqual(Object.keys(files), [
    'kubestrap-nodes.xml',
    'kubestrap-host.xml',
    'kubestrap-pods.xml',
  ])
  matchesGolden('firewalld-nodes.xml', files['kubestrap-nodes.xml'] ?? '')
  matchesGolden('firewalld-control-plane.xml', files['kubestrap-host.xml'] ?? '')
  matchesGolden('firewalld-pods.xml', files['kubestrap-pods.xml'] ?? '')
  matchesGolden('firewalld-worker.xml', contents(worker)['kubestrap-host.xml'] ?? '')
})

test('IPv6 nodes are a set of that family', () => {
  const nodes = cluster.nodes.map((node, index) => ({ ...node, address: `fd00::${index + 1}` }))
  const files = contents(master, { ...cluster, nodes })
  assert.match(files['kubestrap-nodes.xml'] ?? '', /name="family" value="inet6"/)
  assert.match(files['kubestrap-host.xml'] ?? '', /<rule family="ipv6">/)
})

/** What firewall-cmd must show is what the files say: nothing is opened in one of them only. */
test('the living firewall has each port of the file, and no other', () => {
  for (const node of [master, worker]) {
    const xml = contents(node)['kubestrap-host.xml'] ?? ''
    const inFile = [...xml.matchAll(/<port port="([\d-]+)" protocol="(\w+)"\/>/g)].map(
      ([, port, protocol]) => `${port}/${protocol}`,
    )
    const { ports, rules } = livingFirewall(cluster, node)
    const ofRules = rules.map((rule) => {
      const [, port, protocol] = /port port="([\d-]+)" protocol="(\w+)" accept$/.exec(rule) ?? []
      return `${port}/${protocol}`
    })
    assert.deepEqual(inFile.sort(), [...ports, ...ofRules].sort())
  }
})

// https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html
test('interfaces of pods are no business of NetworkManager', () => {
  matchesGolden('networkmanager-bridge.conf', networkManagerConfig('bridge'))
  assert.ok(podInterfaces('none').includes('cali*'))
})
