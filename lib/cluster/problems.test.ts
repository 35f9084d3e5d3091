import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { parseCluster } from '../cluster.ts'
import { formatError } from '../errors.ts'
import { file, node, problems, smallest } from './test-files.ts'

const start = 'name: home\nendpoint: 192.168.9.120\nnodes:\n'

test('a mistyped key, as it is shown', async () => {
  const text = `${start}  - adress: 10.0.0.11\n    name: k-1\n    role: control-plane\n`
  equal(
    await problems(text),
    [
      'cluster.yaml:4:5  unknown key "adress"',
      '  4 |   - adress: 10.0.0.11',
      '    |     ^^^^^^',
      '  did you mean "address"?',
    ].join('\n'),
  )
})

test('a version that was written as a number, as it is shown', async () => {
  const text = `kubernetesVersion: 1.30\n${start}  - { name: m, address: 10.0.0.1, role: control-plane }\n`
  equal(
    await problems(text),
    [
      'cluster.yaml:1:20  kubernetesVersion: found the number 1.3',
      '  1 | kubernetesVersion: 1.30',
      '    |                    ^^^^',
      '  wanted text in quotes: "1.30"',
    ].join('\n'),
  )
})

const everything = `name: My Cluster
kubernetesVersion: 1.30
endpoint: 10.0.0.1:6443
endpoint: 10.0.0.2
networking:
  podSubnet: 10.244.0.1/16
  serviceSubnet: 10.244.0.0/20
podSubnet: 10.1.0.0/16
constructor: 1
version: "1.36"
nodes:
  - adress: 10.0.0.11
    name: k-1
    role: master
  - { name: k-1, address: 10.0.0.012, role: worker, labels: { zone: 1, "a b": c } }
  - name: k-2
    address: 10.244.3.3
    role: control-plane
    labels: [a]
    first: 1
    second: 2
    taints:
      - key: dedicated
        effect: NoSchedul
kubelet:
  clusterDNS: [1.1.1.1]
sources: { kubernetes: { baseurl: "http://x/" } }
runtime:
`

test('all problems come at once, in the order of the file', async () => {
  const heads = (await problems(everything))
    .split('\n')
    .filter((line) => line.startsWith('cluster.yaml:'))
    .map((line) => line.slice('cluster.yaml:'.length))
  deepEqual(heads, [
    '1:7  name: found "My Cluster"',
    '2:20  kubernetesVersion: found the number 1.3',
    '4:1  the key "endpoint" is already on line 3',
    '6:14  networking.podSubnet: 10.244.0.1/16 is an address inside a network',
    '6:14  networking.podSubnet: 10.244.0.1/16 overlaps networking.serviceSubnet, 10.244.0.0/20',
    '8:1  unknown key "podSubnet"',
    '9:1  unknown key "constructor"',
    '10:1  unknown key "version"',
    '12:5  unknown key "adress"',
    '14:11  nodes[0].role: found "master"',
    '15:13  nodes[1].name: "k-1" already belongs to nodes[0]',
    '15:27  nodes[1].address: found "10.0.0.012"',
    '15:69  nodes[1].labels.zone: found the number 1',
    '15:72  nodes[1].labels["a b"]: found the key "a b"',
    '17:14  nodes[2].address: 10.244.3.3 lies inside networking.podSubnet, 10.244.0.1/16',
    '17:14  nodes[2].address: 10.244.3.3 lies inside networking.serviceSubnet, 10.244.0.0/20',
    '19:13  nodes[2].labels: found a list',
    '20:5  unknown key "first"',
    '21:5  unknown key "second"',
    '24:17  nodes[2].taints[0].effect: found "NoSchedul"',
    '26:3  kubelet.clusterDNS is not yours to set: kubeadm sets it from networking.serviceSubnet',
    '27:24  "gpgkey" is missing in sources.kubernetes',
    '27:24  "fingerprint" is missing in sources.kubernetes',
    '28:1  runtime: found nothing',
  ])
})

test('the caret stands under what is meant', async () => {
  const lines = (await problems(everything)).split('\n')
  for (const [index, line] of lines.entries()) {
    const marked = lines[index + 1] ?? ''
    if (!/^ +\d+ \| /.test(line) || !/^ +\| *\^+$/.test(marked)) continue
    const [from, to] = [marked.indexOf('^'), marked.lastIndexOf('^') + 1]
    const what = line.slice(from, to)
    ok(what !== '' && what === what.trim(), `"${what}" in: ${line}`)
  }
  equal(lines.filter((line) => /^ +\| *\^+$/.test(line)).length, 24)
})

