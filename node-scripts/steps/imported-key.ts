import { dayOf, type PublicKey, publicKeys } from '../../lib/openpgp-keys.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Finding, type Step, wanted } from '../run/step.ts'
import { whenRpmIsFree } from './dnf.ts'

/**
 * rpm's own copy of a signing key is the stored one. dnf imports a key once and never looks again:
 * when a publisher extends it, rpm goes on refusing packages for the old copy's end
 * (https://github.com/kubernetes/release/issues/3840).
 */
export function importedKey({ title, path }: { title: string; path: string }): Step {
  return {
    title: `Have rpm hold the ${title} signing key as it is now`,
    why: 'rpm keeps copies of keys. An extended key has the same fingerprint and another end: the old copy has to go before the new one is taken.',
    check: (on) => checkImported(on, path),
    apply: {
      byHand: `rpm --erase gpg-pubkey-VERSION-RELEASE   # if rpm -q gpg-pubkey lists an old copy\nrpm --import ${path}`,
      run: (on) => importAnew(on, path),
    },
  }
}

interface Imported extends PublicKey {
  /** As rpm calls it: `gpg-pubkey-9a296436-6307a177`. */
  readonly name: string
}

/** Keys that rpm holds; the description of such a package is the armored key. */
async function importedKeys(on: Machine): Promise<readonly Imported[]> {
  const format = '==%{NAME}-%{VERSION}-%{RELEASE}\\n%{DESCRIPTION}\\n'
  const { stdout } = await on.ask('rpm', '-q', '--qf', format, 'gpg-pubkey')
  return stdout.split(/^==/m).flatMap((part) => {
    const [name = '', ...text] = part.split('\n')
    return publicKeys(text.join('\n')).map((key) => ({ ...key, name }))
  })
}

const endOf = ({ expires, revoked }: PublicKey) =>
  revoked ? 'revoked' : expires ? `until ${dayOf(expires)}` : 'without end'

async function checkImported(on: Machine, path: string): Promise<Finding> {
  const [text = '', imported] = await Promise.all([on.read(path), importedKeys(on)])
  const [key] = publicKeys(text)
  if (!key) return different('no key in rpm', 'the stored key')
  const ours = `key ${key.fingerprint.slice(-16)} ${endOf(key)}`
  const copies = imported.filter(({ fingerprint }) => fingerprint === key.fingerprint)
  if (copies.length === 0) return different('no key in rpm', ours)
  const old = copies.find((copy) => endOf(copy) !== endOf(key))
  return old ? different(`${old.name} ${endOf(old)}`, ours) : wanted
}

async function importAnew(on: Machine, path: string): Promise<void> {
  const [key] = publicKeys((await on.read(path)) ?? '')
  const copies = (await importedKeys(on)).filter((one) => one.fingerprint === key?.fingerprint)
  for (const { name } of copies) await whenRpmIsFree(on, command('rpm', '--erase', name))
  await whenRpmIsFree(on, command('rpm', '--import', path))
}
