import { equal } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { withoutSecrets } from './without-secrets.ts'

const key = `-----BEGIN RSA PRIVATE KEY-----\n${randomBytes(60).toString('base64')}\n-----END RSA PRIVATE KEY-----`
const certificateKey = randomBytes(32).toString('hex')
const encryption = randomBytes(32).toString('base64')

const cases: readonly (readonly [string, string, string])[] = [
  ['a private key', `a\n${key}\nb`, 'a\n(private key)\nb'],
  ['one cut off', key.slice(0, 60), '(private key)'],
  [
    'one in base64',
    `client-key-data: ${Buffer.from(key).toString('base64')}`,
    'client-key-data: (PEM in base64)',
  ],
  [
    'a bootstrap token',
    'join --token abcdef.0123456789abcdef --x',
    'join --token (bootstrap token) --x',
  ],
  ['a service account token', 'Bearer eyJhbGciOi.eyJpc3Mi.c2ln-_x', 'Bearer (token)'],
  ['a certificate key', `certificateKey: ${certificateKey}`, 'certificateKey: (removed)'],
  [
    'the same as a word of a log',
    `key ${certificateKey}!`,
    `key ${certificateKey.slice(0, 12)}...!`,
  ],
  ['a key of etcd encryption', `secret: ${encryption}`, 'secret: (removed)'],
  ['a password in an URL', 'http://me:geheim@10.0.0.1:3128/', 'http://(password)@10.0.0.1:3128/'],
  ['a password as JSON', '{"password":"correct-horse-battery"}', '{"password":"(removed)"}'],
]

for (const [what, text, wanted] of cases) {
  test(`${what} is removed`, () => equal(withoutSecrets(text), wanted))
}

test('what helps stays: digests of images, names, times', () => {
  const digest = `image@sha256:${'ab'.repeat(32)}`
  const log = '2026-11-23T08:00:00 k-master-1 kubelet: node not ready, secret "x" not found'
  equal(withoutSecrets(`${digest}\n${log}`), `${digest}\n${log}`)
})
