import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { imagesIn, readGiven } from '../lab/artifacts/given.ts'
import { askPodman, podman } from '../lab/podman.ts'
import { parse as parseFile } from '../lib/cluster/test-files.ts'
import { differences } from '../lib/differences.ts'
import {
  kubeVipArguments,
  kubeVipImage,
  kubeVipManifest,
  kubeVipTarget,
} from '../lib/render/kube-vip-manifest.ts'

/**
 * Our template beside kube-vip's own generator, as it is in the real image. That one is in no package
 * registry: KUBESTRAP_ARTIFACTS=DIR, with the image in DIR/images, brings it (lab/README.md).
 */

const image = 'ghcr.io/kube-vip/kube-vip:v1.2.3'
const found = await archive()
const skip = typeof found === 'string' ? false : found.missing

/** The archive that holds the image, or why there is none. */
async function archive(): Promise<string | { readonly missing: string }> {
  const folder = process.env.KUBESTRAP_ARTIFACTS
  if (!folder || !existsSync(folder))
    return { missing: `not compared with the real ${image}: KUBESTRAP_ARTIFACTS names no folder` }
  for (const file of (await readGiven(folder)).images) {
    const names = (await imagesIn(file)).flatMap((one) => one.names)
    if (names.some((name) => image.endsWith(`/${name}`))) return file
  }
  return { missing: `not compared with the real ${image}: it is not in ${folder}/images` }
}

let loaded: string

before(async () => {
  if (typeof found !== 'string') return
  const said = await podman('load', '--quiet', '--input', found)
  loaded = /^Loaded image: (\S*kube-vip\S*)$/m.exec(said)?.[1] ?? image
})

after(async () => {
  if (typeof found === 'string') await askPodman('image', 'rm', loaded)
})

const peers = [{ address: '192.168.9.1', as: 65000 }]
const bgp = (more: readonly object[] = []) => ({
  mode: 'bgp',
  bgp: { localAS: 65000, peers: [...peers, ...more] },
})

/** What a cluster file says of kube-vip, the interface, and another address than IPv4's. */
const cases: Readonly<Record<string, readonly [object, string, string?]>> = {
  'ARP, as the seed has it': [{}, 'ens18'],
  'ARP with Services': [{ services: true }, 'ens18'],
  'another lease': [{ lease: { duration: 30, renewDeadline: 20, retryPeriod: 4 } }, 'eth1'],
  'ARP, IPv6': [{}, 'ens18', 'fd00::120'],
  'BGP with one router': [bgp(), 'lo'],
  'BGP with two routers': [bgp([{ address: '192.168.9.2', as: 4200000001, multihop: true }]), 'lo'],
}

for (const [name, [kubeVip, device, address]] of Object.entries(cases))
  test(`the real generator and our template make the same: ${name}`, { skip }, async () => {
    const endpoint = { provider: 'kube-vip', address: '192.168.9.120', kubeVip }
    const cluster = await parseFile({ endpoint })
    const [node] = cluster.nodes
    const made = node && kubeVipTarget(cluster, node, device)
    assert.ok(made)
    const target = address === undefined ? made : { ...made, address }
    assert.equal(kubeVipImage(target.kubeVip), image)
    const run = ['run', '--rm', '--network', 'host', loaded]
    const theirs = parse(await podman(...run, ...kubeVipArguments(target)))
    assert.deepEqual(differences(theirs, kubeVipManifest(target)), [])
  })
