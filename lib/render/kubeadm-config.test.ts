import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { matchesGolden } from '../../test/golden/golden.ts'
import { plainCluster } from '../example-cluster.ts'
import {
  discoveryDocuments,
  endpointOf,
  initDocuments,
  joinDocuments,
  yamlText,
} from './kubeadm-config.ts'

const cluster = plainCluster()
const [first, second] = cluster.nodes
const worker = cluster.nodes.at(-1)
assert.ok(first && second && worker)

const token = 'abcdef.0123456789abcdef'
const certificateKey = 'be'.repeat(32)
const join = {
  endpoint: '192.168.9.120:6443',
  token,
  caCertHash: `sha256:${'0a'.repeat(32)}`,
  certificateKey,
}

/** Everything set that can be set. */
const full = {
  ...cluster,
  endpoint: { ...cluster.endpoint, name: 'k8s.example.org', port: 8443 },
  apiServer: {
    extraArgs: { 'audit-log-path': '-', 'oidc-issuer-url': 'https://id.example.org: yes' },
    certSANs: ['k8s.example.org', '10.1.2.3'],
  },
  kubelet: { maxPods: 200, evictionHard: { 'memory.available': '200Mi' } },
  kubeProxy: { mode: 'iptables' },
  preflight: { ignore: ['NumCPU'] },
  security: { auditLog: true, encryptSecrets: true, kubeletServingCertificates: true },
}

/** https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/#external-etcd-nodes */
const withEtcd = {
  ...cluster,
  etcd: {
    external: {
      endpoints: ['https://192.168.9.131:2379', 'https://192.168.9.132:2379'],
      ...{ ca: 'etcd-ca.crt', certificate: 'etcd-client.crt', key: 'etcd-client.key' },
    },
  },
}

const goldens: readonly [string, () => Promise<string>][] = [
  [
    'kubeadm-init.yaml',
    () => yamlText(initDocuments({ cluster, node: first, version: '1.36.3' }, { token })),
  ],
  [
    'kubeadm-init-full.yaml',
    () =>
      yamlText(
        initDocuments({ cluster: full, node: first, version: '1.36.3' }, { token, certificateKey }),
      ),
  ],
  [
    'kubeadm-init-external-etcd.yaml',
    () => yamlText(initDocuments({ cluster: withEtcd, node: first, version: '1.36.3' }, { token })),
  ],
  [
    'kubeadm-join-control-plane.yaml',
    () => yamlText(joinDocuments({ cluster, node: second }, join)),
  ],
  ['kubeadm-join-worker.yaml', () => yamlText(joinDocuments({ cluster, node: worker }, join))],
  [
    'kubeadm-join-by-file.yaml',
    () =>
      yamlText(
        joinDocuments({ cluster, node: second }, { file: '/a/path', token, certificateKey }),
      ),
  ],
  [
    'kubeadm-discovery.yaml',
    () => yamlText(discoveryDocuments({ endpoint: join.endpoint, caCertificate: 'LS0t' })),
  ],
]
for (const [name, make] of goldens)
  test(name, async () => {
    const text = await make()
    for (const { errors } of parseAllDocuments(text)) assert.deepEqual(errors, [])
    matchesGolden(name, text)
  })

test('what the file says of the API server wins; without a log there is neither flag nor volume', () => {
  const quiet = { ...cluster, security: { ...cluster.security, auditLog: false } }
  const own = { ...quiet, apiServer: { certSANs: [], extraArgs: { profiling: 'true' } } }
  const [, configuration] = initDocuments(
    { cluster: own, node: first, version: '1.36.3' },
    { token },
  )
  const text = JSON.stringify(configuration)
  assert.match(text, /"apiServer":.*{"name":"profiling","value":"true"}.*"controllerManager"/)
  assert.doesNotMatch(text, /audit/)
})

test('a worker never gets the key of the certificates', async () => {
  assert.ok(
    !(await yamlText(joinDocuments({ cluster, node: worker }, join))).includes(certificateKey),
  )
})

test('the endpoint: name before address, IPv6 in brackets', () => {
  const at = (endpoint: object) =>
    endpointOf({ ...cluster, endpoint: { ...cluster.endpoint, ...endpoint } })
  assert.equal(at({}), '192.168.9.120:6443')
  assert.equal(at({ name: 'k8s.example.org' }), 'k8s.example.org:6443')
  assert.equal(at({ address: 'fd00::5', port: 8443 }), '[fd00::5]:8443')
})

test('text that looks like YAML arrives as text', async () => {
  const hostile = {
    ...cluster,
    apiServer: { certSANs: [], extraArgs: { a: 'yes', b: '1', c: 'x\n---\nkind: Evil', d: '*a' } },
  }
  const documents = initDocuments({ cluster: hostile, node: first, version: '1.36.3' }, { token })
  const back = parseAllDocuments(await yamlText(documents)).map((document) => document.toJS())
  assert.deepEqual(back, documents)
})
