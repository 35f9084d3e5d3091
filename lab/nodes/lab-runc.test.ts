import { deepEqual, equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

declare const __ROOT__: string

/** The runc that CRI-O gets on the lab's machines, with other capabilities and no real runc behind it. */

const script = readFileSync(join(__ROOT__, 'lab/nodes/root/usr/local/sbin/lab-runc'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'kubestrap-lab-runc-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const skip = existsSync('/usr/bin/jq') ? false : 'jq is not installed'

const time = 1n << 25n
const resource = 1n << 24n
const all = (1n << 41n) - 1n

/** Starts it with these capabilities. @returns the file that it changed, and what runc was called with */
function started(capabilities: bigint, name: string, content: object, words: readonly string[]) {
  const path = (file: string) => join(folder, file)
  writeFileSync(path('status'), `CapEff:\t${capabilities.toString(16).padStart(16, '0')}\n`)
  const program = script
    .replace('/proc/self/status', path('status'))
    .replace('exec /usr/sbin/runc', 'echo')
  writeFileSync(path('lab-runc'), program)
  chmodSync(path('lab-runc'), 0o755)
  writeFileSync(path(name), JSON.stringify(content))
  const { status, stdout, stderr } = spawnSync(path('lab-runc'), [...words], { encoding: 'utf8' })
  equal(status, 0, stderr)
  return { content: JSON.parse(readFileSync(path(name), 'utf8')), called: stdout.trim() }
}

const names = ['CAP_NET_RAW', 'CAP_SYS_RESOURCE', 'CAP_SYS_TIME']
const process_ = { oomScoreAdj: -997, capabilities: { bounding: names, effective: names } }
const bundle = {
  ociVersion: '1.2.1',
  process: process_,
  linux: { resources: { hugepageLimits: [], cpu: { shares: 2 } } },
}
const create = ['--root', '/run/runc', 'create', '--bundle', folder, 'id']

test('a privileged container gets the capabilities that the machine has, and no others', {
  skip,
}, () => {
  const noClock = started(all & ~time, 'config.json', bundle, create)
  const kept = ['CAP_NET_RAW', 'CAP_SYS_RESOURCE']
  const capabilities = { bounding: kept, effective: kept }
  deepEqual(noClock.content, { ...bundle, process: { ...process_, capabilities } })
  equal(noClock.called, create.join(' '))
})

test('without CAP_SYS_RESOURCE what takes it is left out as well', { skip }, () => {
  const { content } = started(all & ~time & ~resource, 'config.json', bundle, create)
  const capabilities = { bounding: ['CAP_NET_RAW'], effective: ['CAP_NET_RAW'] }
  deepEqual(content, {
    ...bundle,
    process: { capabilities },
    linux: { resources: { cpu: { shares: 2 } } },
  })
})

test('a process that is added later, such as a probe, is treated alike', { skip }, () => {
  const words = ['exec', '--pid-file', '/x', '--process', join(folder, 'probe'), 'id']
  const { content } = started(all & ~time & ~resource, 'probe', process_, words)
  deepEqual(content, { capabilities: { bounding: ['CAP_NET_RAW'], effective: ['CAP_NET_RAW'] } })
})

test('where nothing is lacking nothing is touched', { skip }, () => {
  deepEqual(started(all, 'config.json', bundle, create).content, bundle)
})
