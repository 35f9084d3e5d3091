import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { file, node, parse, problems, smallest } from './test-files.ts'

const calico = (settings: object = {}, more: object = {}) => ({
  podNetwork: { provider: 'calico', calico: settings },
  ...more,
})

test('Calico: what the file leaves open is decided', async () => {
  const { podNetwork } = await parse(calico())
  deepEqual(podNetwork.calico, {
    version: 'v3.32.1',
    encapsulation: 'VXLANCrossSubnet',
    bgp: false,
    blockSize: 26,
    natOutgoing: true,
    apiServer: true,
    calicoctl: true,
    checksums: {},
  })
  equal((await parse({ podNetwork: { provider: 'none' } })).podNetwork.calico, undefined)
})

test('Calico: without VXLAN routes are told by BGP', async () => {
  for (const encapsulation of ['IPIP', 'IPIPCrossSubnet', 'None'])
    equal((await parse(calico({ encapsulation }))).podNetwork.calico?.bgp, true)
  equal((await parse(calico({ encapsulation: 'VXLAN', bgp: true }))).podNetwork.calico?.bgp, true)
})

const six = {
  networking: { podSubnet: 'fd01::/56', serviceSubnet: 'fd02::/112' },
  endpoint: { address: 'fd00::9' },
  nodes: [{ ...smallest.nodes[0], address: 'fd00::11' }],
}

test('Calico: blocks of IPv6 are /122', async () => {
  equal((await parse(calico({}, six))).podNetwork.calico?.blockSize, 122)
})

const sum = 'ab'.repeat(32)

test('a release whose checksums are not known is taken with checksums', async () => {
  const checksums = { 'operator-crds.yaml': sum, 'tigera-operator.yaml': sum }
  const { podNetwork } = await parse(calico({ version: 'v3.31.4', checksums }))
  equal(podNetwork.calico?.version, 'v3.31.4')
})

const many = Array.from({ length: 9 }, (_, index) => node(`w-${index}`, `192.168.9.${index + 1}`))

const refused: Readonly<Record<string, readonly [object, RegExp]>> = {
  'settings of Calico with another network': [
    { podNetwork: { provider: 'none', calico: { mtu: 1400 } } },
    /podNetwork\.calico would not be obeyed: the provider is none/,
  ],
  'manifests of one’s own beside Calico': [
    { podNetwork: { provider: 'calico', manifests: ['a.yaml'] } },
    /podNetwork\.manifests would not be applied: the provider is calico/,
  ],
  'a release that was not tried yet': [
    calico({ version: 'v3.33.1' }),
    /v3\.30 to v3\.32: 3\.33 and later bring other CRDs by default/,
  ],
  'a release of a later major': [calico({ version: 'v4.0.0' }), /3\.33 and later bring other CRDs/],
  'a release that is too old': [calico({ version: 'v3.29.3' }), /older releases keep their CRDs/],
  'no release at all': [calico({ version: '3.32.1' }), /a release such as v3\.32\.1/],
  'a release without known checksums': [
    calico({ version: 'v3.32.9', checksums: { 'operator-crds.yaml': sum } }),
    /checksums of v3\.32\.9 are not known[\s\S]*checksums with the SHA-256 of tigera-operator\.yaml/,
  ],
  'a checksum that is none': [
    calico({ checksums: { 'operator-crds.yaml': 'abc' } }),
    /64 hexadecimal digits/,
  ],
  'IP in IP without BGP': [
    calico({ encapsulation: 'IPIP', bgp: false }),
    /with encapsulation IPIP routes are told by BGP/,
  ],
  'IP in IP for IPv6': [
    calico({ encapsulation: 'IPIPCrossSubnet' }, six),
    /carries IPv4 only, and networking\.podSubnet is IPv6/,
  ],
  'blocks that are too large': [
    calico({ blockSize: 128 }),
    /but the pods have IPv4[\s\S]*20 to 32/,
  ],
  'fewer blocks than nodes': [
    calico(
      { blockSize: 20 },
      { networking: { podSubnet: '10.244.0.0/20' }, nodes: [...smallest.nodes, ...many] },
    ),
    /has 1 blocks for 10 nodes/,
  ],
  'a calicoctl that anybody could have changed': [
    calico({}, { sources: { binaries: { calicoctl: 'http://a.example/calicoctl' } } }),
    /checksum of calicoctl v3\.32\.1 is not known, and it comes over plain http/,
  ],
}

for (const [what, [more, text]] of Object.entries(refused))
  test(`${what}: refused`, async () => match(await problems(file(more)), text))

test('calicoctl over plain http is taken with a checksum, or where none is wanted', async () => {
  const sources = { binaries: { calicoctl: 'http://a.example/calicoctl-{arch}' } }
  await parse(calico({ checksums: { 'calicoctl-linux-amd64': sum } }, { sources }))
  await parse(calico({ calicoctl: false }, { sources }))
  await parse(calico({ version: 'v3.31.7' }, { sources }))
})
