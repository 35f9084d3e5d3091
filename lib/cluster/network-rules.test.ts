import { match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { file, node, parse, problems } from './test-files.ts'

const plane = (address: string, name = 'm') => node(name, address, 'control-plane')

const external = (address: string) => ({ provider: 'external', address })

const refused: readonly (readonly [string, object, RegExp])[] = [
  [
    'a pod network with host bits',
    { networking: { podSubnet: '10.244.0.1/16' } },
    /did you mean "10\.244\.0\.0\/16"/,
  ],
  [
    'no network',
    { networking: { podSubnet: '10.244.0.0' } },
    /wanted a network such as 10\.244\.0\.0\/16/,
  ],
  ['two networks', { networking: { podSubnet: '10.1.0.0/16,fd00::/48' } }, /wanted a network/],
  ['an octet too large', { networking: { serviceSubnet: '10.300.0.0/16' } }, /wanted a network/],
  [
    'the pod network inside the Services',
    { networking: { podSubnet: '10.100.0.0/16' } },
    /overlaps networking\.serviceSubnet, 10\.96\.0\.0\/12/,
  ],
  [
    'a pod network smaller than a node',
    { networking: { podSubnet: '10.244.0.0/25' } },
    /room for 0 nodes/,
  ],
  [
    'a pod network too large',
    { networking: { podSubnet: '16.0.0.0/7' } },
    /larger than kubeadm takes\n.*\n.*\n +wanted \/8 to \/24/,
  ],
  ['too many Services', { networking: { serviceSubnet: '10.64.0.0/11' } }, /wanted \/12 to \/28/],
  [
    'too few Services',
    { networking: { serviceSubnet: '10.96.0.0/29' } },
    /is smaller than kubeadm takes/,
  ],
  [
    'a node among the pods',
    { nodes: [plane('10.244.3.4')] },
    /nodes\[0\]\.address: 10\.244\.3\.4 lies inside networking\.podSubnet/,
  ],
  [
    'the endpoint among the Services',
    { endpoint: '10.96.0.1' },
    /endpoint\.address: 10\.96\.0\.1 lies inside networking\.serviceSubnet/,
  ],
  ['loopback', { nodes: [plane('127.0.0.1')] }, /is loopback/],
  ['no address', { endpoint: '0.0.0.0' }, /is no address of a machine/],
  ['a multicast address', { nodes: [plane('224.0.0.1')] }, /is multicast/],
  ['a link-local address', { nodes: [plane('169.254.1.1')] }, /is link-local/],
  ['an IPv4 address in disguise', { endpoint: '::ffff:a00:1' }, /in disguise/],
  ['a pod network of loopback', { networking: { podSubnet: '127.0.0.0/16' } }, /is loopback/],
  [
    'two families',
    { nodes: [plane('fd00::1')] },
    /nodes\[0\]\.address: fd00::1 is IPv6\n.*\n.*\n +wanted IPv4, as endpoint\.address is/,
  ],
  [
    'a worker as endpoint',
    { endpoint: external('192.168.9.5'), nodes: [plane('192.168.9.4'), node('w', '192.168.9.5')] },
    /is the address of nodes\[1\], a worker/,
  ],
  [
    'one of three control planes as endpoint',
    {
      endpoint: external('192.168.9.4'),
      nodes: [plane('192.168.9.4', 'a'), plane('192.168.9.5', 'b'), plane('192.168.9.6', 'c')],
    },
    /is the address of nodes\[0\]\n.*\n.*\n +wanted an address of its own/,
  ],
  [
    'another port on the control plane itself',
    { endpoint: { ...external('192.168.9.4'), port: 443 }, nodes: [plane('192.168.9.4')] },
    /endpoint\.port: found the number 443.*\n.*\n.*\n +wanted 6443/,
  ],
  [
    'an IPv6 pod network too large',
    { networking: { podSubnet: 'fd00::/40', serviceSubnet: 'fd01::/112' } },
    /wanted \/48 to \/64/,
  ],
]

for (const [title, more, wanted] of refused) {
  test(`${title} is refused`, async () => match(await problems(file(more)), wanted))
}

test('each node needs a /24 of the pod network', async () => {
  const nodes = [plane('192.168.9.4'), node('a', '192.168.9.5'), node('b', '192.168.9.6')]
  await parse({ nodes, networking: { podSubnet: '10.244.0.0/22' } })
  const text = await problems(file({ nodes, networking: { podSubnet: '10.244.0.0/23' } }))
  match(
    text,
    /room for 2 nodes, each takes a \/24, and there are 3\n.*\n.*\n +wanted a network of \/22 or larger/,
  )
})

test('the lone control plane may be its own endpoint', async () => {
  const nodes = [plane('192.168.9.4'), node('w', '192.168.9.5')]
  await parse({ endpoint: external('192.168.9.4'), nodes })
  const text = await problems(file({ endpoint: '192.168.9.4', nodes }))
  match(text, /wanted a free address .*; or provider: external/)
})

test('sizes at the edge are taken', async () => {
  for (const podSubnet of ['10.0.0.0/24', '11.0.0.0/8']) {
    await parse({ networking: { podSubnet, serviceSubnet: '172.16.0.0/12' } })
  }
  await parse({ networking: { serviceSubnet: '10.96.0.0/28' } })
  await parse({
    networking: { podSubnet: 'fd00:1::/64', serviceSubnet: 'fd00:2::/108' },
    endpoint: 'fd00:3::9',
    nodes: [plane('fd00:3::1')],
  })
})

test('a mistake in one network does not hide one in the other', async () => {
  const text = await problems(
    file({ networking: { podSubnet: 'x', serviceSubnet: '10.96.0.1/12' } }),
  )
  ok(
    text.includes('networking.podSubnet: found "x"') &&
      text.includes('did you mean "10.96.0.0/12"?'),
    text,
  )
})
