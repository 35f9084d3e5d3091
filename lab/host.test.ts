import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostProblems, isGoEnough, type Measured, missingTools } from './host.ts'
import { hasSysResource, isDebianLike } from './host-facts.ts'

const gib = 2 ** 20
const good: Measured = {
  host: {
    platform: 'linux',
    root: true,
    debianLike: true,
    cgroupV2: true,
    mayRaiseLimits: true,
    memoryKiB: 8 * gib,
    cpus: 2,
  },
  counts: { controlPlanes: 3, workers: 3, spare: 0 },
  cold: true,
  freeGiB: 20,
  missing: [],
  go: '1.26.0',
  bare: false,
}
const changedHost = (host: Partial<Measured['host']>): Measured => ({
  ...good,
  host: { ...good.host, ...host },
})

test('a good computer is accepted', () => assert.deepEqual(hostProblems(good), []))

test('other systems get one sentence', () => {
  assert.match(hostProblems(changedHost({ platform: 'win32', root: false }))[0] ?? '', /WSL/)
  assert.equal(hostProblems(changedHost({ platform: 'darwin', root: false })).length, 1)
})

test('all that is wrong is told at once', () => {
  const bad = changedHost({ root: false, memoryKiB: 4 * gib, debianLike: false })
  const missing = [{ command: 'podman', package: 'podman' }]
  const problems = hostProblems({ ...bad, freeGiB: 7, go: '1.25.4', missing })
  assert.equal(problems.length, 5)
  assert.equal(hostProblems({ ...bad, freeGiB: 7, go: undefined, missing, cold: false }).length, 4)
})

test('missing tools are no reason where apt can install them', () => {
  const missing = [{ command: 'podman', package: 'podman' }]
  assert.deepEqual(hostProblems({ ...good, missing }), [])
  assert.match(hostProblems({ ...changedHost({ debianLike: false }), missing })[0] ?? '', /podman/)
})

test('fewer machines need less memory', () => {
  const counts = { controlPlanes: 1, workers: 1, spare: 0 }
  const small = changedHost({ memoryKiB: 4 * gib })
  assert.equal(hostProblems(small).length, 1)
  assert.equal(hostProblems({ ...small, counts }).length, 0)
})

test('versions of Go', () => {
  for (const version of ['1.26', '1.26.3', '1.30rc1', '2.0'])
    assert.ok(isGoEnough(version), version)
  for (const version of [undefined, '', '1.25.9', '1.3']) assert.ok(!isGoEnough(version), version)
})

test('the capability is bit 24 of the effective set', () => {
  assert.ok(hasSysResource('CapPrm:\t0\nCapEff:\t000001ffffffffff\n'))
  assert.ok(!hasSysResource('CapEff:\t000001fffeffffff\n'))
  assert.ok(!hasSysResource(''))
})

test('Debian and its children', () => {
  assert.ok(isDebianLike('NAME="Debian"\nID=debian\n'))
  assert.ok(isDebianLike('ID=linuxmint\nID_LIKE="ubuntu debian"\n'))
  assert.ok(!isDebianLike('ID="fedora"\nHOME_URL="https://debian.example"\n'))
})

test('tools are looked for by command', () => {
  const tools = [
    { command: 'a', package: 'pa' },
    { command: 'b', package: 'pb' },
  ]
  assert.deepEqual(
    missingTools(tools, (command) => command === 'a'),
    [tools[1]],
  )
})
