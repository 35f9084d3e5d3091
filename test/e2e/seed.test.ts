import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { imagesIn, readGiven, withoutRegistry } from '../../lab/artifacts/given.ts'
import { type KeyServer, keyServer } from './key-server.ts'
import {
  addImages,
  beginAsOperator,
  definitions,
  endAsOperator,
  missing,
  nodeImage,
  operatorImage,
  otherImage,
  published,
  withoutImages,
} from './made-up-calico.ts'
import {
  addressOf,
  artifacts,
  clusterFile,
  copyTo,
  ended,
  eventually,
  freshLab,
  healthy,
  kubectl,
  kubestrap,
  labDo,
  onNode,
  type Ran,
  root,
  start,
  up,
} from './support.ts'

/**
 * The seed's cluster as a whole: CRI-O, kube-vip, Calico, a named endpoint, a packet filter. With the
 * real parts in a folder (KUBESTRAP_ARTIFACTS=DIR, see lab/README.md) it is made of those. Else CRI-O
 * and kube-vip are the lab's stand-ins, Calico's images are made up, and the test does the operator's
 * work; its manifests and the API server that takes them are real all the same.
 */

const real = artifacts !== undefined && (await hasCalico(artifacts))
const skip = real ? false : missing
const madeUpOnly = real ? 'the real Calico does that by itself' : skip
const nodes = ['k-master-1', 'k-worker-1'] as const
const plane = 'k-master-1'
const name = 'api.kubestrap.test'
const stack = ['--runtime', 'cri-o', '--endpoint', 'kube-vip', '--pod-network', 'calico']
async function hasCalico(folder: string): Promise<boolean> {
  const images = await Promise.all((await readGiven(folder)).images.map(imagesIn))
  return images.flat().some(({ names }) => names.includes(withoutRegistry(operatorImage)))
}

/** What is asked of the lab; asked again, it only serves what the folder holds by now. */
const machines = () =>
  ['--control-planes', '1', '--workers', '1', ...stack, '--artifacts', folder()] as const

let madeUp: string | undefined
function folder(): string {
  madeUp ??= real && artifacts ? artifacts : withoutImages(artifacts)
  return madeUp
}

let server: KeyServer | undefined

before(async () => {
  if (skip) return
  await freshLab(...machines())
  const text = readFileSync(clusterFile, 'utf8').replace(
    /^endpoint: \{ (.*) \}$/m,
    `endpoint: { $1, name: ${name}, hostsEntry: true }`,
  )
  writeFileSync(clusterFile, `${text}firewall: managed\n`)
})

