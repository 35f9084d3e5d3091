import { equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holds } from '../../test/properties.ts'
import { schemaAt } from './schema-walk.ts'
import { file, parse, problems, smallest } from './test-files.ts'

/** Values that would be an option, a command, a second line or a disguise, if they came through. */
const hostile = [
  '$(touch /tmp/pwn)',
  '`id`',
  '$\u007bHOME}',
  '$HOME',
  '-oProxyCommand=x',
  '--set',
  '; id',
  'a;id',
  'a|id',
  'a&&id',
  'a>b',
  'a<b',
  "a'b",
  'a"b',
  'a\\b',
  'a b',
  ' a',
  'a ',
  'a\nb',
  'a\n',
  'a\rb',
  'a\tb',
  'a\u0000b',
  'a\u001b[2Jb',
  'a\u202eb',
  'a\u200bb',
  'а',
  'ａ',
  '日本',
  '😀',
  'a%h',
  'a'.repeat(5000),
] as const

const [first] = smallest.nodes
const onNode = (more: object) => ({ nodes: [{ ...first, ...more }] })
const source = {
  baseurl: 'https://a.example/',
  gpgkey: 'https://a.example/key',
  fingerprint: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
}
const externalEtcd = (more: object) => {
  const files = { ca: 'ca.crt', certificate: 'client.crt', key: 'client.key' }
  return { etcd: { external: { endpoints: ['https://10.0.0.7:2379'], ...files, ...more } } }
}
const virtual = (more: object) => ({
  endpoint: { provider: 'kube-vip', address: '192.168.9.120', ...more },
})
const calico = (more: object) => ({ podNetwork: { provider: 'calico', calico: { ...more } } })
const sums = (checksums: object) => calico({ checksums })
const taint = { key: 'a', value: 'b', effect: 'NoSchedule' }

