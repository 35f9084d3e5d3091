import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx/core'
import type { ClusterNode } from '../lib/cluster.ts'
import { boundedText, lastLines } from '../lib/text.ts'
import { asRoot, opening, probeAnswer, type RemoteCommand, rootProbe } from './as-root.ts'
import type { LocalState } from './local-state.ts'
import { type SshPeer, sshArguments } from './ssh-arguments.ts'
import { type SshProblem, shellProblem, sshProblem } from './ssh-problems.ts'
import { type SudoPassword, wrongPassword } from './sudo-password.ts'

export { type RemoteCommand, remote } from './as-root.ts'

/**
 * System ssh, one ControlMaster connection a node: configuration, agent, jump hosts and hardware
 * keys of the admin keep working. Every remote command is a constant; data goes to standard input.
 */
export interface Connections {
  /** Opens the connection, up to a root shell. @returns what is in the way, or undefined */
  readonly open: (node: ClusterNode) => Promise<SshProblem | undefined>
  readonly exec: (
    node: ClusterNode,
    command: RemoteCommand,
    options?: ExecOptions,
  ) => Promise<ExecResult>
  /** A command that goes on while both sides talk. */
  readonly talk: (node: ClusterNode, command: RemoteCommand, onLine: (line: string) => void) => Talk
  /** Host key lines of a machine, fetched without logging in, or why there are none. */
  readonly scanHostKeys: (peer: SshPeer) => Promise<string | SshProblem>
  readonly close: () => Promise<void>
}

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
  /** 255 also when the command was killed: see `lost`. */
  readonly exitCode: number
  /** What came after the login shell's own words; its first 4 MiB. */
  readonly stdout: string
  /** Its last 64 KiB; what the login shell said where the command was not begun. */
  readonly stderr: string
  /** The connection itself is gone: ssh's own 255, and not one of the command. */
  readonly lost?: boolean
}

const maxOutput = 4 * 1024 * 1024
const maxErrors = 64 * 1024
const execLimit = 120_000
/** ssh bounds the way to the node and its first words (ConnectTimeout), but not the login. */
const loginLimit = 45_000
/** Questions to our own master, on this computer. */
const masterLimit = 5_000
const endWithin = 5_000

