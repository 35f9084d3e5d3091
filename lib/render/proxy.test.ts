import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { matchesGolden } from '../../test/golden/golden.ts'
import { plainCluster } from '../example-cluster.ts'
import { noProxy, proxyDropIn, proxyEnvironment, proxyFor } from './proxy.ts'

const plain = plainCluster()
const cluster = {
  ...plain,
  endpoint: { ...plain.endpoint, name: 'k8s.example.org' },
  proxy: {
    http: 'http://192.168.9.2:3128',
    https: 'http://192.168.9.3:3129',
    noProxy: ['.intern.example.org', '192.168.0.0/16'],
  },
}

test('without a proxy there is no environment', () => deepEqual(proxyEnvironment(plain), {}))

test('the environment, in capitals and small letters, with all that the cluster asks itself', () => {
  const environment = proxyEnvironment(cluster)
  equal(environment.http_proxy, 'http://192.168.9.2:3128')
  equal(environment.HTTPS_PROXY, 'http://192.168.9.3:3129')
  equal(environment.NO_PROXY, environment.no_proxy)
  deepEqual(environment.no_proxy?.split(','), [
    ...['localhost', '127.0.0.1', '::1'],
    ...['10.244.0.0/16', '10.96.0.0/12', '.svc', '.cluster.local'],
    ...['192.168.9.120', 'k8s.example.org'],
    ...['192.168.9.121', 'k-master-1', '192.168.9.122', 'k-master-2'],
    ...['192.168.9.123', 'k-master-3', '192.168.9.141', 'k-worker-1'],
    ...['.intern.example.org', '192.168.0.0/16'],
  ])
})

test('an etcd of its own is reached directly: the API server would ask the proxy for it', () => {
  const files = { ca: 'ca', certificate: 'crt', key: 'key' }
  const endpoints = ['https://192.168.9.131:2379', 'https://[fd00::5]:2379']
  const list = noProxy({ ...cluster, etcd: { external: { endpoints, ...files } } })
  deepEqual(
    list.filter((one) => ['192.168.9.131', 'fd00::5'].includes(one)),
    ['192.168.9.131', 'fd00::5'],
  )
})

for (const [url, expected] of [
  ['https://pkgs.k8s.io/core:/stable:/v1.36/rpm/', cluster.proxy.https],
  ['http://mirror.example.org/$releasever/', cluster.proxy.http],
  ['http://mirror.intern.example.org/rpm/', undefined],
  ['http://notintern.example.org/rpm/', cluster.proxy.http],
  ['http://192.168.44.5:5000', undefined],
  ['http://10.0.0.5:5000', cluster.proxy.http],
  ['http://k-master-1/', undefined],
] as const)
  test(`${url} by ${expected ?? 'no proxy'}`, () => equal(proxyFor(cluster, url), expected))

test('drop-in for services', () => {
  matchesGolden('10-kubestrap-proxy.conf', proxyDropIn(cluster))
  match(proxyDropIn(plain), /names no proxy any more\.\n\[Service\]\n$/)
})
