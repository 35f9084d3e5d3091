import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { $ } from 'zx/core'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { told } from '../lib/texts/told.ts'
import type { LocalState } from './local-state.ts'
import type { Connections } from './ssh.ts'
import { jumpPeer, type SshPeer } from './ssh-arguments.ts'
import type { SshProblem } from './ssh-problems.ts'

export interface FirstContact {
  readonly nodes: readonly SshPeer[]
  readonly ssh: Connections
  readonly state: LocalState
  /** Asks a person; answers false when there is none. */
  readonly confirm: (question: string) => Promise<boolean>
  readonly accept: boolean
  readonly print: (line: string) => void
}

/**
 * Learns the host keys of nodes that were never seen: shows their fingerprints, asks, and keeps
 * them in the cluster's own file. A key that changed later is refused by ssh itself.
 *
 * @returns problems of nodes that did not answer
 */
export async function learnHostKeys(contact: FirstContact): Promise<readonly SshProblem[]> {
  const { nodes } = contact
  // Jump hosts first: nobody comes to the nodes behind them otherwise.
  const silent = await learnOf({ ...contact, nodes: jumpsOf(nodes) })
  const behind = (node: SshPeer, { node: name }: SshProblem) => jumpsOf([node])[0]?.name === name
  const cut = nodes.flatMap((node) => {
    const problem = silent.find((one) => behind(node, one))
    return problem
      ? [{ ...problem, node: node.name, what: `${problem.node}: ${problem.what}` }]
      : []
  })
  const others = nodes.filter(({ name }) => !cut.some(({ node }) => node === name))
  return [...cut, ...(await learnOf({ ...contact, nodes: others }))]
}

/** Each jump host once. */
function jumpsOf(nodes: readonly SshPeer[]): readonly SshPeer[] {
  const peers = nodes.flatMap((node) => (node.ssh.jump ? [jumpPeer(node.ssh.jump, node)] : []))
  return [...new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values()]
}

async function learnOf(contact: FirstContact): Promise<readonly SshProblem[]> {
  const { nodes, ssh, state, print } = contact
  if (!existsSync(state.knownHosts)) writeFileSync(state.knownHosts, '', { mode: 0o600 })
  const known = await Promise.all(nodes.map((node) => keyLines(node, state.knownHosts)))
  const strangers = nodes.filter((_, index) => known[index]?.length === 0)
  if (strangers.length === 0) return []
  const answers = await Promise.all(strangers.map((node) => ssh.scanHostKeys(node)))
  const seen = strangers.flatMap((node, index) => {
    const keys = answers[index]
    return typeof keys === 'string' ? [{ node, keys }] : []
  })
  const problems = answers.filter((answer) => typeof answer !== 'string')
  if (seen.length === 0) return problems
  print(told('Host keys seen for the first time:'))
  for (const { node, keys } of seen) {
    for (const line of await fingerprints(keys)) print(`  ${node.name}  ${line}`)
  }
  const ok = contact.accept || (await contact.confirm(told('Are these the machines you mean?')))
  if (!ok) throw notAccepted()
  const clones = sharing(seen, known.flat().map(keyIn))
  for (const one of seen)
    appendFileSync(clones.has(one) ? state.knownClones : state.knownHosts, one.keys)
  return problems
}

/** Lines `TYPE KEY` of a node's host keys, as far as they are known. */
export async function hostKeysOf(node: ClusterNode, state: LocalState): Promise<readonly string[]> {
  const found = await Promise.all(
    [state.knownHosts, state.knownClones].map((file) => keyLines(node, file)),
  )
  return found.flat().map(keyIn)
}

/** `TYPE KEY` of a line `HOST TYPE KEY`. */
const keyIn = (line: string) => line.split(' ').slice(1, 3).join(' ')

/** Lines `HOST TYPE KEY`. As we wrote them; ssh-keygen knows all other ways to write a host. */
async function keyLines({ address, ssh }: SshPeer, file: string): Promise<readonly string[]> {
  const host = ssh.port === 22 ? address : `[${address}]:${ssh.port}`
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const own = text.split('\n').filter((line) => line.startsWith(`${host} `))
  if (own.length > 0 || text.trim() === '') return own
  const quiet = $({ nothrow: true, quiet: true })
  const { stdout } = await quiet`ssh-keygen ${['-F', host, '-f', file]}`
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** `256 SHA256:... (ED25519)` for each key. */
async function fingerprints(keys: string): Promise<string[]> {
  const { stdout } = await $({ nothrow: true, quiet: true, input: keys })`ssh-keygen -l -f -`
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/ \S+ \(/, ' ('))
}

interface Stranger {
  readonly node: SshPeer
  readonly keys: string
}

/**
 * Clones of one template share their keys: nobody could tell them apart, not even an attacker.
 * Preflight refuses them. Until they have keys of their own theirs are known for this run only:
 * else ssh would take the new ones for an attack.
 */
function sharing(seen: readonly Stranger[], known: readonly string[]): ReadonlySet<Stranger> {
  const owners = new Map<string, Stranger[]>()
  for (const one of seen) {
    for (const line of one.keys.trim().split('\n')) {
      const key = keyIn(line)
      owners.set(key, [...(owners.get(key) ?? []), one])
    }
  }
  const shared = [...owners].filter(([key, found]) => found.length > 1 || known.includes(key))
  return new Set(shared.flatMap(([, found]) => found))
}

function notAccepted(): KubestrapError {
  return new KubestrapError({
    id: 'KS-HOST-KEY-UNKNOWN',
    exit: 'hostKey',
    what: 'the host keys were not accepted',
    unchanged: 'nothing, on no node',
    remedy:
      'compare them on the consoles (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then run again; scripts: --accept-new-host-keys',
  })
}