/** Every text of the schema: the value put where it belongs. */
const fields: Readonly<Record<string, (value: string) => object>> = {
  name: (name) => ({ name }),
  kubernetesVersion: (kubernetesVersion) => ({ kubernetesVersion }),
  endpoint: (endpoint) => ({ endpoint }),
  'endpoint.interface': (device) => virtual({ interface: device }),
  'endpoint.kubeVip.mode': (mode) => virtual({ kubeVip: { mode } }),
  'endpoint.kubeVip.version': (version) => virtual({ kubeVip: { version } }),
  'endpoint.kubeVip.image': (image) => virtual({ kubeVip: { image } }),
  'endpoint.kubeVip.manifest': (manifest) => virtual({ kubeVip: { manifest } }),
  'endpoint.kubeVip.bgp.peers.0.address': (address) =>
    virtual({ kubeVip: { mode: 'bgp', bgp: { localAS: 1, peers: [{ address, as: 1 }] } } }),
  'nodes.0.interface': (device) => ({ ...virtual({}), ...onNode({ interface: device }) }),
  'endpoint.provider': (provider) => ({ endpoint: { provider, address: '10.0.0.9' } }),
  'endpoint.address': (address) => ({ endpoint: { address } }),
  'endpoint.name': (name) => ({ endpoint: { address: '10.0.0.9', name } }),
  'networking.podSubnet': (podSubnet) => ({ networking: { podSubnet } }),
  'networking.serviceSubnet': (serviceSubnet) => ({ networking: { serviceSubnet } }),
  'networking.dnsDomain': (dnsDomain) => ({ networking: { dnsDomain } }),
  'podNetwork.provider': (provider) => ({ podNetwork: { provider } }),
  'podNetwork.manifests.0': (path) => ({ podNetwork: { provider: 'none', manifests: [path] } }),
  'podNetwork.calico.version': (version) => calico({ version }),
  'podNetwork.calico.encapsulation': (encapsulation) => calico({ encapsulation }),
  'podNetwork.calico.checksums.operator-crds.yaml': (sum) => sums({ 'operator-crds.yaml': sum }),
  'podNetwork.calico.checksums.tigera-operator.yaml': (sum) =>
    sums({ 'tigera-operator.yaml': sum }),
  'podNetwork.calico.checksums.calicoctl-linux-amd64': (sum) =>
    sums({ 'calicoctl-linux-amd64': sum }),
  'podNetwork.calico.checksums.calicoctl-linux-arm64': (sum) =>
    sums({ 'calicoctl-linux-arm64': sum }),
  'etcd.external.endpoints.0': (endpoint) => externalEtcd({ endpoints: [endpoint] }),
  'etcd.external.ca': (ca) => externalEtcd({ ca }),
  'etcd.external.certificate': (certificate) => externalEtcd({ certificate }),
  'etcd.external.key': (key) => externalEtcd({ key }),
  runtime: (runtime) => ({ runtime }),
  selinux: (selinux) => ({ selinux }),
  firewall: (firewall) => ({ firewall }),
  timeSync: (timeSync) => ({ timeSync }),
  'ssh.user': (user) => ({ ssh: { user } }),
  'ssh.key': (key) => ({ ssh: { key } }),
  'ssh.jump': (jump) => ({ ssh: { jump } }),
  'nodes.0.name': (name) => onNode({ name }),
  'nodes.0.address': (address) => onNode({ address }),
  'nodes.0.role': (role) => onNode({ role }),
  'nodes.0.labels': (key) => onNode({ labels: { [key]: 'a' } }),
  'nodes.0.labels.a': (value) => onNode({ labels: { a: value } }),
  'nodes.0.taints.0.key': (key) => onNode({ taints: [{ ...taint, key }] }),
  'nodes.0.taints.0.value': (value) => onNode({ taints: [{ ...taint, value }] }),
  'nodes.0.taints.0.effect': (effect) => onNode({ taints: [{ ...taint, effect }] }),
  'nodes.0.ssh.user': (user) => onNode({ ssh: { user } }),
  'nodes.0.ssh.key': (key) => onNode({ ssh: { key } }),
  'nodes.0.ssh.jump': (jump) => onNode({ ssh: { jump } }),
  'apiServer.extraArgs': (key) => ({ apiServer: { extraArgs: { [key]: 'a' } } }),
  'apiServer.extraArgs.a': (value) => ({ apiServer: { extraArgs: { a: value } } }),
  'apiServer.certSANs.0': (name) => ({ apiServer: { certSANs: [name] } }),
  'preflight.ignore.0': (check) => ({ preflight: { ignore: [check] } }),
  'proxy.http': (http) => ({ proxy: { http } }),
  'proxy.https': (https) => ({ proxy: { http: 'http://a.example:3128', https } }),
  'proxy.noProxy.0': (one) => ({ proxy: { http: 'http://a.example:3128', noProxy: [one] } }),
  'sources.kubernetes.baseurl': (baseurl) => ({ sources: { kubernetes: { ...source, baseurl } } }),
  'sources.kubernetes.gpgkey': (gpgkey) => ({ sources: { kubernetes: { ...source, gpgkey } } }),
  'sources.kubernetes.fingerprint': (fingerprint) => ({
    sources: { kubernetes: { ...source, fingerprint } },
  }),
  'sources.containerd.baseurl': (baseurl) => ({ sources: { containerd: { ...source, baseurl } } }),
  'sources.containerd.gpgkey': (gpgkey) => ({ sources: { containerd: { ...source, gpgkey } } }),
  'sources.containerd.fingerprint': (fingerprint) => ({
    sources: { containerd: { ...source, fingerprint } },
  }),
  'sources.crio.baseurl': (baseurl) => ({ sources: { crio: { ...source, baseurl } } }),
  'sources.crio.gpgkey': (gpgkey) => ({ sources: { crio: { ...source, gpgkey } } }),
  'sources.crio.fingerprint': (fingerprint) => ({ sources: { crio: { ...source, fingerprint } } }),
  'sources.images': (registry) => ({ sources: { images: { [registry]: 'http://a.example' } } }),
  'sources.images.a': (mirror) => ({ sources: { images: { a: mirror } } }),
  'sources.manifests.calico': (place) => ({ sources: { manifests: { calico: place } } }),
  'sources.binaries.calicoctl': (url) => ({ sources: { binaries: { calicoctl: url } } }),
}

/** Paths of all texts in the schema; a new one without a line above makes the test below fail. */
function textPaths(path: readonly (string | number)[] = []): string[] {
  const schema = schemaAt(path)
  if (schema?.entries)
    return Object.keys(schema.entries).flatMap((key) => textPaths([...path, key]))
  if (schema?.item) return textPaths([...path, 0])
  if (schema?.type === 'record') return [path.join('.'), ...textPaths([...path, 'a'])]
  return schema?.type === 'string' || schema?.type === 'picklist' ? [path.join('.')] : []
}

