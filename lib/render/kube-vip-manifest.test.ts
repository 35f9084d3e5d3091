import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { matchesGolden } from '../../test/golden/golden.ts'
import { parse as parseFile } from '../cluster/test-files.ts'
import { differences } from '../differences.ts'
import {
  type KubeVipTarget,
  kubeVipArguments,
  kubeVipManifest,
  kubeVipTarget,
} from './kube-vip-manifest.ts'
import { yamlText } from './kubeadm-config.ts'

declare const __ROOT__: string

/** What kube-vip 1.2.3 itself printed, and with which arguments; beside the checkout. */
const recorded = join(__ROOT__, '..', 'shared', 'fixtures', 'kube-vip-v1.2.3')
const skip = existsSync(recorded) ? false : `no recorded output of kube-vip in ${recorded}`

async function target(
  kubeVip: object,
  device: string,
  more: Partial<KubeVipTarget> = {},
): Promise<KubeVipTarget> {
  const endpoint = { provider: 'kube-vip', address: '192.168.9.120', kubeVip }
  const cluster = await parseFile({ endpoint })
  const [node] = cluster.nodes
  const made = node && kubeVipTarget(cluster, node, device)
  assert.ok(made)
  return { ...made, ...more }
}

const bgp = {
  mode: 'bgp',
  bgp: { localAS: 65000, peers: [{ address: '192.168.9.1', as: 65000 }] },
}

const recordings: Readonly<Record<string, () => Promise<KubeVipTarget>>> = {
  'arp-first.yaml': () => target({}, 'ens18', { kubeconfig: '/etc/kubernetes/super-admin.conf' }),
  'arp-other.yaml': () => target({}, 'ens18'),
  'arp-seed.yaml': () => target({ services: true }, 'ens18'),
  'bgp.yaml': () => target(bgp, 'lo'),
}

for (const [name, make] of Object.entries(recordings)) {
  test(`the manifest is what kube-vip's generator makes: ${name}`, { skip }, async () => {
    const theirs = parse(readFileSync(join(recorded, name), 'utf8'))
    assert.deepEqual(differences(theirs, kubeVipManifest(await make())), [])
    // As it is read back from the file: what is undefined here must not be there either.
    assert.deepEqual(parse(await yamlText([kubeVipManifest(await make())])), theirs)
  })

  test(`its arguments are those of the recording: ${name}`, { skip }, async () => {
    const lines = readFileSync(join(recorded, 'flags.txt'), 'utf8').split('\n')
    const line = lines.find((one) => one.startsWith(`${name}: `)) ?? ''
    const theirs = line.replace(`${name}: kube-vip `, '').split(' ')
    const ours = kubeVipArguments(await make())
    // Recorded with the generator's defaults of the lease; ours names them.
    const lease = theirs.includes('--leaseDuration') ? [] : leaseOf(ours)
    assert.deepEqual(asSet(ours.filter((word) => !lease.includes(word))), asSet(theirs))
  })
}

const leaseOf = (words: readonly string[]) =>
  words.flatMap((word, index) => (/^--lease[DR]/.test(word) ? [word, words[index + 1]] : []))

/** Flags with their values, in an order that does not depend on where they stood. */
const asSet = (words: readonly string[]) => words.join(' ').split(' --').slice(1).sort()

test('every recording has its test', { skip }, () => {
  const lines = readFileSync(join(recorded, 'flags.txt'), 'utf8').trim().split('\n')
  assert.deepEqual(lines.map((line) => line.split(':')[0]).sort(), Object.keys(recordings).sort())
})

test('another image, lease and port of the endpoint are told to the generator, too', async () => {
  const image = 'registry.example.org:5000/kube-vip'
  const lease = { duration: 30, renewDeadline: 20, retryPeriod: 4 }
  const made = await target({ image, lease, version: 'v1.3.0' }, 'eth1')
  const words = kubeVipArguments(made).join(' ')
  assert.match(words, /--leaseDuration 30 --leaseRenewDuration 20 --leaseRetry 4/)
  assert.match(words, /--image registry\.example\.org:5000\/kube-vip:v1\.3\.0$/)
  const text = await yamlText([kubeVipManifest(made)])
  assert.match(text, /image: registry\.example\.org:5000\/kube-vip:v1\.3\.0\n/)
})

test('IPv6 and several routers, as the generator’s source has them; no recording to compare', async () => {
  const v6 = await target({}, 'ens18', { address: 'fd00::120' })
  assert.deepEqual(variableOf(v6, 'vip_subnet'), '128')
  const peers = [
    { address: '192.168.9.1', as: 4200000001, multihop: true },
    { address: 'FD00::1', as: 65001 },
  ]
  const routed = await target({ mode: 'bgp', bgp: { localAS: 65000, peers } }, 'lo')
  assert.deepEqual(
    variableOf(routed, 'bgp_peers'),
    '192.168.9.1:4200000001::true,[fd00::1]:65001::false',
  )
})

function variableOf(made: KubeVipTarget, name: string): unknown {
  const { spec } = kubeVipManifest(made) as {
    spec: { containers: readonly { env: readonly { name: string; value?: string }[] }[] }
  }
  return spec.containers[0]?.env.find((one) => one.name === name)?.value
}

test('the manifests as they are written', async () => {
  matchesGolden('kube-vip.yaml', await yamlText([kubeVipManifest(await target({}, 'ens18'))]))
  matchesGolden('kube-vip-bgp.yaml', await yamlText([kubeVipManifest(await target(bgp, 'lo'))]))
})
