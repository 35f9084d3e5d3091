import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { endAgent, ensureSavedKey, exportKey, importKey } from '../../lab/artifacts/signing-key.ts'
import { expiredKey, extendedKey, fingerprint } from '../test-keys.ts'
import { type ForwardProxy, forwardProxy } from './forward-proxy.ts'
import { type KeyServer, keyServer } from './key-server.ts'
import {
  addressOf,
  clusterFile,
  freshLab,
  healthy,
  kubectl,
  kubestrap,
  labDo,
  onNode,
  type Ran,
  root,
  up,
} from './support.ts'

/**
 * Where packages, keys and images come from: keys that must be refused, on a bare machine; then a
 * cluster whose nodes reach nothing but a forward proxy.
 */

const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`
const gateway = () => addressOf('k-master-1').replace(/\d+$/, '1')
const sources = () => addressOf('k-master-1').replace(/\d+$/, '6')
const nodes = ['k-master-1', 'k-worker-1'] as const

let keys: KeyServer
let proxy: ForwardProxy

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '1', '--spare', '1')
  keys = await keyServer(gateway(), { '/expired': expiredKey, '/changed': extendedKey })
  proxy = await forwardProxy(gateway())
})

after(async () => {
  keys?.close()
  await proxy?.close()
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

// --- keys and servers that are refused

interface LabFile {
  readonly endpoint: { readonly address: string }
  readonly sources: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** prerequisites by hand on the bare machine, with one thing about the Kubernetes source changed. */
async function prerequisites(change: Readonly<Record<string, string>>): Promise<Ran> {
  const file = parse(readFileSync(clusterFile, 'utf8')) as LabFile
  const changed = { ...file.sources, kubernetes: { ...file.sources.kubernetes, ...change } }
  const words = [
    ...['--node', 'k-spare-1', '--address', addressOf('k-spare-1'), '--role', 'worker'],
    ...['--endpoint', file.endpoint.address, '--kubernetes-version', '1.36.3'],
    ...['--set', `sources=${JSON.stringify(changed)}`],
  ]
  const program = readFileSync(join(root, 'dist/node/prerequisites.mjs'), 'utf8')
  const quoted = words.map((word) => `'${word}'`).join(' ')
  return onNode(
    'k-spare-1',
    `cat > /root/p.mjs <<'BUNDLE_END_0815'\n${program}\nBUNDLE_END_0815\nsh /root/p.mjs ${quoted} < /dev/null`,
  )
}

/** What is there of the refused source: the key in a file or in rpm, its repository, packages. */
const traces = async () =>
  (
    await onNode(
      'k-spare-1',
      `ls /etc/pki/rpm-gpg/RPM-GPG-KEY-kubestrap-kubernetes /etc/yum.repos.d/kubestrap-kubernetes.repo; rpm -q kubelet gpg-pubkey-${fingerprint.slice(-8).toLowerCase()}`,
    )
  ).stdout

const refusals: readonly [string, () => Readonly<Record<string, string>>, string, RegExp][] = [
  [
    'a changed key',
    () => ({ gpgkey: `${keys.http}/changed` }),
    'KS-KEY-FINGERPRINT',
    /expected [0-9A-F]{40}\n.*found +[0-9A-F]{40}/,
  ],
  [
    'an expired key, though its fingerprint is right',
    () => ({ gpgkey: `${keys.http}/expired`, fingerprint }),
    'KS-KEY-EXPIRED',
    /expired on 2021-01-01/,
  ],
  [
    'a server whose certificate has expired',
    () => ({ gpgkey: `${keys.expiredTls}/changed`, fingerprint }),
    'KS-TLS',
    /certificate has expired: this is about TLS, not about the packages' signing key/,
  ],
  [
    'a server whose certificate nobody signed',
    () => ({ gpgkey: `${keys.selfSigned}/changed`, fingerprint }),
    'KS-TLS',
    /signed by nobody whom this machine trusts/,
  ],
]
for (const [what, change, id, text] of refusals)
  test(`refused: ${what}`, async () => {
    // So that only its end is wrong with the expired certificate.
    await onNode('k-spare-1', `cat >> /etc/ssl/certs/ca-certificates.crt <<'CA'\n${keys.ca}CA`)
    const before = await traces()
    const ran = await prerequisites(change())
    assert.equal(ran.exitCode, 17, said(ran))
    assert.ok(said(ran).includes(id), said(ran))
    assert.match(said(ran), text)
    assert.equal(await traces(), before, 'nothing of it may be left on the machine')
    assert.match(before, /package kubelet is not installed/)
  })

test('a key that cannot be reached is told with the proxy hint', async () => {
  const ran = await prerequisites({
    gpgkey: `http://${gateway()}:9/key`,
    fingerprint: 'B'.repeat(40),
  })
  assert.equal(ran.exitCode, 15, said(ran))
  assert.match(said(ran), /KS-SOURCE-UNREACHABLE[\s\S]*next: .*`proxy:` in the cluster file/)
})

