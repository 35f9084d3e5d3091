import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { expiredKey, extendedKey, fingerprint, keyWithBoth } from '../test/test-keys.ts'
import { dayOf, daysLeft, publicKeys } from './openpgp-keys.ts'

const hasGpg = spawnSync('gpg', ['--version']).status === 0
const skip = !hasGpg && 'gpg is not installed'

type Gpg = (...args: string[]) => string

/** gpg with a keyring of its own, which goes with the test. */
function withGpg(work: (gpg: Gpg) => void): void {
  const home = mkdtempSync(join(tmpdir(), 'ks-gpg-'))
  const gpg: Gpg = (...args) =>
    spawnSync('gpg', ['--batch', '--passphrase', '', '--homedir', home, ...args], {
      encoding: 'utf8',
    }).stdout
  try {
    work(gpg)
  } finally {
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all'])
    rmSync(home, { recursive: true, force: true })
  }
}

/** Fingerprint and end of each primary key, as gpg tells them: its colons, doc/DETAILS. */
function toldByGpg(gpg: Gpg) {
  const lines = gpg('--with-colons', '--list-keys').split('\n')
  const fields = lines.map((line) => line.split(':'))
  return fields.flatMap((key, index) => {
    if (key[0] !== 'pub') return []
    const [, , , , , , , , , print] = fields.slice(index).find(([kind]) => kind === 'fpr') ?? []
    return [{ fingerprint: print, expires: key[6] ? Number(key[6]) * 1000 : undefined }]
  })
}

test('fingerprints and dates are what gpg says: RSA with subkey, Ed25519, two in one file', {
  skip,
}, () => {
  withGpg((gpg) => {
    gpg('--quick-generate-key', 'one <one@example.invalid>', 'rsa2048', 'sign', 'never')
    gpg('--quick-generate-key', 'two <two@example.invalid>', 'ed25519', 'sign', '2y')
    const two = toldByGpg(gpg).at(-1)?.fingerprint ?? ''
    // A subkey's end is not the key's: signatures of subkeys have another type.
    gpg('--quick-add-key', two, 'cv25519', 'encr', '1w')
    const expected = toldByGpg(gpg)
    assert.equal(expected.length, 2)
    assert.ok(expected[1]?.expires)
    const found = publicKeys(gpg('--armor', '--export'))
    assert.deepEqual(
      found.map((key) => ({ fingerprint: key.fingerprint, expires: key.expires?.getTime() })),
      expected,
    )
    const subkey = gpg('--with-colons', '--list-keys', two).match(/^sub[\s\S]*?^fpr:+(\w{40}):/m)
    assert.deepEqual(
      found.map(({ subkeys }) => subkeys),
      [[], [subkey?.[1]]],
    )
    assert.deepEqual(
      found.map(({ revoked }) => revoked),
      [false, false],
    )
  })
})

test('a key that its owner revoked says so', { skip }, () => {
  withGpg((gpg) => {
    gpg('--quick-generate-key', 'gone <gone@example.invalid>', 'ed25519', 'sign', 'never')
    const print = toldByGpg(gpg)[0]?.fingerprint ?? ''
    const home = gpg('--version').match(/^Home: (.+)$/m)?.[1] ?? ''
    const certificate = join(home, 'openpgp-revocs.d', `${print}.rev`)
    // A colon before its first line keeps it from being imported by mistake.
    spawnSync('sed', ['-i', 's/^:-----/-----/', certificate])
    gpg('--import', certificate)
    assert.equal(publicKeys(gpg('--armor', '--export'))[0]?.revoked, true)
  })
})

test('a key has expired, the same key extended has not: the fingerprint stays', () => {
  const [old] = publicKeys(expiredKey)
  const [extended] = publicKeys(extendedKey)
  assert.equal(old?.fingerprint, fingerprint)
  assert.equal(extended?.fingerprint, fingerprint)
  assert.equal(dayOf(old?.created ?? new Date()), '2020-01-01')
  assert.equal(dayOf(old?.expires ?? new Date()), '2021-01-01')
  assert.equal(dayOf(extended?.expires ?? new Date()), '2036-01-01')
})

test('of several signatures the newest counts, wherever it stands in the file', () => {
  assert.equal(dayOf(publicKeys(keyWithBoth)[0]?.expires ?? new Date()), '2036-01-01')
})

test('days that are left: whole ones, none on the last, negative afterwards', () => {
  const key = { fingerprint, subkeys: [], created: new Date(0), revoked: false }
  const expires = new Date('2026-12-29T12:00:00Z')
  const left = (now: string) => daysLeft({ ...key, expires }, new Date(now))
  assert.equal(left('2026-11-29T12:00:00Z'), 30)
  assert.equal(left('2026-12-29T11:59:59Z'), 0)
  assert.equal(left('2026-12-29T12:00:01Z'), -1)
  assert.equal(daysLeft(key, new Date()), undefined)
})

test('what is no key, or is cut, is no key and no crash', () => {
  const short = extendedKey.split('\n')
  for (const text of [
    '',
    'hello',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----',
  ])
    assert.deepEqual(publicKeys(text), [])
  // Cut inside its signature the key is there, its end is not known.
  const cut = [...short.slice(0, 5), '-----END PGP PUBLIC KEY BLOCK-----'].join('\n')
  assert.equal(publicKeys(cut)[0]?.expires, undefined)
})
