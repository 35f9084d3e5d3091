import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { joinCredentials } from './credentials.ts'
import { formatError, KubestrapError } from './errors.ts'

const good = {
  endpoint: '192.168.9.120:6443',
  token: 'abcdef.0123456789abcdef',
  caCertHash: `sha256:${'0a'.repeat(32)}`,
  caCertificate: Buffer.from(`-----BEGIN CERTIFICATE-----\n${'MIIC'.repeat(40)}\n`).toString(
    'base64',
  ),
  certificateKey: 'be'.repeat(32),
  encryptionKey: Buffer.alloc(32, 'key of the test').toString('base64'),
}

test('the exact form is accepted, and only reveal gives the values', () => {
  assert.deepEqual(joinCredentials(good).reveal(), good)
  const { certificateKey: _, encryptionKey: __, ...worker } = good
  assert.deepEqual(joinCredentials(worker).reveal(), worker)
})

for (const endpoint of ['k8s.example.org:6443', '[fd00:1::5]:6443', 'a:1'])
  test(`endpoint ${endpoint} is accepted`, () => {
    assert.equal(joinCredentials({ ...good, endpoint }).reveal().endpoint, endpoint)
  })

const bad: readonly [keyof typeof good | 'extra', unknown][] = [
  ['endpoint', '192.168.9.120'],
  ['endpoint', 'host:6443\nserver: evil'],
  ['endpoint', 'host:6443; reboot'],
  ['endpoint', '$(reboot):6443'],
  ['endpoint', 'HOST:6443'],
  ['token', 'abcdef.0123456789abcde'],
  ['token', 'abcdef.0123456789abcdef\n'],
  ['token', 'ABCDEF.0123456789abcdef'],
  ['token', ['abcdef.0123456789abcdef']],
  ['token', undefined],
  ['caCertHash', 'a'.repeat(64)],
  ['caCertHash', `sha256:${'A'.repeat(64)}`],
  ['caCertHash', `sha1:${'a'.repeat(64)}`],
  ['caCertificate', undefined],
  ['caCertificate', Buffer.from('-----BEGIN PRIVATE KEY-----'.repeat(9)).toString('base64')],
  ['caCertificate', `${good.caCertificate}\nserver: https://evil`],
  ['certificateKey', 'be'.repeat(31)],
  ['certificateKey', null],
  ['encryptionKey', ''],
  ['encryptionKey', Buffer.alloc(16).toString('base64')],
  ['encryptionKey', Buffer.alloc(33).toString('base64')],
  ['encryptionKey', `${good.encryptionKey}\n`],
  ['encryptionKey', `${'A'.repeat(42)}B=`],
  ['extra', 'anything'],
]
for (const [field, value] of bad)
  test(`refused: ${field} ${JSON.stringify(value)}`, () => {
    assert.throws(
      () => joinCredentials({ ...good, [field]: value }),
      (error) => {
        assert.ok(error instanceof KubestrapError)
        assert.equal(error.details.id, 'KS-JOIN-CREDENTIALS')
        assert.equal(error.exitCode, 17)
        assert.match(error.message, new RegExp(`: ${field}$`))
        const shown = `${formatError(error)} ${inspect(error)}`
        const told = Object.values({ ...good, [field]: value }).map((v) => String(v))
        for (const secret of told.filter((text) => text.length > 12))
          assert.ok(!shown.includes(secret), 'the value is not told')
        return true
      },
    )
  })

for (const value of [undefined, null, 'text', 7, []])
  test(`refused: ${JSON.stringify(value)} in place of an object`, () => {
    assert.throws(() => joinCredentials(value), { name: 'KubestrapError' })
  })

test('a name that every object inherits is no field', () => {
  const hostile = JSON.parse(JSON.stringify(good).replace('{', '{"constructor":"x","__proto__":1,'))
  assert.throws(() => joinCredentials(hostile), { name: 'KubestrapError' })
})

test('the values show up nowhere unless they are asked for', () => {
  const credentials = joinCredentials(good)
  const shown = [
    JSON.stringify(credentials),
    JSON.stringify({ join: credentials }),
    `${credentials}`,
    credentials.toString(),
    inspect(credentials, { depth: 9, showHidden: true }),
    inspect({ nested: [credentials] }, { depth: 9 }),
    format('%s %o %O %j', credentials, credentials, credentials, credentials),
    inspect(Object.entries(credentials), { depth: 9 }),
    JSON.stringify({ ...credentials }),
  ].join('\n')
  for (const secret of Object.values(good)) assert.ok(!shown.includes(secret), secret)
  assert.match(shown, /\[join credentials\]/)
})

test('later changes of what was given change nothing', () => {
  const given = { ...good }
  const credentials = joinCredentials(given)
  given.token = 'x; reboot'
  assert.equal(credentials.reveal().token, good.token)
})
