import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesGolden } from '../../test/golden/golden.ts'
import { plainCluster } from '../example-cluster.ts'
import { pauseImage } from '../versions.ts'
import { bridgeConfig } from './bridge-config.ts'
import { containerdConfig, registryHosts } from './containerd-config.ts'
import { crioConfig } from './crio-config.ts'
import { masqueradeRules, podRoutes, podRoutesUnit, routeCommand } from './pod-routes.ts'
import { registriesConfig } from './registries-config.ts'
import { repositoryFile } from './repository-file.ts'

const cluster = plainCluster()

test('containerd: its configuration, and a mirror', () => {
  matchesGolden('containerd-config.toml', containerdConfig(pauseImage('1.36.3')))
  const enforcing = containerdConfig(pauseImage('1.36.3'), true)
  assert.match(enforcing, /'io.containerd.cri.v1.runtime'\]\n.*\n {2}enable_selinux = true\n/)
  assert.match(
    registryHosts('docker.io', 'https://mirror'),
    /^server = 'https:\/\/registry-1\.docker\.io'$/m,
  )
  matchesGolden('hosts.toml', registryHosts('registry.k8s.io', 'https://mirror.example.org:5000'))
})

test('CRI-O: its drop-in, and mirrors for it and podman', () => {
  matchesGolden('20-kubestrap.conf', crioConfig(pauseImage('1.36.3')))
  const mirrors = {
    'registry.k8s.io': 'http://192.168.9.5:5000/',
    'quay.io': 'https://mirror.example.org/quay',
  }
  matchesGolden('50-kubestrap-registries.conf', registriesConfig(mirrors))
})

test('the repository file', () => {
  const text = repositoryFile({
    id: 'kubestrap-containerd',
    title: 'containerd',
    source: cluster.sources.containerd,
    exclude: ['containerd.io', 'docker-ce'],
    keyFile: '/etc/pki/rpm-gpg/RPM-GPG-KEY-kubestrap-containerd',
  })
  matchesGolden('containerd.repo', text)
})

test('a repository that excludes nothing has no empty exclude line', () => {
  const source = cluster.sources.containerd
  const text = repositoryFile({ id: 'a', title: 'a', source, exclude: [], keyFile: '/k' })
  assert.ok(!text.includes('exclude'))
})

test('the bridge, IPv4 and IPv6', () => {
  matchesGolden('bridge.conflist', bridgeConfig('10.244.1.0/24'))
  const { plugins } = JSON.parse(bridgeConfig('fd00:10:244:1::/64'))
  assert.deepEqual(plugins[0].ipam.routes, [{ dst: '::/0' }])
})

const known = (name: string, address: string, podCIDR?: string) => ({
  name,
  address,
  ready: true,
  controlPlane: false,
  kubeletVersion: '1.36.3',
  ...(podCIDR ? { podCIDR } : {}),
})

test('pod routes: to all others that have a range, the rest is unreachable', () => {
  const nodes = [
    known('k-worker-1', '192.168.9.141', '10.244.3.0/24'),
    known('k-master-1', '192.168.9.121', '10.244.0.0/24'),
    known('k-master-2', '192.168.9.122', '10.244.1.0/24'),
    known('k-master-3', '192.168.9.123'),
  ]
  const routes = podRoutes({ node: 'k-master-1', podSubnet: '10.244.0.0/16', nodes })
  assert.deepEqual(routes, [
    { range: '10.244.1.0/24', via: '192.168.9.122' },
    { range: '10.244.3.0/24', via: '192.168.9.141' },
    { range: '10.244.0.0/16', via: undefined },
  ])
  matchesGolden('pod-routes.service', podRoutesUnit(routes))
  const backwards = podRoutes({
    node: 'k-master-1',
    podSubnet: '10.244.0.0/16',
    nodes: nodes.toReversed(),
  })
  assert.deepEqual(backwards, routes, 'the order of the nodes does not count')
})

test('IPv6 routes are set with -6', () => {
  const words = routeCommand({ range: 'fd00:1::/64', via: 'fd00::2' })
  assert.equal(words.join(' '), '/usr/sbin/ip -6 route replace fd00:1::/64 via fd00::2')
})

test('masquerading, IPv4 and IPv6', () => {
  matchesGolden('pod-masquerade.nft', masqueradeRules('10.244.0.0/16'))
  matchesGolden('pod-masquerade-6.nft', masqueradeRules('fd00:10:244::/48'))
})
