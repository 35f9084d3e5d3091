import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { ClusterNode, SshJump } from '../lib/cluster.ts'
import type { LocalState } from './local-state.ts'

/** A machine that ssh goes to: a node, or a jump host. */
export type SshPeer = Pick<ClusterNode, 'name' | 'address' | 'ssh'>

/** Arguments of ssh, the destination among them; the remote command comes after. */
export function sshArguments(peer: SshPeer, state: LocalState, clusterFile: string): string[] {
  const { user, port, key, jump } = peer.ssh
  const options = [
    `ControlPath=${quoted(socketOf(peer, state))}`,
    ...hostKeyOptions(state).map(([name, value]) => `${name}=${value}`),
    'ConnectTimeout=10',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'RequestTTY=no',
  ]
  return [
    ...(jump ? ['-F', jumpConfig(jump, peer, state, clusterFile), '-J', jumpAlias] : []),
    ...options.flatMap((option) => ['-o', option]),
    ...(key ? ['-i', escaped(keyPath(key, clusterFile)), '-o', 'IdentitiesOnly=yes'] : []),
    ...['-p', String(port), '-l', user, '--', peer.address],
  ]
}

const hostKeyOptions = (state: LocalState) =>
  [
    ['UserKnownHostsFile', `${quoted(state.knownHosts)} ${quoted(state.knownClones)}`],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', 'yes'],
    ['BatchMode', 'yes'],
    ['ForwardAgent', 'no'],
    ['LogLevel', 'ERROR'],
  ] as const

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** A socket's path may have about 100 characters, and ssh adds 17 while it makes it. */
const socketOf = ({ name, address, ssh }: SshPeer, { sockets }: LocalState) =>
  join(sockets, short(JSON.stringify([name, address, ssh])))

// ssh replaces "%" in paths, and splits some options at spaces unless quoted (man ssh_config).
const escaped = (path: string) => path.replaceAll('%', '%%')
const quoted = (path: string) => `"${escaped(path).replace(/["\\]/g, '\\$&')}"`

export function keyPath(key: string, clusterFile: string): string {
  if (key.startsWith('~/')) return join(process.env.HOME ?? '/', key.slice(2))
  return isAbsolute(key) ? key : resolve(dirname(clusterFile), key)
}

const jumpAlias = 'kubestrap-jump'

/** The jump host as a machine to be met: its host key is learned as those of nodes are. */
export function jumpPeer({ host, user, port }: SshJump, { ssh }: SshPeer): SshPeer {
  const { jump: _, ...rest } = ssh
  return { name: `jump-host-${host}`, address: host, ssh: { ...rest, user, port } }
}

/**
 * Options of the command line do not reach the ssh that goes to the jump host, and `ProxyCommand` is
 * a shell's text: a configuration file has neither fault. The admin's own ones follow in it.
 */
function jumpConfig(jump: SshJump, peer: SshPeer, state: LocalState, clusterFile: string): string {
  const { key } = peer.ssh
  const lines = [
    `Host ${jumpAlias}`,
    ...[
      ['HostName', jump.host],
      ['User', jump.user],
      ['Port', String(jump.port)],
      ...(key ? [['IdentityFile', quoted(keyPath(key, clusterFile))]] : []),
      ...hostKeyOptions(state),
      ['ConnectTimeout', '10'],
      ['ProxyJump', 'none'],
      ['ControlPath', 'none'],
    ].map((words) => `  ${words.join(' ')}`),
    'Match all',
    'Include ~/.ssh/config',
    'Include /etc/ssh/ssh_config',
    '',
  ].join('\n')
  const file = join(state.sockets, `${short(lines)}.conf`)
  writeFileSync(file, lines, { mode: 0o600 })
  return file
}
