import { equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { newClientRequest } from './new-certificate-request.ts'

/** What openssl makes of a request; it checks the signature. */
function readByOpenssl(request: string): string {
  const argv = ['req', '-verify', '-noout', '-subject', '-pubkey', '-nameopt', 'RFC2253']
  const { stdout, stderr, status } = spawnSync('openssl', argv, {
    input: request,
    encoding: 'utf8',
  })
  equal(status, 0, stderr)
  match(stderr, /verify OK/)
  return stdout
}

test('openssl verifies it, with the names and the key', () => {
  const { request, key } = newClientRequest('ana', ['students', 'lab-2026'])
  const said = readByOpenssl(request)
  match(said, /^subject=CN=ana,O=lab-2026,O=students$/m)
  const publicKey = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' })
  equal(said.includes(String(publicKey)), true)
})

test('lengths that take more than a byte', () => {
  for (const count of [3, 12]) {
    const groups = Array.from({ length: count }, (_, index) => `g-${index}-${'x'.repeat(40)}`)
    match(readByOpenssl(newClientRequest('ana', groups).request), /^subject=CN=ana,O=g-.*x{40}$/m)
  }
})
