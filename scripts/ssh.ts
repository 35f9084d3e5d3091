import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { $ } from 'zx'
import type { ClusterNode } from '../lib/cluster.ts'
import { lastLines, lineReader } from '../lib/text.ts'
import type { LocalState } from './local-state.ts'
import { type SshProblem, sshProblem } from './ssh-problems.ts'

/**
 * System ssh, one ControlMaster connection a node: configuration, agent, jump hosts and hardware
 * keys of the admin keep working. Every remote command is a constant; data goes to standard input.
 */
export interface Connections {
  /** Opens the connection. @returns what is in the way, or undefined */
  readonly open: (node: ClusterNode) => Promise<SshProblem | undefined>
  readonly exec: (
    node: ClusterNode,
    command: RemoteCommand,
    options?: ExecOptions,
  ) => Promise<ExecResult>
  /** A command that goes on while both sides talk. */
  readonly talk: (node: ClusterNode, command: RemoteCommand, onLine: (line: string) => void) => Talk
  /** Host key lines of a node, fetched without logging in; undefined when nothing answered. */
  readonly scanHostKeys: (node: ClusterNode) => Promise<string | SshProblem>
  readonly close: () => Promise<void>
}

/** A remote command: constant text, but for hash and phase name, which are ours. */
export type RemoteCommand = string & { readonly constant: unique symbol }
export const remote = (text: string): RemoteCommand => text as RemoteCommand

export interface ExecOptions {
  readonly stdin?: string | Buffer
  readonly onLine?: (line: string) => void
  /** Milliseconds after which nothing more is waited for; 2 minutes unless told. */
  readonly limit?: number
  /**
   * For phases, which may take long, in place of `limit`: milliseconds without a line after which
   * the connection counts as lost, until the first line and from then on.
   */
  readonly silence?: Silence
}

export interface Silence {
  readonly first: number
  readonly after: number
}

