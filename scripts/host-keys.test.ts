import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { hostKeysOf, learnHostKeys } from './host-keys.ts'
import type { LocalState } from './local-state.ts'
import type { Connections } from './ssh.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-keys-'))
after(() => rmSync(folder, { recursive: true }))
const skip = spawnSync('ssh-keygen', ['-V']).error ? 'there is no ssh-keygen here' : false

/** A real public key: ssh-keygen, which finds keys by host, reads nothing else. */
function newKey(name: string): string {
  const file = join(folder, name)
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
}

const { nodes } = plainCluster()

function contact(name: string, keyOf: Readonly<Record<string, string>>) {
  const state = {
    knownHosts: join(folder, `${name}-hosts`),
    knownClones: join(folder, `${name}-clones`),
  } as LocalState
  const ssh = {
    scanHostKeys: async (node) => `${node.address} ${keyOf[node.name]}\n`,
  } as Pick<Connections, 'scanHostKeys'> as Connections
  const print = () => undefined
  const learn = (of: typeof nodes) =>
    learnHostKeys({ nodes: of, ssh, state, print, accept: true, confirm: async () => false })
  return { state, learn }
}

const kept = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '')

test('keys that several nodes share are known for this run only', { skip }, async () => {
  const [shared, own] = [newKey('shared'), newKey('own')]
  const keys = { 'k-master-1': shared, 'k-master-2': own, 'k-master-3': shared, 'k-worker-1': own }
  const { state, learn } = contact('clones', keys)
  assert.deepEqual(await learn(nodes.slice(0, 3)), [])
  assert.equal(kept(state.knownHosts), `192.168.9.122 ${own}`)
  assert.deepEqual(kept(state.knownClones).split('\n'), [
    `192.168.9.121 ${shared}`,
    `192.168.9.123 ${shared}`,
  ])
  const known = await Promise.all(nodes.map((node) => hostKeysOf(node, state)))
  assert.deepEqual(known, [[shared], [own], [shared], []])
  // A clone that comes later, of a node whose key is kept.
  await learn(nodes)
  assert.equal(kept(state.knownHosts), `192.168.9.122 ${own}`)
  assert.match(kept(state.knownClones), /192\.168\.9\.141/)
})