after(async () => {
  server?.close()
  if (skip || process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
  rmSync(clusterFile, { force: true })
})

const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

/** An object as the API server has it. */
async function object(words: string): Promise<Record<string, unknown>> {
  const ran = await kubectl(`get ${words} -o json --show-managed-fields`, plane)
  assert.equal(ran.exitCode, 0, said(ran))
  return JSON.parse(ran.stdout) as Record<string, unknown>
}

/** Changes with every write, whoever made it. */
async function written(...words: readonly string[]): Promise<readonly unknown[]> {
  const objects = await Promise.all(words.map(object))
  return objects.map(({ metadata }) => (metadata as { resourceVersion: string }).resourceVersion)
}

test('Calico is asked for: the API server has taken definitions, operator and Installation', {
  skip,
}, async () => {
  const phases = 'prerequisites,control-plane-init,kube-vip,worker-join,calico'
  const ran = await up('--only', phases)
  assert.equal(ran.exitCode, 0, said(ran))
  const { spec, metadata } = (await object('installation default')) as {
    spec: { calicoNetwork: Record<string, unknown> }
    metadata: { managedFields: readonly { manager: string }[] }
  }
  assert.ok(metadata.managedFields.some(({ manager }) => manager === 'kubestrap'))
  const { bgp, linuxDataplane, nodeAddressAutodetectionV4, ipPools } = spec.calicoNetwork
  assert.deepEqual(
    { bgp, linuxDataplane, nodeAddressAutodetectionV4 },
    {
      bgp: 'Disabled',
      // As kube-proxy of the lab has it.
      linuxDataplane: 'Nftables',
      nodeAddressAutodetectionV4: { kubernetes: 'NodeInternalIP' },
    },
  )
  const [pool, ...others] = ipPools as readonly Record<string, unknown>[]
  assert.deepEqual(others, [])
  const ours = {
    name: 'default-ipv4-ippool',
    cidr: '10.244.0.0/16',
    blockSize: 26,
    encapsulation: 'VXLANCrossSubnet',
    natOutgoing: 'Enabled',
    nodeSelector: 'all()',
  }
  assert.deepEqual({ ...pool, ...ours }, pool)
  await object('apiserver.operator.tigera.io default')
})

test('definitions and operator are those of the published files', {
  skip: madeUpOnly,
}, async () => {
  const { stdout } = await kubectl('get crd -o name', plane)
  assert.equal(stdout.trim().split('\n').length, definitions())
  const image = "-o jsonpath='{.spec.template.spec.containers[0].image}'"
  const operator = await kubectl(
    `-n tigera-operator get deployment tigera-operator ${image}`,
    plane,
  )
  assert.equal(operator.stdout, operatorImage)
  assert.match(readFileSync(join(published, 'tigera-operator.yaml'), 'utf8'), RegExp(operatorImage))
})

test('the living API server refuses what is no Installation', { skip }, async () => {
  const patch = `{"spec":{"calicoNetwork":{"linuxDataplane":"Bogus"}}}`
  const ran = await kubectl(`patch installation default --type=merge -p '${patch}'`, plane)
  assert.notEqual(ran.exitCode, 0)
  assert.match(ran.stderr, /"Bogus"/)
})

// To see it fail: let podsNotReady in node-scripts/kube/calico-status.ts give nothing.
test('an image that is not to be had: told with its pod, node and reason, when the time is over', {
  skip: madeUpOnly,
}, async () => {
  await copyTo(plane, join(root, 'dist/node/calico-ready.mjs'), '/root/kit/calico-ready.mjs')
  await copyTo(plane, clusterFile, '/root/kit/cluster.yaml')
  const words = `--config cluster.yaml --node ${plane} --wait 25`
  const ran = await onNode(plane, `cd /root/kit && sh calico-ready.mjs ${words} < /dev/null`)
  assert.equal(ran.exitCode, 16, said(ran))
  assert.match(said(ran), /KS-CALICO-NOT-READY/)
  assert.match(
    said(ran),
    /(ErrImagePull|ImagePullBackOff) on k-\S+, pod tigera-operator\/tigera-operator-\S+: /,
  )
  assert.match(said(ran), /quay\.io\/tigera\/operator:v1\.42\.3/)
  assert.match(said(ran), /next: images: can the nodes reach quay\.io/)
})

test('with its images the cluster becomes Ready, and up says meanwhile what it waits for', {
  skip,
}, async () => {
  const words = 'made up: one of two nodes is ready'
  if (!real) {
    await addImages()
    await labDo('up', ...machines())
    // A new pod is not kept waiting by what was refused before.
    await kubectl('-n tigera-operator delete pods --all --wait=false', plane)
  }
  const flags = ['--config', clusterFile, '--yes', '--plain']
  const child = start(process.execPath, ['dist/orchestrate.mjs', 'up', ...flags])
  let seen = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8')
  })
  const running = ended(child, 'up', 600_000)
  if (!real) {
    await beginAsOperator(words)
    const told = () => Promise.resolve(seen.includes(words) || undefined)
    await eventually(`up says "${words}"`, 60_000, told).finally(() => endAsOperator(nodes))
  }
  const ran = await running
  assert.equal(ran.exitCode, 0, said(ran))
  await healthy()
})

test('images of every registry come from the lab’s own, for the runtime and for podman', {
  skip: madeUpOnly,
}, async () => {
  const list = 'crictl --runtime-endpoint unix:///var/run/crio/crio.sock images --output json'
  for (const node of nodes) {
    const { stdout } = await onNode(node, list)
    for (const image of [nodeImage, otherImage]) assert.ok(stdout.includes(`"${image}"`), stdout)
  }
  const pulled = await onNode(plane, `podman pull --quiet ${otherImage}`)
  assert.equal(pulled.exitCode, 0, said(pulled))
})

