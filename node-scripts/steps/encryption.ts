import { randomBytes } from 'node:crypto'
import { KubestrapError } from '../../lib/errors.ts'
import { hasJoined } from '../../lib/observed.ts'
import {
  encryptionConfig,
  encryptionFile,
  encryptionKeyIn,
} from '../../lib/render/encryption-config.ts'
import { membership } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Finding, type Step, unknown, wanted } from '../run/step.ts'
import { apiServerManifest } from './api-server-files.ts'

/** The key that Secrets are encrypted with in etcd, made where the cluster begins. */
export function encryptionKey({ cluster }: Context): readonly Step[] {
  if (!cluster.security.encryptSecrets) return []
  return [
    {
      title: 'Make the key that Secrets are encrypted with',
      writes: encryptionFile,
      why: 'A copy of etcd’s data, or a snapshot of it, holds every Secret of the cluster. Encrypted they are of no use without the key, which lies in a file beside.',
      check: async (on) =>
        (await usableKey(on)) ? closed(on) : different('no key', 'a random one'),
      apply: {
        byHand: `head -c 32 /dev/urandom | base64   # into an EncryptionConfiguration: install -m 0600 FILE ${encryptionFile}`,
        // One that is there was made by an init of ours: what it encrypted must stay readable.
        run: async (on) => writeKey(on, (await usableKey(on)) ?? newKey()),
      },
    },
  ]
}

const newKey = () => randomBytes(32).toString('base64')

/** The cluster's own key, on a control plane that joins, before its API server starts. */
export function relayedKey(context: Context): readonly Step[] {
  const given = context.input.join?.encryptionKey
  if (!context.cluster.security.encryptSecrets && !given) return []
  return [
    {
      title: 'Take over the key that Secrets are encrypted with',
      writes: encryptionFile,
      why: 'Every API server must read what the others wrote. The key comes from a living control plane with the join credentials, and lies in no object of the cluster.',
      check: (on) => checkRelayed(on, context),
      apply: {
        byHand: `install -m 0600 encryption.yaml ${encryptionFile}   # copied from a living control plane`,
        async run(on) {
          // Of a living API server only who may read the file is mended, never what is in it.
          const there = (await isMember(on, context)) ? await on.read(encryptionFile) : undefined
          if (there) await on.write(encryptionFile, there, 0o600)
          else if (given) await writeKey(on, given)
        },
      },
    },
  ]
}

const isMember = async (on: Machine, { node }: Context) => hasJoined(await membership(on, node))

async function checkRelayed(on: Machine, context: Context): Promise<Finding> {
  const { join } = context.input
  if (await isMember(on, context)) {
    // A cluster that was begun without has no key anywhere; plan notes that the file wants one.
    if (!(await usesKey(on))) return wanted
    if ((await on.stat(encryptionFile)) === undefined) throw noKey('is not there', copyIt)
    return closed(on)
  }
  if (!join) return unknown('the join credentials')
  if (!join.encryptionKey) return wanted
  const there = await usableKey(on)
  if (there !== join.encryptionKey) return different(there ? 'another key' : 'no key', 'the key')
  return closed(on)
}

async function writeKey(on: Machine, key: string): Promise<void> {
  on.hide(key)
  await on.write(encryptionFile, encryptionConfig(key), 0o600)
}

async function closed(on: Machine): Promise<Finding> {
  const state = await on.stat(encryptionFile)
  const own = state?.uid === 0 && state.gid === 0 && (state.mode & 0o177) === 0
  return own ? wanted : different('open to others', 'root alone')
}

const usesKey = async (on: Machine) =>
  (await on.read(apiServerManifest))?.includes(encryptionFile) ?? false

/** From now on it is never told; an empty or short key counts as none. */
async function usableKey(on: Machine): Promise<string | undefined> {
  const key = encryptionKeyIn(await on.read(encryptionFile))
  if (key) on.hide(key)
  return key
}

/**
 * The key of the living cluster, on a control plane, for one that joins; undefined when Secrets are
 * not encrypted. What the cluster does counts, not what the file says.
 *
 * @throws KubestrapError KS-ENCRYPTION-KEY when the API server uses a key that cannot be relayed
 */
export async function livingKey(on: Machine): Promise<string | undefined> {
  if (!(await usesKey(on))) return undefined
  const key = await usableKey(on)
  if (key) return key
  throw (await on.stat(encryptionFile))
    ? noKey('is not as kubestrap writes it: one key of 32 bytes', byHand)
    : noKey('is not there', copyIt)
}

const copyIt = 'copy the file from another control plane, root-only'
const byHand =
  'keys were changed by hand: such a control plane is joined by hand, too, with the file copied before kubeadm join'

function noKey(how: string, remedy: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-ENCRYPTION-KEY',
    exit: 'verification',
    what: `the API server encrypts Secrets, but ${encryptionFile} ${how}`,
    unchanged: 'the file: without the right key no Secret can be read any more',
    remedy,
  })
}
