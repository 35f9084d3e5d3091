import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { $ } from 'zx'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import type { LocalState } from './local-state.ts'
import type { Connections } from './ssh.ts'
import type { SshProblem } from './ssh-problems.ts'

export interface FirstContact {
  readonly nodes: readonly ClusterNode[]
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
  const { nodes, ssh, state, print } = contact
  if (!existsSync(state.knownHosts)) writeFileSync(state.knownHosts, '', { mode: 0o600 })
  const known = await Promise.all(nodes.map((node) => isKnown(node, state)))
  const strangers = nodes.filter((_, index) => !known[index])
  if (strangers.length === 0) return []
  const answers = await Promise.all(strangers.map((node) => ssh.scanHostKeys(node)))
  const seen = strangers.flatMap((node, index) => {
    const keys = answers[index]
    return typeof keys === 'string' ? [{ node, keys }] : []
  })
  const problems = answers.filter((answer) => typeof answer !== 'string')
  if (seen.length === 0) return problems
  refuseShared(seen)
  print('Host keys seen for the first time:')
  for (const { node, keys } of seen) {
    for (const line of await fingerprints(keys)) print(`  ${node.name}  ${line}`)
  }
  const ok = contact.accept || (await contact.confirm('Are these the machines you mean?'))
  if (!ok) throw notAccepted()
  for (const { keys } of seen) appendFileSync(state.knownHosts, keys)
  return problems
}

async function isKnown(node: ClusterNode, { knownHosts }: LocalState): Promise<boolean> {
  const { port } = node.ssh
  const host = port === 22 ? node.address : `[${node.address}]:${port}`
  const { exitCode } = await $({
    nothrow: true,
    quiet: true,
  })`ssh-keygen ${['-F', host, '-f', knownHosts]}`
  return exitCode === 0
}

/** `256 SHA256:... (ED25519)` for each key. */
async function fingerprints(keys: string): Promise<string[]> {
  const { stdout } = await $({ nothrow: true, quiet: true, input: keys })`ssh-keygen -l -f -`
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/ \S+ \(/, ' ('))
}

/** Clones of one template share their keys: nobody could tell them apart, not even an attacker. */
function refuseShared(seen: readonly { node: ClusterNode; keys: string }[]): void {
  const owners = new Map<string, string[]>()
  for (const { node, keys } of seen) {
    for (const line of keys.trim().split('\n')) {
      const key = line.split(' ').slice(1, 3).join(' ')
      owners.set(key, [...(owners.get(key) ?? []), node.name])
    }
  }
  const shared = [...owners.values()].filter((names) => names.length > 1)
  if (shared.length === 0) return
  throw new KubestrapError({
    id: 'KS-HOST-KEY-SHARED',
    exit: 'preflight',
    what: 'several nodes have the same ssh host key: they are clones of one machine',
    lines: [...new Set(shared.map((names) => names.join(', ')))],
    unchanged: 'nothing, on no node',
    remedy: 'on each: rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart sshd',
  })
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
