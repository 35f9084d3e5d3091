import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { clusterFileText, hashOf, judgeFile, nodeNames, withNodes } from './cluster-file.ts'
import { machineNamed, machinesFor } from './layout.ts'
import { clusterQuirks } from './nodes/quirks.ts'
import { defaultStack } from './stack.ts'

const host = {
  platform: 'linux',
  root: true,
  debianLike: true,
  cgroupV2: false,
  mayRaiseLimits: false,
  memoryKiB: 1,
  cpus: 2,
}
const machines = machinesFor({ controlPlanes: 1, workers: 1, spare: 1 }, 78)
const sources = { keyFingerprint: 'A'.repeat(40), kubernetesVersion: '1.36.3' }
const quirks = clusterQuirks(host, 0.5)
const parts = { name: 'e2e', octet: 78, stack: defaultStack, machines, quirks, sources }
const text = clusterFileText(parts)

test('the file names the lab’s nodes, not its spare machines', () => {
  const file = parse(text)
  assert.equal(file.name, 'e2e')
  assert.equal(file.endpoint.address, '10.78.0.5')
  assert.deepEqual(
    file.nodes.map((node: { name: string }) => node.name),
    ['k-master-1', 'k-worker-1'],
  )
  assert.equal(file.sources.images['registry.k8s.io'], 'http://10.78.0.6:5000')
  assert.match(file.sources.containerd.baseurl, /\$basearch\/stable\/$/)
})

test('cgroup v1 asks for its own settings, cgroup v2 for none', () => {
  assert.equal(parse(text).kubelet.cgroupDriver, 'cgroupfs')
  const quirks = clusterQuirks({ ...host, cgroupV2: true }, 0.5)
  assert.equal(parse(clusterFileText({ ...parts, quirks })).kubelet, undefined)
})

test('a full disk of the computer is no reason to evict pods', () => {
  assert.deepEqual(Object.keys(clusterQuirks({ ...host, cgroupV2: true }, 0.9).kubelet), [
    'evictionHard',
    'imageGCHighThresholdPercent',
  ])
})

test('an edited file is not overwritten', () => {
  assert.equal(judgeFile(undefined, text, undefined), 'write')
  assert.equal(judgeFile(text, text, undefined), 'same')
  assert.equal(judgeFile(text, `${text}#`, hashOf(text)), 'write')
  assert.equal(judgeFile(`${text}# mine`, text, hashOf(text)), 'edited')
  assert.equal(judgeFile(`${text}# mine`, text, undefined), 'edited')
})

test('a machine is added once, and the rest of the file stays', async () => {
  const more = machineNamed('k-worker-2', 78)
  assert.ok(more)
  const edited = text.replace('name: e2e', 'name: e2e # my own')
  const once = await withNodes(edited, [more])
  assert.deepEqual(await nodeNames(once), ['k-master-1', 'k-worker-1', 'k-worker-2'])
  assert.match(once, /# my own/)
  assert.equal(await withNodes(once, [more]), once)
  assert.deepEqual(await nodeNames('}{'), [])
})

test('Calico as it was given: its manifests, its program, checksums that the kit does not know', () => {
  const stack = { ...defaultStack, podNetwork: 'calico' } as const
  const checksums = { 'calicoctl-linux-amd64': 'a'.repeat(64) }
  const calico = { calicoctl: true, apiServer: true, checksums }
  const whole = parse(clusterFileText({ ...parts, stack, sources: { ...sources, calico } }))
  assert.deepEqual(whole.podNetwork, { provider: 'calico', calico: { checksums } })
  assert.equal(whole.sources.manifests.calico, 'http://10.78.0.6/manifests')
  assert.match(whole.sources.binaries.calicoctl, /\/bin\/calicoctl-linux-\{arch\}$/)
  const none = { calicoctl: false, apiServer: false, checksums: {} }
  const text = clusterFileText({ ...parts, stack, sources: { ...sources, calico: none } })
  assert.match(text, /^# API server is left out: its image was not in DIR\/images/m)
  assert.match(text, /^# calicoctl is left out: it was not in DIR\/bin/m)
  assert.deepEqual(parse(text).podNetwork.calico, { apiServer: false, calicoctl: false })
  assert.equal(parse(text).sources.binaries, undefined)
})
