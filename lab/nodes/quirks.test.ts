import { doesNotMatch, match } from 'node:assert/strict'
import { test } from 'node:test'
import { crioDropIn } from './quirks.ts'

const host = {
  platform: 'linux',
  root: true,
  debianLike: true,
  cgroupV2: true,
  mayRaiseLimits: true,
  memoryKiB: 1,
  cpus: 2,
}

test('CRI-O finds a runtime on every computer, whatever its package brings along', () => {
  const plain = crioDropIn(host)
  match(plain, /^default_runtime = "runc"$/m)
  match(
    plain,
    /^\[crio\.runtime\.runtimes\.runc\]\nruntime_path = "\/usr\/local\/sbin\/lab-runc"$/m,
  )
  doesNotMatch(plain, /cgroup/)
  const poor = crioDropIn({ ...host, cgroupV2: false })
  match(poor, /^cgroup_manager = "cgroupfs"\nconmon_cgroup = "pod"$/m)
})
