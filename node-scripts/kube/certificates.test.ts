import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCa, textOf } from '../../test/certificates.ts'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { certificatesHere } from './certificates.ts'

test('certificates in files and in kubeconfigs, whatever else lies beside them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-certificates-'))
  const pem = textOf(makeCa(folder, 'ca'), 'ca.crt')
  rmSync(folder, { recursive: true })
  const base64 = Buffer.from(pem).toString('base64')
  const conf = JSON.stringify({
    clusters: [{ cluster: { server: 'https://x:6443', 'certificate-authority-data': base64 } }],
    users: [{ user: { 'client-certificate-data': base64, 'client-key-data': base64 } }],
  })
  const on = fakeMachine({
    files: {
      '/etc/kubernetes/pki/apiserver.crt': pem,
      '/etc/kubernetes/pki/apiserver.key': 'secret',
      '/etc/kubernetes/pki/broken.crt': 'no certificate',
      '/etc/kubernetes/pki/etcd/peer.crt': pem,
      '/etc/kubernetes/admin.conf': conf,
      '/var/lib/kubelet/pki/kubelet.crt': pem,
    },
  })
  const found = await certificatesHere(on)
  deepEqual(found.map(({ path }) => path).sort(), [
    '/etc/kubernetes/admin.conf',
    '/etc/kubernetes/pki/apiserver.crt',
    '/etc/kubernetes/pki/etcd/peer.crt',
    '/var/lib/kubelet/pki/kubelet.crt',
  ])
  // The test CA is made for 300 days.
  const days = (Date.parse(found[0]?.expires ?? '') - Date.now()) / 86_400_000
  ok(days > 299 && days <= 300, String(days))
  equal(on.changes.length, 0)
})