const suggestions: readonly (readonly [object, string])[] = [
  [{ podSubnet: '10.1.0.0/16' }, 'networking.podSubnet'],
  [{ version: '1.36' }, 'kubernetesVersion'],
  [{ node: [] }, 'nodes'],
  [{ podNetwork: { provider: 'brigde' } }, 'bridge'],
  [{ endpoint: { address: 'https://192.168.9.120:6443' } }, '192.168.9.120'],
  [{ endpoint: { address: '192.168.9.120', prot: 6443 } }, 'port'],
  [{ nodes: [node('K-Master-1', '192.168.9.121', 'control-plane')] }, 'k-master-1'],
  [{ nodes: [node('k_master', '192.168.9.121', 'control-plane')] }, 'k-master'],
  [{ nodes: [node('m', '192.168.9.121', 'controlplane')] }, 'control-plane'],
  [{ nodes: [node('m', '192.168.9.121', 'server')] }, 'control-plane'],
  [{ nodes: [node('m', '192.168.9.121/24', 'control-plane')] }, '192.168.9.121'],
  [{ networking: { podSubnet: '10.1.2.3/16' } }, '10.1.0.0/16'],
]

for (const [more, near] of suggestions) {
  test(`${JSON.stringify(more)} brings ${near} to mind`, async () =>
    ok((await problems(file(more))).includes(`did you mean "${near}"?`)))
}

test('a missing key says what belongs there, and where', async () => {
  const text = await problems('name: home\nnodes:\n  - name: m\n    role: worker\n')
  match(
    text,
    /^cluster.yaml:1:1 {2}"endpoint" is missing\n.*\n.*\n {2}wanted where all clients reach/,
  )
  match(text, /cluster.yaml:3:5 {2}"address" is missing in nodes\[0\]/)
})

test('values of the wrong kind', async () => {
  const wrong = (more: object) => problems(file(more))
  match(await wrong({ nodes: { a: 1 } }), /nodes: found a map\n.*\n.*\n {2}wanted a list/)
  match(await wrong({ nodes: [] }), /nodes: found a list\n.*\n.*\n {2}wanted at least one node/)
  match(
    await wrong({ networking: 'x' }),
    /networking: found "x"\n.*\n.*\n {2}wanted a map with podSubnet/,
  )
  match(await wrong({ kubelet: [1] }), /kubelet: found a list\n.*\n.*\n {2}wanted a map/)
  match(
    await wrong({ endpoint: { address: '10.9.9.9', port: '6443' } }),
    /wanted a whole number from 1 to 65535/,
  )
  match(
    await wrong({ endpoint: { address: '10.9.9.9', port: 1.5 } }),
    /wanted a whole number from 1 to 65535/,
  )
  match(
    await wrong({ apiServer: { extraArgs: { profiling: false } } }),
    /wanted text in quotes: "false"/,
  )
  match(
    await wrong({ nodes: [{ ...smallest.nodes[0], schedulable: 'yes' }] }),
    /wanted true or false, without quotes/,
  )
})

test('long lines are shown around the place', async () => {
  const text = `name: home\nendpoint: 192.168.9.120\nnodes: [${'{ name: m, address: 10.0.0.1, role: control-plane }, '.repeat(5)}{ nam: x }]\n`
  const shown = (await problems(text)).split('\n')
  const at = shown.findIndex((line) => line.includes('unknown key "nam"'))
  match(shown[at + 1] ?? '', /^ {2}3 \| \.\.\..*\{ nam: x \}\]$/)
  equal(shown[at + 1]?.indexOf('nam: x'), shown[at + 2]?.indexOf('^^^'))
  ok(shown.every((line) => line.length < 140))
})

test('the whole error names the count, the file and the next step', async () => {
  const error = await parseCluster('{}', 'my.yaml').catch((thrown: unknown) => thrown)
  const text = formatError(error)
  match(text, /^error: 3 problems in my\.yaml {2}\[KS-CLUSTER-FILE\]/)
  match(text, /next: correct the file, then run it again$/)
})