// rpm trusts any key it holds, not only the repository's: the lab's own, of the other repositories.
test('the same key, extended, is taken; who really signed the packages is told', async () => {
  const ran = await prerequisites({ gpgkey: `${keys.http}/changed`, fingerprint })
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(await traces(), /RPM-GPG-KEY-kubestrap-kubernetes\n[\s\S]*\ngpg-pubkey-311ed9d2-/)
  const again = await prerequisites({ gpgkey: `${keys.http}/changed`, fingerprint })
  assert.match(said(again), /signed by another key than its repository's.*: kubelet by key/)
})

// --- a cluster behind a proxy

/** The lab's key as a publisher had it before it was extended: the same, with an end. */
async function olderCopy(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'ks-old-'))
  const key = await importKey(home, await ensureSavedKey('lab'))
  try {
    const env = { ...process.env, GNUPGHOME: home }
    const end = ['--quick-set-expire', key.fingerprint, '2099-01-01']
    execFileSync('gpg', ['--batch', '--quiet', ...end], { env, stdio: 'ignore' })
    await exportKey(key, join(home, 'key.asc'))
    return readFileSync(join(home, 'key.asc'), 'utf8')
  } finally {
    await endAgent(key)
    rmSync(home, { recursive: true, force: true })
  }
}

const proxyInFile = (line: string) => {
  const text = readFileSync(clusterFile, 'utf8').replace(/^proxy: .*\n/m, '')
  writeFileSync(clusterFile, `${text}${line}`)
}

test('without the proxy the nodes reach nothing, and it is said what to do', async () => {
  for (const node of nodes) {
    const cut = `nft -f - <<'NFT'
table inet only_the_proxy {
  chain out {
    type filter hook output priority 0
    ip daddr ${sources()} reject with icmpx type admin-prohibited
  }
}
NFT`
    assert.equal((await onNode(node, cut)).exitCode, 0)
  }
  const ran = await up()
  assert.equal(ran.exitCode, 10, said(ran))
  assert.match(said(ran), /KS-REPOSITORY-UNREACHABLE[\s\S]*behind a proxy set `proxy:`/)
  // Whoever passes over that meets it again: Node.js is missed first.
  const text = readFileSync(clusterFile, 'utf8')
  const exact = text.replace('kubernetesVersion: "1.36"', 'kubernetesVersion: "1.36.3"')
  writeFileSync(clusterFile, exact.replace('{ ignore: [', '{ ignore: ["Repository","Registry",'))
  const later = await up()
  assert.equal(later.exitCode, 15, said(later))
  assert.match(said(later), /KS-NODE-INSTALL[\s\S]*`proxy:` in the cluster file/)
  writeFileSync(clusterFile, text)
  assert.notEqual((await onNode('k-worker-1', 'command -v node')).exitCode, 0)
})

