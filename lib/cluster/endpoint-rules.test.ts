import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { file, node, parse, problems, smallest } from './test-files.ts'

const virtual = (more: object = {}, rest: object = {}) =>
  file({ endpoint: { provider: 'kube-vip', address: '192.168.9.120', ...more }, ...rest })

const external = (more: object) =>
  file({ endpoint: { provider: 'external', address: '192.168.9.120', ...more } })

/** What is wrong with a file, one text for all problems; empty when nothing is. */
const told = async (text: string) => problems(text)

test('kube-vip: defaults are those of its release 1.2.3, in ARP mode', async () => {
  const { endpoint } = await parse()
  deepEqual(endpoint.kubeVip, {
    mode: 'arp',
    version: 'v1.2.3',
    image: 'ghcr.io/kube-vip/kube-vip',
    manifest: 'podman',
    services: false,
    lease: { duration: 15, renewDeadline: 10, retryPeriod: 2 },
  })
  const external = { provider: 'external', address: '192.168.9.120' }
  equal((await parse({ endpoint: external })).endpoint.kubeVip, undefined)
})

test('the interface of a node goes over the one of all; workers have none', async () => {
  const { nodes } = await parse({
    endpoint: { provider: 'kube-vip', address: '192.168.9.120', interface: 'ens18' },
    nodes: [
      ...smallest.nodes,
      node('k-master-2', '192.168.9.122', 'control-plane', { interface: 'eth0' }),
      node('w', '192.168.9.141'),
    ],
  })
  deepEqual(
    nodes.map(({ interface: device }) => device),
    ['ens18', 'eth0', undefined],
  )
})

const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
  'keys of kube-vip with a load balancer of one’s own': [
    external({ kubeVip: { mode: 'arp' } }),
    /endpoint\.kubeVip would not be obeyed: the provider is external/,
  ],
  'an interface with a load balancer of one’s own': [
    external({ interface: 'ens18' }),
    /endpoint\.interface would not be obeyed/,
  ],
  'an interface of a worker': [
    virtual(
      {},
      { nodes: [...smallest.nodes, node('w', '192.168.9.141', 'worker', { interface: 'e' })] },
    ),
    /nodes\[1\]\.interface would not be obeyed: a worker/,
  ],
  'the address of a node, even of the only one': [
    virtual({ address: '192.168.9.121' }),
    /192\.168\.9\.121 is the address of nodes\[0\]/,
  ],
  'another port than the API server’s': [
    virtual({ port: 443 }),
    /endpoint\.port: found the number 443, but kube-vip only moves an address/,
  ],
  '1.2.2, with its reason': [
    virtual({ kubeVip: { version: 'v1.2.2' } }),
    /1\.2\.2 asks the API server through the virtual IP/,
  ],
  'older ones': [virtual({ kubeVip: { version: 'v0.9.9' } }), /v1\.2\.3 or newer: older ones/],
  'a version without its v': [virtual({ kubeVip: { version: '1.2.3' } }), /such as v1\.2\.3/],
  'an image with a tag': [
    virtual({ kubeVip: { image: 'ghcr.io/kube-vip/kube-vip:v1.2.3' } }),
    /without a tag/,
  ],
  'Kubernetes whose init needs the address': [
    virtual({}, { kubernetesVersion: '1.36.2' }),
    /wanted 1\.36\.3 or newer.*super-admin\.conf/,
  ],
  'a lease that ends before its renewal': [
    virtual({ kubeVip: { lease: { duration: 10 } } }),
    /a duration longer than renewDeadline/,
  ],
  'a renewal without time for a second try': [
    virtual({ kubeVip: { lease: { retryPeriod: 9 } } }),
    /longer than 1\.2 times retryPeriod/,
  ],
  'routers in mode arp': [
    virtual({ kubeVip: { bgp: { localAS: 1, peers: [{ address: '192.168.9.1', as: 2 }] } } }),
    /kubeVip\.bgp would not be obeyed/,
  ],
  'mode bgp without routers': [virtual({ kubeVip: { mode: 'bgp' } }), /kubeVip\.bgp is missing/],
  'a lease in mode bgp': [
    virtual({
      kubeVip: {
        mode: 'bgp',
        lease: {},
        bgp: { localAS: 1, peers: [{ address: '192.168.9.1', as: 2 }] },
      },
    }),
    /kubeVip\.lease would not be obeyed/,
  ],
  'a password of a router': [
    virtual({
      kubeVip: {
        mode: 'bgp',
        bgp: { localAS: 1, peers: [{ address: '192.168.9.1', as: 2, password: 'x' }] },
      },
    }),
    /unknown key "password"/,
  ],
  'a hosts entry without a name': [
    file({ endpoint: { address: '192.168.9.120', hostsEntry: true } }),
    /there is no name to write into \/etc\/hosts/,
  ],
}

for (const [what, [text, said]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => match(await told(text), said))
}

test('accepted: newer releases, and the first patch whose init needs no address', async () => {
  const kubeVip = { version: 'v1.10.0', lease: { duration: 16 } }
  const endpoint = { provider: 'kube-vip', address: '192.168.9.120', kubeVip }
  const cluster = await parse({ endpoint, kubernetesVersion: '1.36.3' })
  equal(cluster.endpoint.kubeVip?.version, 'v1.10.0')
})
