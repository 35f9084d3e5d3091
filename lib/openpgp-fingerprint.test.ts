import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keyFingerprints } from './openpgp-fingerprint.ts'

const hasGpg = spawnSync('gpg', ['--version']).status === 0

test('fingerprints are what gpg says, for RSA and Ed25519 keys and for two in one file', {
  skip: !hasGpg && 'gpg is not installed',
}, () => {
  const home = mkdtempSync(join(tmpdir(), 'ks-gpg-'))
  const gpg = (...args: string[]) =>
    spawnSync('gpg', ['--batch', '--homedir', home, ...args], { encoding: 'utf8' })
  try {
    gpg(
      '--passphrase',
      '',
      '--quick-generate-key',
      'one <one@example.invalid>',
      'rsa2048',
      'sign',
      'never',
    )
    gpg(
      '--passphrase',
      '',
      '--quick-generate-key',
      'two <two@example.invalid>',
      'ed25519',
      'sign',
      'never',
    )
    const listed = gpg('--with-colons', '--list-keys').stdout
    const expected = [...listed.matchAll(/^fpr:+([0-9A-F]{40}):/gm)].map(([, fpr]) => fpr)
    assert.equal(expected.length, 2)
    assert.deepEqual(keyFingerprints(gpg('--armor', '--export').stdout), expected)
  } finally {
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all'])
    rmSync(home, { recursive: true, force: true })
  }
})

test('what is no key has no fingerprint', () => {
  for (const text of [
    '',
    'hello',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----',
  ]) {
    assert.deepEqual(keyFingerprints(text), [])
  }
})
