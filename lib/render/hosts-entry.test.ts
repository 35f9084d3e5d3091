import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withHostsEntry } from './hosts-entry.ts'

const entry = { address: '192.168.9.120', name: 'k8s.example.org' }
const own = '127.0.0.1 localhost\n192.168.9.121 k-master-1\n'
const ours = `# BEGIN kubestrap: control plane endpoint
192.168.9.120 k8s.example.org
# END kubestrap: control plane endpoint
`

test('the entry stands between marker lines after what is there', () => {
  assert.equal(withHostsEntry(own, entry), own + ours)
  assert.equal(withHostsEntry('127.0.0.1 localhost', entry), `127.0.0.1 localhost\n${ours}`)
  assert.equal(withHostsEntry('', entry), ours)
})

test('written again nothing changes, and another address takes the place of the first', () => {
  const once = withHostsEntry(own, entry)
  assert.equal(withHostsEntry(once, entry), once)
  const moved = withHostsEntry(once, { ...entry, address: '192.168.9.99' })
  assert.equal(moved, own + ours.replace('9.120', '9.99'))
})

test('taken away, what others wrote before and after it stays', () => {
  const between = `${own}${ours}10.0.0.1 later\n`
  assert.equal(withHostsEntry(between, undefined), `${own}10.0.0.1 later\n`)
  assert.equal(withHostsEntry(own, undefined), own)
})

test('a marker line without its other half cuts nothing off', () => {
  const broken = `# BEGIN kubestrap: control plane endpoint\n${own}`
  assert.equal(withHostsEntry(broken, undefined), broken)
})