test('the endpoint is a name, and no node’s own address is the virtual IP', { skip }, async () => {
  const conf = await onNode(plane, 'cat /etc/kubernetes/admin.conf')
  assert.match(conf.stdout, new RegExp(`server: https://${name}:6443`))
  const path = '-o jsonpath=\'{.items[*].status.addresses[?(@.type=="InternalIP")].address}\''
  const { stdout } = await kubectl(`get nodes ${path}`, plane)
  assert.deepEqual(stdout.trim().split(' '), nodes.map(addressOf))
})

test('the packet filter lets Calico’s ports in from the nodes, and pods are trusted', {
  skip,
}, async () => {
  for (const node of nodes) {
    const { stdout } = await onNode(
      node,
      'firewall-cmd --list-all-policies; firewall-cmd --zone trusted --list-sources',
    )
    assert.match(stdout, /source ipset="kubestrap-nodes" port port="5473" protocol="tcp"/)
    assert.match(stdout, /port port="4789" protocol="udp"/)
    assert.match(stdout, /^10\.244\.0\.0\/16 10\.96\.0\.0\/16$/m)
    assert.doesNotMatch(stdout, /port="179"/)
  }
})

test('calicoctl of the version is on control planes, where it was given', {
  skip: madeUpOnly,
}, async () => {
  assert.match((await onNode(plane, 'calicoctl version --client')).stdout, /v3\.32\.1/)
  assert.notEqual((await onNode('k-worker-1', 'command -v calicoctl')).exitCode, 0)
})

const kept = [
  'installation default',
  'apiserver.operator.tigera.io default',
  'namespace tigera-operator',
  'crd installations.operator.tigera.io',
] as const

test('a second up writes nothing', { skip }, async () => {
  const before = await written(...kept)
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(ran.stdout, /Nothing to do/)
  assert.match(ran.stdout, / 0 changed/)
  // A living operator writes what it has seen into its objects whenever it likes.
  if (!real) assert.deepEqual(await written(...kept), before)
})

/** Where Calico's manifests come from, in the cluster file. @returns the file as it was */
function manifestsFrom(url: string): string {
  const text = readFileSync(clusterFile, 'utf8')
  writeFileSync(
    clusterFile,
    text.replace(/manifests: \{ calico: .* \}/, `manifests: { calico: "${url}" }`),
  )
  return text
}

// To see it fail: take `verify` out of withManifest in node-scripts/steps/calico-manifests.ts.
test('an operator that somebody changed is found; a manifest that was changed on its server is refused', {
  skip: madeUpOnly,
}, async () => {
  const env = 'set env deployment/tigera-operator ADDED=by-somebody'
  await kubectl(`-n tigera-operator ${env}`, plane)
  assert.match((await kubestrap('plan')).stdout, /Tigera operator/)
  const text = readFileSync(join(published, 'tigera-operator.yaml'), 'utf8')
  const altered = text.replace('replicas: 1', 'replicas: 2')
  server = await keyServer(addressOf(plane).replace(/\d+$/, '1'), {
    '/tigera-operator.yaml': altered,
  })
  const file = manifestsFrom(server.http)
  const refused = await up()
  assert.equal(refused.exitCode, 17, said(refused))
  assert.match(said(refused), /KS-CHECKSUM/)
  const replicas =
    "-n tigera-operator get deployment tigera-operator -o jsonpath='{.spec.replicas}'"
  assert.equal((await kubectl(replicas, plane)).stdout, '1')
  writeFileSync(clusterFile, file)
  const mended = await up()
  assert.equal(mended.exitCode, 0, said(mended))
})

test('reset takes the cluster off, and Calico with it', { skip }, async () => {
  const ran = await kubestrap('reset', '--confirm', clusterName(), '--purge')
  assert.equal(ran.exitCode, 0, said(ran))
  for (const node of nodes) {
    const left = await onNode(
      node,
      'ls -d /etc/cni/net.d/10-calico.conflist /var/lib/calico /usr/local/bin/calicoctl; ip -brief link | grep -E "^(cali|vxlan.calico)"; nft list tables | grep calico; grep -F kubestrap.test /etc/hosts',
    )
    assert.equal(left.stdout, '', node)
  }
})

const clusterName = () => /^name: (\S+)$/m.exec(readFileSync(clusterFile, 'utf8'))?.[1] ?? ''
