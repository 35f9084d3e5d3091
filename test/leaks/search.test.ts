import { deepEqual, equal } from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { formsOf, formsOfKey, search, searchFolder } from './search.ts'

const secret = randomBytes(16).toString('hex')
const pemOf = (type: 'rsa' | 'ec') => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
const [rsa, ec, other] = [pemOf('rsa'), pemOf('ec'), pemOf('rsa')]
const sec1Key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sec1 = sec1Key.privateKey.export({ type: 'sec1', format: 'pem' }).toString()
const secrets = new Map([
  ['word', formsOf(secret)],
  ['rsa', formsOfKey(rsa)],
  ['ec', formsOfKey(ec)],
  ['sec1', formsOfKey(sec1)],
])
const base64 = (text: string) => Buffer.from(text).toString('base64')
const names = (content: string | Buffer) =>
  search(secrets, 'here', content).map((found) => found.secret)

const hiding: readonly [string, string | Buffer, readonly string[]][] = [
  ['as it is', `token=${secret}\n`, ['word']],
  ['in base64', base64(secret), ['word']],
  ['in base64, after one other byte', base64(`x${secret}yz`), ['word']],
  ['in base64, after two', base64(`xy${secret}`), ['word']],
  ['not a part of it', secret.slice(1), []],
  ['a PEM', rsa, ['rsa']],
  ['a PEM of another curve', `a: b\n${ec}`, ['ec']],
  ['a PEM in JSON', JSON.stringify({ key: rsa }), ['rsa']],
  ['a PEM in base64, as in a kubeconfig', `client-key-data: ${base64(rsa)}`, ['rsa']],
  ['the same in base64 again', base64(`{"config":"${base64('x')}"} ${ec}`), ['ec']],
  ['a key as bytes', Buffer.from(ec.split('\n').slice(1, -2).join(''), 'base64'), ['ec']],
  ['a key of a kubelet', sec1, ['sec1']],
  [
    'its public key alone is no secret',
    sec1Key.publicKey.export({ type: 'spki', format: 'der' }),
    [],
  ],
  ['another key', other, []],
  ['all at once', [rsa, ec, secret].join(' '), ['word', 'rsa', 'ec']],
]
for (const [title, content, wanted] of hiding)
  test(`found: ${title}`, () => deepEqual(names(content), wanted))

test('found at the very end, and where another one begins alike', () => {
  const [one, two] = ['abcdefgh12345678', 'abcdefgh87654321']
  const alike = new Map([one, two].map((text) => [text, formsOf(text)]))
  deepEqual(search(alike, 'x', `abcd${two}`), [{ secret: two, place: 'x' }])
  deepEqual(search(alike, 'x', two.slice(0, -1)), [])
})

test('a folder is searched at any depth, and no link leads out of it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-search-'))
  try {
    mkdirSync(join(folder, 'a/b'), { recursive: true })
    writeFileSync(join(folder, 'a/b/c'), `\u0000${secret}`)
    writeFileSync(join(folder, 'a/clean'), 'nothing')
    symlinkSync(folder, join(folder, 'a/loop'))
    deepEqual(searchFolder(secrets, folder, 'node:'), [{ secret: 'word', place: 'node:/a/b/c' }])
    equal(searchFolder(secrets, join(folder, 'missing')).length, 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
