import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkNumbered } from './commands/faults.ts'
import { containerdDropIn } from './nodes/quirks.ts'
import { containersConf, parseContainers } from './podman.ts'

const host = {
  platform: 'linux',
  root: true,
  debianLike: true,
  cgroupV2: true,
  mayRaiseLimits: true,
  memoryKiB: 1,
  cpus: 2,
}

test('a usual computer keeps podman’s own limits and runtime', () => {
  assert.doesNotMatch(containersConf(host), /ulimits|runtime/)
  assert.equal(containerdDropIn(host), undefined)
})

test('cgroup v1 and missing capabilities are told to podman and containerd', () => {
  const poor = { ...host, cgroupV2: false, mayRaiseLimits: false }
  assert.match(containersConf(poor), /^default_ulimits = .*\n\n\[engine\]\nruntime = "runc"$/m)
  assert.match(containerdDropIn(poor) ?? '', /restrict_oom_score_adj = true/)
  assert.match(containerdDropIn(poor) ?? '', /SystemdCgroup = false/)
  assert.doesNotMatch(containerdDropIn({ ...poor, cgroupV2: true }) ?? '', /SystemdCgroup/)
})

test('containers are read from podman’s answer', () => {
  const json = '[{"Id":"1","Names":["n"],"State":"running","Labels":{"kubestrap.machine":"m"}}]'
  assert.equal(parseContainers(json)[0]?.machine, 'm')
  assert.deepEqual(parseContainers(''), [])
})

test('the computer’s end of a cable is found by its number, not by a part of it', () => {
  const listing = '12: veth1@if2: <UP> mtu\n2: veth0@if2: <UP> mtu\n'
  assert.equal(linkNumbered(listing, 2), 'veth0')
  assert.equal(linkNumbered(listing, 1), undefined)
  assert.equal(linkNumbered(listing, Number.NaN), undefined)
})
