import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { plainCluster } from '../../lib/example-cluster.ts'
import { guardedFiles } from '../../lib/file-modes.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { fileModes } from './file-modes.ts'

declare const __ROOT__: string

const cluster = plainCluster()
const context = (name: string) => {
  const node = cluster.nodes.find((one) => one.name === name)
  assert.ok(node)
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  return { cluster, node, input: { cluster, node: name, observed } }
}

const closed = {
  '/etc/kubernetes/kubelet.conf': { mode: 0o600 },
  '/etc/kubernetes/admin.conf': { mode: 0o400 },
  '/var/lib/etcd': { mode: 0o700, kind: 'directory' },
  '/etc/kubernetes/pki/ca.crt': { mode: 0o644 },
} as const

async function changesOf(name: string, states: Record<string, object>, files = {}) {
  const on = fakeMachine({ states, files })
  const step = fileModes(context(name))
  const finding = await step.check(on)
  assert.ok('run' in step.apply)
  if (finding.as === 'different') await step.apply.run(on)
  return { finding, changes: on.changes }
}

test('what is as closed as the list says, or more, is left alone', async () => {
  const { finding } = await changesOf('k-master-1', closed)
  assert.deepEqual(finding, { as: 'wanted' })
})

test('bits are only taken away, and only those that are too many', async () => {
  const open = {
    '/etc/kubernetes/admin.conf': { mode: 0o440 },
    '/var/lib/etcd': { mode: 0o755, kind: 'directory' },
    '/etc/kubernetes/pki/etcd/server.key': { mode: 0o640 },
    '/etc/kubernetes/manifests/etcd.yaml': { mode: 0o600, uid: 1000 },
  }
  const files = {
    '/etc/kubernetes/pki/etcd/server.key': '',
    '/etc/kubernetes/manifests/etcd.yaml': '',
  }
  const { finding, changes } = await changesOf('k-master-1', { ...closed, ...open }, files)
  assert.ok(finding.as === 'different')
  assert.match(finding.found, /etcd\.yaml 0600 of 1000:0, \/var\/lib\/etcd 0755/)
  assert.deepEqual(
    changes.filter((one) => one.startsWith('chmod')),
    [
      'chmod 0600 /etc/kubernetes/manifests/etcd.yaml',
      'chmod 0700 /var/lib/etcd',
      'chmod 0400 /etc/kubernetes/admin.conf',
      'chmod 0600 /etc/kubernetes/pki/etcd/server.key',
    ],
  )
})

test('a worker has no control plane’s files, and a link is not followed', async () => {
  const states = {
    ...closed,
    '/etc/kubernetes/admin.conf': { mode: 0o777 },
    '/var/lib/kubelet/config.yaml': { mode: 0o777, kind: 'other' },
  }
  const { finding } = await changesOf('k-worker-1', states)
  assert.deepEqual(finding, { as: 'wanted' })
})

test('nothing can be said before the node has joined', async () => {
  const { finding } = await changesOf('k-worker-1', {})
  assert.equal(finding.as, 'unknown')
})

test('docs/security.md lists the same files, modes and numbers', () => {
  const page = readFileSync(join(__ROOT__, 'docs', 'security.md'), 'utf8')
  const rows = guardedFiles.map(
    ({ cis, what, path, mode, on }) =>
      `| ${cis} | \`${path}\` | ${what} | ${mode.toString(8)} | ${on.length > 1 ? 'every node' : 'control planes'} |`,
  )
  const table = page.match(/^\| [14]\.1\.\S+ \| `.*$/gm) ?? []
  assert.deepEqual(table, rows)
})