test('every text of the schema is tried', () => {
  // Free maps: their keys and values only travel as JSON and YAML.
  const missing = textPaths().filter((path) => !(path in fields) && !/^kube(let|Proxy)$/.test(path))
  equal(missing.join(', '), '')
})

const url =
  /^sources\..*\.(baseurl|gpgkey)$|^sources\.(images\.a|manifests\.calico|binaries\.calicoctl)$/

for (const [path, put] of Object.entries(fields)) {
  test(`${path} takes no hostile value`, async () => {
    for (const value of hostile) {
      const text = await problems(file(put(value)))
      ok(
        text.includes('found') || text.includes('unknown key'),
        `${path}: ${JSON.stringify(value)}`,
      )
    }
  })
  if (url.test(path)) {
    test(`${path} takes no hostile value inside a URL either`, async () => {
      const inside = hostile.filter((value) => !value.startsWith('-'))
      for (const value of [...inside, '$releaseve', '{major}', '$$', '?a=b', '#a']) {
        await problems(file(put(`https://a.example/${value}`)))
        await problems(file(put(`https://a.example${value}/`)))
      }
      await problems(file(put('https://user:password@a.example/')))
      await problems(file(put('file:///etc/passwd')))
      await problems(file(put('javascript:alert(1)')))
    })
  }
}

// `ok` values and one sign: whatever stands around it, the value is refused. Blanks may stand in a
// fingerprint; what dnf replaces begins with "$".
const shellSigns = [
  '"',
  "'",
  '`',
  '$',
  ';',
  '|',
  '&',
  '<',
  '>',
  '(',
  ')',
  '\\',
  '\n',
  '\u0000',
  '\u202e',
]
test('one sign of a shell anywhere in a value, and it is refused', async () => {
  const plain = fc.stringMatching(/^[a-z0-9.:/-]{0,12}$/)
  const paths = fc.constantFrom(...Object.keys(fields))
  await holds(
    [paths, plain, fc.constantFrom(...shellSigns), plain],
    async (path, before, sign, after) => {
      const put = fields[path]
      ok(put)
      const value = `${before}${sign}${after}`
      const allowed = /^\$(releasever|basearch)/.test(sign + after)
      if (!allowed) ok((await problems(file(put(value)))) !== '', JSON.stringify(value))
    },
    300,
  )
})

test('a value of 100,000 characters is refused in good time', async () => {
  const begin = Date.now()
  for (const put of Object.values(fields)) {
    await problems(file(put('a'.repeat(100_000))))
    await problems(file(put(`https://${'a.'.repeat(50_000)}`)))
    await problems(file(put('a-'.repeat(50_000))))
  }
  ok(Date.now() - begin < 20_000, `${Date.now() - begin} ms`)
})

test('keys that every JavaScript object has are unknown keys', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  for (const name of names) {
    for (const part of ['', 'endpoint', 'ssh', 'kubelet', 'kubeProxy']) {
      const inner = `{ "address": "10.0.0.9", "${name}": { "polluted": 1 } }`
      const text = part === '' ? `{ "${name}": {} }` : `{ "${part}": ${inner} }`
      ok((await problems(text)).includes(`unknown key "${name}"`), `${name} in ${part}`)
    }
  }
  equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('in free maps texts arrive literally, unless they hold control characters', async () => {
  const value = '$(touch /tmp/pwn) `id` "x" \'y\' -o'
  const { kubelet } = await parse({ kubelet: { resolverConfig: value, list: [value] } })
  equal(JSON.stringify(kubelet), JSON.stringify({ resolverConfig: value, list: [value] }))
  for (const bad of ['a\u0000b', '\u001b[2J', '\u009b']) {
    ok((await problems(file({ kubelet: { a: { b: [bad] } } }))).includes('kubelet.a.b[0]: found'))
    ok((await problems(file({ kubeProxy: { [bad]: 1 } }))).includes('found the key'))
  }
  ok((await problems('{ "kubelet": { "a": .nan } }')).includes('kubelet.a: found the number NaN'))
})
