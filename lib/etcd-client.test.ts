import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeCa, makeCertificate, textOf } from '../test/certificates.ts'
import { failure } from '../test/failure.ts'
import { otherClientCa, readEtcdClient } from './etcd-client.ts'

const ca = makeCa(mkdtempSync(join(tmpdir(), 'kubestrap-etcd-')), 'ca')
after(() => rmSync(ca.folder, { recursive: true }))
makeCa(ca.folder, 'other')
makeCertificate(ca, 'client', 'clientAuth')
makeCertificate(ca, 'server', 'serverAuth')

const paths = {
  endpoints: ['https://10.0.0.7:2379'],
  ca: 'ca.crt',
  certificate: 'client.crt',
  key: 'client.key',
}
const day = 86_400_000
const read = (more: object = {}, days = 0) => {
  const text = (path: string) => (path.startsWith('no-') ? undefined : textOf(ca, path))
  return readEtcdClient({ ...paths, ...more }, text, Date.now() + days * day)
}
const lines = async (more: object, days?: number) =>
  ((await failure(Promise.resolve().then(() => read(more, days)))).details.lines ?? []).join('\n')

test('files that fit are given as they are', () => {
  const client = read({})
  assert.equal(client.key, textOf(ca, 'client.key'))
  assert.deepEqual(otherClientCa(client), [])
})

test('all missing files are named at once', async () => {
  const text = await lines({ ca: 'no-ca', key: 'no-key' })
  assert.match(text, /etcd\.external\.ca: there is no file no-ca[\s\S]*etcd\.external\.key: /)
})

const refusals: readonly [string, object, RegExp][] = [
  ['the key of somebody else', { key: 'server.key' }, /server\.key is not the key of client\.crt/],
  ['for servers only', { certificate: 'server.crt', key: 'server.key' }, /has no clientAuth/],
  ['a key in place of the certificate', { certificate: 'client.key' }, /holds no PEM certificate/],
  ['a certificate in place of the key', { key: 'client.crt' }, /holds no PEM private key/],
  ['a CA that is none', { ca: 'client.crt' }, /client\.crt is the certificate of no CA/],
]
for (const [title, more, sign] of refusals)
  test(`refused: ${title}`, async () => assert.match(await lines(more), sign))

test('refused: expired, and not valid yet', async () => {
  assert.match(await lines({}, 31), /client\.crt expired on 20/)
  assert.match(await lines({}, -1), /ca\.crt is not valid before 20[\s\S]*client\.crt is not valid/)
})

test('several faults are told together, and nothing of a key', async () => {
  const text = await lines({ certificate: 'server.crt', key: 'client.key' }, 31)
  assert.equal(text.split('\n').length, 3, text)
  const body = textOf(ca, 'client.key').split('\n')[1] ?? ''
  assert.ok(body.length > 20 && !text.includes(body))
})

test('a client certificate of another CA is only warned of: etcd may trust it', () => {
  assert.match(otherClientCa(read({ ca: 'other.crt' })).join(), /not signed by the given CA/)
})
