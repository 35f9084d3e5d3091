import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicKeys } from '../../lib/openpgp-keys.ts'
import { failure } from '../../test/failure.ts'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { expiredKey, extendedKey, fingerprint } from '../../test/test-keys.ts'
import { converge } from '../run/converge.ts'
import { importedKey } from './imported-key.ts'
import { keyNote, signingKey } from './signing-key.ts'

const path = '/etc/pki/rpm-gpg/RPM-GPG-KEY-test'
const step = (expected?: string) =>
  signingKey({
    title: 'Test',
    path,
    packages: ['kubelet'],
    source: {
      baseurl: 'https://example.org/rpm/',
      gpgkey: 'https://example.org/key',
      ...(expected ? { fingerprint: expected } : {}),
    },
  })
const served = (text: string, fake: Fake = {}) =>
  fakeMachine({ ...fake, onRun: () => ({ stdout: text }) })

test('the expected key is stored, and then as wanted', async () => {
  const on = served(extendedKey)
  await converge([step(fingerprint)], on)
  assert.equal(on.files.get(path), extendedKey)
  assert.deepEqual(await step(fingerprint).check(on), { as: 'wanted' })
})

test('another fingerprint: refused with both, nothing stored', async () => {
  const on = served(extendedKey)
  const { details, exitCode } = await failure(converge([step('A'.repeat(40))], on))
  assert.equal(details.id, 'KS-KEY-FINGERPRINT')
  assert.equal(exitCode, 17)
  assert.deepEqual(details.lines, [`expected ${'A'.repeat(40)}`, `found    ${fingerprint}`])
  assert.equal(on.files.size, 0)
})

test('the right key, but expired: another id, the date, nothing stored', async () => {
  const on = served(expiredKey)
  const { details, exitCode } = await failure(converge([step(fingerprint)], on))
  assert.equal(details.id, 'KS-KEY-EXPIRED')
  assert.equal(exitCode, 17)
  assert.match(details.what, /is the expected one, but it is expired on 2021-01-01/)
  assert.equal(on.files.size, 0)
})

test('two keys in one file are refused: which of them signs?', async () => {
  const error = await failure(converge([step()], served(`${extendedKey}\n${expiredKey}`)))
  assert.equal(error.details.id, 'KS-KEY-FINGERPRINT')
})

test('without a fingerprint the key is trusted at first sight, and told', async () => {
  const on = served(extendedKey)
  await converge([step()], on)
  const notices = on.events.filter(({ kind }) => kind === 'notice')
  assert.match(JSON.stringify(notices), new RegExp(`trusted at first sight.*${fingerprint}`))
})

test('a stored key that expired is fetched anew while a package is missing', async () => {
  const on = served(extendedKey, { files: { [path]: expiredKey } })
  const finding = await step(fingerprint).check(on)
  assert.equal(finding.as, 'different')
  await converge([step(fingerprint)], on)
  assert.equal(on.files.get(path), extendedKey)
})

test('with all packages installed its end stops nobody, and is told', async () => {
  const on = served(expiredKey, {
    files: { [path]: expiredKey },
    packages: { kubelet: '1.36.3-1' },
  })
  assert.deepEqual(await converge([step(fingerprint)], on), [])
  assert.match(JSON.stringify(on.events), /expired on 2021-01-01; all its packages are installed/)
})

test('a key that ends within 30 days is spoken of, not before', () => {
  const [key] = publicKeys(extendedKey)
  assert.ok(key)
  assert.equal(keyNote('Test', key, new Date('2035-12-01')), undefined)
  assert.match(
    keyNote('Test', key, new Date('2035-12-03')) ?? '',
    /expires on 2036-01-01, in 29 days/,
  )
})

test('a download that fails says by which way', async () => {
  const { KubestrapError } = await import('../../lib/errors.ts')
  const on = fakeMachine({
    onRun() {
      const lines = ['curl: (60) SSL certificate problem: certificate has expired']
      throw new KubestrapError({ id: 'KS-COMMAND', exit: 'phaseFailed', what: 'curl', lines })
    },
  })
  assert.equal((await failure(converge([step(fingerprint)], on))).details.id, 'KS-TLS')
})

/** A machine whose rpm holds one key, or none. */
function withRpm(held: string | undefined, stored: string) {
  const name = `gpg-pubkey-${fingerprint.slice(-8).toLowerCase()}-5e0be100`
  let imported = held
  const listing = () =>
    imported === undefined
      ? { exitCode: 1, stdout: 'package gpg-pubkey is not installed\n' }
      : { stdout: `==${name}\n${imported}\n` }
  const on = fakeMachine({
    files: { [path]: stored },
    answers: {
      rpm: {
        get stdout() {
          return listing().stdout
        },
      },
    },
    onRun({ argv }) {
      if (argv[1] === '--erase') imported = undefined
      // As rpm does it: what it holds already it does not look at again.
      if (argv[1] === '--import') imported ??= on.files.get(path)
      return undefined
    },
  })
  return { on, name }
}
const rpmStep = importedKey({ title: 'Test', path })

test('rpm gets the key when it has none', async () => {
  const { on } = withRpm(undefined, extendedKey)
  await converge([rpmStep], on)
  assert.deepEqual(on.changes, [`rpm --import ${path}`])
  assert.deepEqual(await converge([rpmStep], on), [])
})

test('an old copy in rpm is erased before the extended key is imported', async () => {
  const { on, name } = withRpm(expiredKey, extendedKey)
  assert.match(JSON.stringify(await rpmStep.check(on)), /until 2021-01-01.*until 2036-01-01/)
  await converge([rpmStep], on)
  assert.deepEqual(on.changes, [`rpm --erase ${name}`, `rpm --import ${path}`])
})

test('before the key is stored nothing can be said to be wanted', async () => {
  assert.equal((await rpmStep.check(fakeMachine({ answers: { rpm: {} } }))).as, 'different')
})