export function connections(
  state: LocalState,
  clusterFile: string,
  sudo: SudoPassword,
): Connections {
  const masters = new Set<ClusterNode>()
  /** Where root was reached. */
  const rooted = new Set<ClusterNode>()
  // Made once a machine: with a jump host a file belongs to them.
  const known = new Map<SshPeer, readonly string[]>()
  const arguments_ = (peer: SshPeer): readonly string[] => {
    const made = known.get(peer) ?? sshArguments(peer, state, clusterFile)
    known.set(peer, made)
    return made
  }
  const tellMaster = (node: ClusterNode, order: 'check' | 'exit') => {
    const child = spawnSsh(['-O', order, ...arguments_(node)])
    return within(masterLimit, child, collected(child))
  }
  const isAlive = async (node: ClusterNode) => (await tellMaster(node, 'check')).exitCode === 0
  const begin = (node: ClusterNode, command: RemoteCommand, onLine: (line: string) => void) =>
    beginAsRoot(arguments_(node), command, sudo.of(node), onLine)
  const explained = (problem: SshProblem, { address, ssh }: ClusterNode): SshProblem => {
    const host = ssh.port === 22 ? address : `'[${address}]:${ssh.port}'`
    const remedy = problem.remedy
      .replace('ADDRESS', host)
      .replace('KNOWN_HOSTS', () => `'${state.knownHosts}'`)
    return { ...problem, remedy }
  }
  /** Tries the password once; on other nodes only when it was right on the first. */
  const unlock = async (node: ClusterNode): Promise<SshProblem | undefined> =>
    sudo.unlock(node, async (password) => {
      const child = spawnSsh([...arguments_(node), rootProbe(true)])
      child.stdin?.end(`${password}\n`)
      const { stdout, stderr } = await within(loginLimit, child, collected(child))
      if (stdout.includes(probeAnswer)) {
        rooted.add(node)
        return undefined
      }
      return wrongPassword(node.name, stderr) ?? shellProblem(node.name, `${stdout}\n${stderr}`)
    })

  return {
    async open(node) {
      // A second master beside a living one could not be ended any more.
      if (rooted.has(node) && (await isAlive(node))) return undefined
      rooted.delete(node)
      const answer = await openMaster(arguments_(node), join(state.sockets, node.name))
      if (answer.exitCode !== 255) masters.add(node)
      if (answer.stdout.includes(probeAnswer)) {
        rooted.add(node)
        return undefined
      }
      const problem =
        answer.exitCode === 255
          ? await notConnected(node, answer.stderr, arguments_(node))
          : shellProblem(node.name, `${answer.stdout}\n${answer.stderr}`)
      if (problem.id === 'KS-SUDO-PASSWORD') return unlock(node)
      return explained(problem, node)
    },

    async exec(node, command, { stdin = '', onLine, limit = execLimit, silence } = {}) {
      const kept = boundedText(maxOutput)
      let tooLong = false
      const giveUp = () => {
        tooLong = true
        stop(begun.child)
      }
      const watch = watchSilence(silence ?? { first: limit }, giveUp)
      const begun = begin(node, command, (line) => {
        watch.heard()
        kept.add(`${line}\n`)
        onLine?.(line)
      })
      begun.whenRoot(() => begun.child.stdin?.end(stdin))
      const { exitCode, stderr } = await begun.ended
      watch.stop()
      const lost = exitCode === 255 && (tooLong || !(await isAlive(node)))
      return { exitCode, stdout: kept.read(), stderr, ...(lost ? { lost } : {}) }
    },

    talk(node, command, onLine) {
      const { child, whenRoot, ended } = begin(node, command, onLine)
      return {
        send: (text) => whenRoot(() => void child.stdin?.write(text)),
        end() {
          whenRoot(() => void child.stdin?.end())
          const giveUp = setTimeout(() => stop(child), endWithin)
          void ended.finally(() => clearTimeout(giveUp))
        },
        ended: ended.then(({ stderr }) => stderr),
      }
    },

    scanHostKeys: (peer) => scanHostKeys(peer, state, arguments_(peer)),

    async close() {
      await Promise.all([...masters].map((node) => tellMaster(node, 'exit')))
      rmSync(state.sockets, { recursive: true, force: true })
    },
  }
}

/** A connection that hangs looks like a phase that takes long, but for its signs of life. */
function watchSilence({ first, after }: Partial<Silence> & { first: number }, tooLong: () => void) {
  let timer = setTimeout(tooLong, first)
  return {
    heard() {
      if (after === undefined) return
      clearTimeout(timer)
      timer = setTimeout(tooLong, after)
    },
    stop: () => clearTimeout(timer),
  }
}

/** A process group of its own: Ctrl-C on the terminal is the orchestrator's to answer. */
function spawnSsh(args: readonly string[]): ChildProcess {
  const child = spawn('ssh', args, { stdio: 'pipe', detached: true })
  // The other side may stop reading: its exit code and output tell why, not our EPIPE.
  child.stdin?.on('error', () => undefined)
  return child
}

/** Waits for its end. Output is bounded: a node may print without end. */
function collected(child: ChildProcess, onChunk?: (chunk: Buffer) => void) {
  const stdout = boundedText(maxErrors)
  let stderr = ''
  child.stdout?.on('data', onChunk ?? ((chunk: Buffer) => stdout.add(String(chunk))))
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + String(chunk)).slice(-maxErrors)
  })
  return new Promise<ExecResult>((resolve) => {
    child.on('error', (error) => resolve({ exitCode: 255, stdout: '', stderr: error.message }))
    child.on('close', (code) => resolve({ exitCode: code ?? 255, stdout: stdout.read(), stderr }))
  })
}