test('through the proxy a cluster is raised', async () => {
  const old = await olderCopy()
  await onNode('k-worker-1', `cat > /root/old <<'KEY'\n${old}KEY\nrpm --import /root/old`)
  proxyInFile(`proxy: { http: "${proxy.url}", noProxy: [.intern.example.org] }\n`)
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  await healthy()
})

// To see it fail: take `environment` out of machine.ts, or the drop-in out of container-runtime.ts.
test('packages, keys and images came through it, and nothing of the cluster', () => {
  const through = proxy.requests.join('\n')
  for (const part of [
    /GET \S+\/appstream\/\S*nodejs-\S+\.rpm/,
    /GET \S+\/repodata\/repomd\.xml\.key/,
    /GET \S+\/kubelet-1\.36\.3\S*\.rpm/,
    /GET \S+:5000\/v2\/\S*kube-apiserver/,
  ])
    assert.match(through, part)
  const own = new URL(`http://${sources()}`).hostname
  const others = proxy.requests.filter(
    (one) => !one.includes(`//${own}/`) && !one.includes(`//${own}:5000/`),
  )
  // Registries come second where they have a mirror; the lab has none of them.
  assert.deepEqual(
    others.filter((one) => !/CONNECT (registry\.k8s\.io|ghcr\.io):443/.test(one)),
    [],
  )
})

test('what runs knows the proxy, and what must not go there', async () => {
  for (const [node, unit] of [
    ...nodes.map((one) => [one, 'kubelet']),
    ['k-worker-1', 'containerd'],
  ])
    assert.match(
      (
        await onNode(
          node ?? '',
          `tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID ${unit})/environ`,
        )
      ).stdout,
      new RegExp(`^HTTPS_PROXY=${proxy.url}$`, 'm'),
      `${unit} on ${node}`,
    )
  const pod = await kubectl(
    '-n kube-system get pod kube-apiserver-k-master-1 -o yaml',
    'k-master-1',
  )
  const [, exceptions = ''] = /name: NO_PROXY\n +value: (\S+)/.exec(pod.stdout) ?? []
  for (const one of [
    '10.244.0.0/16',
    '10.96.0.0/16',
    addressOf('k-worker-1'),
    'k-worker-1',
    '.svc',
  ])
    assert.ok(exceptions.split(',').includes(one), `${one} in ${exceptions}`)
  // The API server asks a kubelet: through the proxy this would fail.
  const logs = await kubectl('-n kube-system logs -l k8s-app=kube-proxy --tail=1', 'k-master-1')
  assert.equal(logs.exitCode, 0, said(logs))
})

test("rpm's old copy of the key was replaced by the extended one", async () => {
  const { stdout } = await onNode(
    'k-worker-1',
    'rpm -q gpg-pubkey --qf "%{DESCRIPTION}" > /root/now; cat /root/now',
  )
  const { publicKeys } = await import('../../lib/openpgp-keys.ts')
  assert.deepEqual(
    publicKeys(stdout).map(({ expires }) => expires),
    [undefined],
  )
})

test('images come from the mirror alone: without the way to it none does', async () => {
  // Workers have no image of etcd yet.
  const pull = 'kubeadm config images pull --kubernetes-version v1.36.3 2>&1'
  const { port } = new URL(proxy.url)
  await proxy.close()
  const without = await onNode('k-worker-1', pull)
  assert.notEqual(without.exitCode, 0, said(without))
  proxy = await forwardProxy(gateway(), Number(port))
  const withIt = await onNode('k-worker-1', pull)
  assert.equal(withIt.exitCode, 0, said(withIt))
})

test('once more changes nothing; without the key the proxy is taken back', async () => {
  assert.match(said(await up()), /Nothing to do/)
  proxyInFile('')
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  await healthy()
  for (const unit of ['kubelet', 'containerd'])
    assert.doesNotMatch(
      (
        await onNode(
          'k-worker-1',
          `tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID ${unit})/environ`,
        )
      ).stdout,
      /proxy/i,
    )
  assert.match(said(await kubestrap('plan')), /Nothing to do/)
})