/** Both ends of a command that runs on. */
export interface Talk {
  readonly send: (text: string) => void
  /** Nothing more will be said from here; a few seconds later the connection is given up. */
  readonly end: () => void
  /** What stood on its standard error, when it has ended, however that came. */
  readonly ended: Promise<string>
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const maxOutput = 4 * 1024 * 1024
const execLimit = 120_000
/** ssh bounds the way to the node and its first words (ConnectTimeout), but not the login. */
const loginLimit = '45s'
/** Questions to our own master, on this computer. */
const masterLimit = '5s'
const endWithin = 5_000

export function connections(state: LocalState, clusterFile: string): Connections {
  const masters = new Set<ClusterNode>()
  const arguments_ = (node: ClusterNode) => sshArguments(node, state, clusterFile)

  return {
    async open(node) {
      // A second master beside a living one could not be ended any more.
      const check = $({ nothrow: true, quiet: true, stdio: 'ignore', timeout: masterLimit })
      if (masters.has(node)) {
        const alive = await check`ssh ${['-O', 'check', ...arguments_(node)]}`
        if (alive.exitCode === 0) return undefined
      }
      const log = join(state.sockets, `${node.name}.log`)
      rmSync(log, { force: true })
      // stdio must not be pipes: with -v in the admin's configuration ssh would hold them open.
      const quiet = $({ nothrow: true, quiet: true, stdio: 'ignore', timeout: loginLimit })
      const options = ['-E', log, '-o', 'ControlMaster=yes', '-o', 'ControlPersist=15m', '-N', '-f']
      const { exitCode } = await quiet`ssh ${[...options, ...arguments_(node)]}`
      if (exitCode === 0) {
        masters.add(node)
        return undefined
      }
      const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
      return sshProblem(node.name, text)
    },

    async exec(node, command, { stdin = '', onLine, limit = execLimit, silence } = {}) {
      const bounded = silence ? {} : { timeout: `${limit}ms` as const }
      const run = $({ nothrow: true, quiet: true, input: stdin, ...bounded })
      const running = run`ssh ${[...arguments_(node), command]}`
      const watch = silence && watchSilence(silence, () => void running.kill())
      // The other side may stop reading: its exit code and output tell why, not our EPIPE.
      running.stdin.on('error', () => undefined)
      // zx leaves it open when there is nothing to say: what reads it would wait for ever.
      if (stdin.length === 0) running.stdin.end()
      const reader = lineReader(onLine ?? (() => undefined))
      running.stdout.on('data', reader.push)
      if (watch) running.stdout.on('data', watch.heard)
      const { exitCode, stdout, stderr } = await running
      watch?.stop()
      reader.end()
      return { exitCode: exitCode ?? 255, stdout: stdout.slice(0, maxOutput), stderr }
    },

    talk(node, command, onLine) {
      const run = $({ nothrow: true, quiet: true, stdio: ['pipe', 'pipe', 'pipe'] })
      const running = run`ssh ${[...arguments_(node), command]}`
      running.stdin.on('error', () => undefined)
      const reader = lineReader(onLine)
      running.stdout.on('data', reader.push)
      return {
        send: (text) => void running.stdin.write(text),
        end() {
          running.stdin.end()
          const giveUp = setTimeout(() => void running.kill(), endWithin)
          void running.finally(() => clearTimeout(giveUp))
        },
        ended: running.then(({ stderr }) => stderr),
      }
    },

    scanHostKeys: (node) => scanHostKeys(node, state, arguments_(node)),

    async close() {
      const quiet = $({ nothrow: true, quiet: true, stdio: 'ignore', timeout: masterLimit })
      await Promise.all([...masters].map((n) => quiet`ssh ${['-O', 'exit', ...arguments_(n)]}`))
      rmSync(state.sockets, { recursive: true, force: true })
    },
  }
}

/** A connection that hangs looks like a phase that takes long, but for its signs of life. */
function watchSilence({ first, after }: Silence, tooLong: () => void) {
  let timer = setTimeout(tooLong, first)
  return {
    heard() {
      clearTimeout(timer)
      timer = setTimeout(tooLong, after)
    },
    stop: () => clearTimeout(timer),
  }
}

function sshArguments(node: ClusterNode, state: LocalState, clusterFile: string): string[] {
  const options = [
    `ControlPath=${state.sockets}/%C`,
    `UserKnownHostsFile=${quoted(state.knownHosts)} ${quoted(state.knownClones)}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ForwardAgent=no',
    'RequestTTY=no',
    'LogLevel=ERROR',
  ]
  const { user, port, key } = node.ssh
  return [
    ...options.flatMap((option) => ['-o', option]),
    ...(key ? ['-i', keyPath(key, clusterFile), '-o', 'IdentitiesOnly=yes'] : []),
    '-p',
    String(port),
    '-l',
    user,
    '--',
    node.address,
  ]
}

// ssh splits this option at spaces unless it is quoted (man ssh_config).
const quoted = (path: string) => `"${path}"`

export function keyPath(key: string, clusterFile: string): string {
  if (key.startsWith('~/')) return join(process.env.HOME ?? '/', key.slice(2))
  return isAbsolute(key) ? key : resolve(dirname(clusterFile), key)
}

/**
 * Asks for the host keys the way a login would, jump hosts included, but without logging in: the
 * keys land in a file of their own, where nobody trusts them yet.
 */
async function scanHostKeys(node: ClusterNode, state: LocalState, base: readonly string[]) {
  const file = join(state.sockets, `${node.name}.keys`)
  const override = [
    ...['-o', `UserKnownHostsFile=${quoted(file)}`, '-o', 'StrictHostKeyChecking=accept-new'],
    ...['-o', 'HashKnownHosts=no', '-o', 'PreferredAuthentications=none', '-o', 'ControlPath=none'],
  ]
  // For ssh the first value of an option counts: ours come first.
  const ask = $({ nothrow: true, quiet: true, timeout: loginLimit })
  const { stderr } = await ask`ssh ${[...override, ...base, 'true']}`
  const keys = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return keys.trim() !== '' ? keys : sshProblem(node.name, lastLines(stderr).join('\n'))
}