/** Ends it and waits for nobody: the master, which holds its pipes as well, may keep them open. */
function stop(child: ChildProcess): void {
  child.kill()
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** Ends a child that takes longer, in milliseconds. */
async function within<T>(limit: number, child: ChildProcess, ended: Promise<T>): Promise<T> {
  const timer = setTimeout(() => stop(child), limit)
  return ended.finally(() => clearTimeout(timer))
}

/** Starts a command; with a password nothing but that is sent until root answers. */
function beginAsRoot(
  args: readonly string[],
  command: RemoteCommand,
  password: string | undefined,
  onLine: (line: string) => void,
) {
  const child = spawnSsh([...args, asRoot(command, password !== undefined)])
  const opened = opening(onLine)
  const ended = collected(child, opened.push).then(({ exitCode, stderr }) => {
    opened.end()
    // Not begun: the login shell said why, if anybody did.
    const said = opened.begun() ? stderr : [opened.greeting(), stderr].join('\n').trim()
    return { exitCode, stderr: said }
  })
  const ready = password === undefined ? undefined : opened.root
  const whenRoot = (send: () => void) => {
    if (ready) void ready.then((isRoot) => isRoot && send())
    else send()
  }
  if (password !== undefined) child.stdin?.write(`${password}\n`)
  whenRoot(() => child.stdin?.write(`${opened.mark}\n`))
  return { child, ended, whenRoot }
}

/**
 * The connection that the others go through, and the question for root in one. It stays when its
 * command has ended (ControlPersist), so its output must not be a pipe: it would never be closed.
 */
async function openMaster(args: readonly string[], files: string): Promise<ExecResult> {
  const [log, out] = [`${files}.log`, `${files}.out`]
  rmSync(log, { force: true })
  const file = openSync(out, 'w', 0o600)
  const persist = ['-E', log, '-o', 'ControlMaster=yes', '-o', 'ControlPersist=15m']
  const child = spawn('ssh', [...persist, ...args, rootProbe(false)], {
    stdio: ['ignore', file, file],
    detached: true,
  })
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(255))
    child.on('close', (code) => resolve(code ?? 255))
  })
  // A login shell that prints without end must not fill the folder, which is in memory.
  const watch = setInterval(() => {
    if (fstatSync(file).size > maxOutput) stop(child)
  }, 100)
  const exitCode = await within(loginLimit, child, ended)
  clearInterval(watch)
  closeSync(file)
  const said = beginningOf(out)
  return { exitCode, stdout: said, stderr: `${said}\n${beginningOf(log)}` }
}

/** Of a file that may be large, or not there. */
function beginningOf(path: string): string {
  if (!existsSync(path)) return ''
  const file = openSync(path, 'r')
  const bytes = Buffer.alloc(maxErrors)
  const length = readSync(file, bytes, 0, maxErrors, 0)
  closeSync(file)
  return bytes.toString('utf8', 0, length)
}

/**
 * Why there is no connection. What the ssh to a jump host says is lost where a master shall stay: ssh
 * then gives it /dev/null for its errors. So it is asked again without.
 */
async function notConnected(
  { name, ssh: { jump } }: ClusterNode,
  said: string,
  args: readonly string[],
): Promise<SshProblem> {
  if (!jump) return sshProblem(name, said)
  const ask = $({ nothrow: true, quiet: true, timeout: loginLimit })
  const { stderr } = await ask`ssh ${['-o', 'ControlPath=none', ...args, 'true']}`
  const problem = sshProblem(name, stderr.trim() === '' ? said : stderr)
  const ofJump = stderr.includes(`@${jump.host}: Permission denied`)
  return ofJump ? { ...problem, what: `jump-host-${jump.host}: ${problem.what}` } : problem
}

/**
 * Asks for the host keys the way a login would, jump hosts included, but without logging in: the
 * keys land in a file of their own, where nobody trusts them yet.
 */
async function scanHostKeys(peer: SshPeer, state: LocalState, base: readonly string[]) {
  const file = join(state.sockets, `${peer.name}.keys`)
  const override = [
    ...['-o', `UserKnownHostsFile="${file}"`, '-o', 'StrictHostKeyChecking=accept-new'],
    ...['-o', 'HashKnownHosts=no', '-o', 'PreferredAuthentications=none', '-o', 'ControlPath=none'],
  ]
  // For ssh the first value of an option counts: ours come first.
  const ask = $({ nothrow: true, quiet: true, timeout: loginLimit })
  const { stderr } = await ask`ssh ${[...override, ...base, 'true']}`
  const keys = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return keys.trim() !== '' ? keys : sshProblem(peer.name, lastLines(stderr).join('\n'))
}
