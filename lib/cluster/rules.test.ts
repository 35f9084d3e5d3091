import { deepEqual, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { refusalsToCreate } from './members.ts'
import { file, node, parse, problems } from './test-files.ts'

const master = node('m', '192.168.9.121', 'control-plane')
const heads = async (more: object) =>
  (await problems(file(more)))
    .split('\n')
    .filter((line) => line.startsWith('cluster.yaml:'))
    .map((line) => line.replace(/^\S+ {2}/, ''))

test('two nodes may not share a name or an address', async () => {
  deepEqual(await heads({ nodes: [master, node('m', '192.168.9.5')] }), [
    'nodes[1].name: "m" already belongs to nodes[0]',
  ])
  deepEqual(await heads({ nodes: [master, node('w', '192.168.9.121')] }), [
    'nodes[1].address: "192.168.9.121" already belongs to nodes[0]',
  ])
})

test('an address in two spellings is one address', async () => {
  const six = {
    networking: { podSubnet: 'fd00:1::/48', serviceSubnet: 'fd00:2::/112' },
    endpoint: 'fd00:3::9',
  }
  const nodes = [node('m', 'fd00:3::1', 'control-plane'), node('w', 'FD00:3:0:0::1')]
  deepEqual(await heads({ ...six, nodes }), [
    'nodes[1].address: "FD00:3:0:0::1" already belongs to nodes[0]',
  ])
})

test('a cluster needs a control plane', async () => {
  deepEqual(await heads({ nodes: [node('w', '192.168.9.5')] }), ['there is no control plane'])
})

test('a name that is an address is none', async () => {
  match(
    await problems(file({ nodes: [{ ...master, name: '10.0.0.1' }] })),
    /wanted a name, not an address/,
  )
})

test('schedulable is for control planes', async () => {
  deepEqual(
    await heads({ nodes: [master, node('w', '192.168.9.5', 'worker', { schedulable: false })] }),
    ['schedulable: false is for control planes'],
  )
  const own = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
  match(
    await problems(file({ nodes: [{ ...master, schedulable: true, taints: [own] }] })),
    /exclude each other/,
  )
})

test('a taint is listed once', async () => {
  const taints = [
    { key: 'a', value: '1', effect: 'NoSchedule' },
    { key: 'a', value: '2', effect: 'NoSchedule' },
  ]
  deepEqual(await heads({ nodes: [{ ...master, taints }] }), [
    'the taint "a:NoSchedule" is listed twice',
  ])
  await parse({
    nodes: [{ ...master, taints: [taints[0], { ...taints[0], effect: 'NoExecute' }] }],
  })
})

test('labels and taints follow the syntax of Kubernetes', async () => {
  const good = [
    'a',
    'A-b_c.d',
    'example.org/a',
    'kubernetes.io/b',
    'a'.repeat(63),
    `${'a.'.repeat(126)}a/x`,
  ]
  for (const key of good) await parse({ nodes: [{ ...master, labels: { [key]: '' } }] })
  const bad = [
    '/a',
    'a/',
    'a/b/c',
    '-a',
    'a-',
    'Example.org/a',
    'a'.repeat(64),
    `${'a.'.repeat(127)}a/x`,
  ]
  for (const key of bad)
    ok(
      (await problems(file({ nodes: [{ ...master, labels: { [key]: '' } }] }))).includes(
        'found the key',
      ),
    )
  for (const value of ['a', 'A.b-c_d', '1', 'a'.repeat(63)])
    await parse({ nodes: [{ ...master, labels: { a: value } }] })
  for (const value of ['.a', 'a_', 'a/b', 'a'.repeat(64)])
    await problems(file({ nodes: [{ ...master, labels: { a: value } }] }))
})

const owned: readonly (readonly [object, RegExp])[] = [
  [
    { kubelet: { clusterDomain: 'x' } },
    /kubelet\.clusterDomain is not yours to set: kubeadm sets it from networking\.dnsDomain/,
  ],
  [
    { kubelet: { authentication: { x509: { clientCAFile: '/a' } } } },
    /kubelet\.authentication\.x509\.clientCAFile is not yours/,
  ],
  [{ kubelet: { kind: 'KubeletConfiguration' } }, /kubestrap sets it/],
  [{ kubeProxy: { clusterCIDR: '10.0.0.0/8' } }, /from networking\.podSubnet/],
  [
    { kubeProxy: { clientConnection: { kubeconfig: '/a' } } },
    /clientConnection\.kubeconfig is not yours/,
  ],
  [
    { apiServer: { extraArgs: { 'secure-port': '7443' } } },
    /endpoint\.port is the port clients use/,
  ],
  [
    { apiServer: { extraArgs: { 'encryption-provider-config': '/a' } } },
    /kubestrap sets it from security\.encryptSecrets/,
  ],
  [
    { apiServer: { extraArgs: { 'kubelet-certificate-authority': '/a' } } },
    /from security\.kubeletServingCertificates/,
  ],
  [{ kubelet: { serverTLSBootstrap: true } }, /from security\.kubeletServingCertificates/],
]

for (const [more, wanted] of owned) {
  test(`${JSON.stringify(more)} belongs to somebody else`, async () =>
    match(await problems(file(more)), wanted))
}

test('settings beside those are free', async () => {
  await parse({
    kubelet: { cgroupDriver: 'cgroupfs', authentication: { anonymous: { enabled: false } } },
    kubeProxy: { clientConnection: { qps: 10 }, mode: 'iptables' },
    apiServer: {
      extraArgs: { 'audit-log-path': '/var/log/audit.log', 'feature-gates': 'A=true,B=false' },
    },
  })
})

test('manifests are for a pod network of your own', async () => {
  await parse({ podNetwork: { provider: 'none', manifests: ['./a.yaml', '../b/c.yaml'] } })
  match(await problems(file({ podNetwork: { manifests: ['a.yaml'] } })), /would not be applied/)
  match(
    await problems(file({ podNetwork: { provider: 'none', manifests: ['a.yaml', 'a.yaml'] } })),
    /manifests|"a\.yaml" is listed twice/,
  )
})

test('preflight checks are named one by one', async () => {
  await parse({ preflight: { ignore: ['NumCPU', 'FileContent--proc-sys-net-ipv4-ip_forward'] } })
  match(await problems(file({ preflight: { ignore: ['All'] } })), /takes no "all" from a file/)
})

test('a repository without its key is refused', async () => {
  const text = await problems(file({ sources: { kubernetes: { baseurl: 'https://a.example/' } } }))
  match(text, /"gpgkey" is missing in sources\.kubernetes/)
  match(text, /"fingerprint" is missing in sources\.kubernetes/)
})

test('only the Kubernetes repository has a minor version in it', async () => {
  const source = (gpgkey: string) => ({
    baseurl: 'https://a.example/$releasever/$basearch/',
    gpgkey,
    fingerprint: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
  })
  await parse({ sources: { kubernetes: source('https://a.example/{minor}/key') } })
  await problems(file({ sources: { containerd: source('https://a.example/{minor}/key') } }))
  await problems(file({ sources: { kubernetes: source('https://a.example/$releasever/key') } }))
})

test('names of certificates are names or addresses', async () => {
  const certSANs = ['k8s.example', '*.k8s.example', '10.0.0.9', 'fd00::1']
  deepEqual((await parse({ apiServer: { certSANs } })).apiServer.certSANs, certSANs)
  for (const name of ['10.0.0', '300.1.1.1', '*', 'a.*.b', 'fd00:::1', ':', 'K8S.example']) {
    await problems(file({ apiServer: { certSANs: [name] } }))
  }
})

test('paths of keys', async () => {
  for (const key of ['id', './id_ed25519', '../k/id', '~/.ssh/id', '/etc/k/id', '.ssh/id']) {
    deepEqual((await parse({ ssh: { key } })).nodes[0]?.ssh.key, key)
  }
  for (const key of ['~root/id', '', 'a b', '~/-x', '-x']) await problems(file({ ssh: { key } }))
})

test('endpoints of an external etcd: https, each once, a port there is', async () => {
  const external = (...endpoints: string[]) => ({
    etcd: { external: { endpoints, ca: 'ca', certificate: 'c', key: 'k' } },
  })
  const one = 'https://10.0.0.7:2379'
  match(await problems(file(external(one, one))), /endpoints\[1\]: .* is listed twice/)
  match(await problems(file(external('http://10.0.0.7:2379'))), /wanted an https URL with a port/)
  match(await problems(file(external(`${one}/path`))), /nothing after it/)
  match(await problems(file(external('https://10.0.0.7:70000'))), /no port a server can have/)
  match(await problems(file(external())), /at least one endpoint/)
  const cluster = await parse(external(one, 'https://[fd00::7]:2379'))
  deepEqual(cluster.etcd.external?.endpoints, [one, 'https://[fd00::7]:2379'])
})

test('an even number of control planes may use an external etcd', async () => {
  const nodes = [master, node('m2', '192.168.9.122', 'control-plane'), node('w', '192.168.9.5')]
  const even = await parse({ nodes })
  ok(refusalsToCreate(even).length === 1)
  const etcd = {
    external: { endpoints: ['https://10.0.0.7:2379'], ca: 'a', certificate: 'c', key: 'k' },
  }
  deepEqual(refusalsToCreate(await parse({ nodes, etcd })), [])
})
