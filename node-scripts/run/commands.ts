import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { KubestrapError } from '../../lib/errors.ts'
import type { Emit } from '../../lib/events.ts'
import { lastLines, lineReader, plainLine } from '../../lib/text.ts'
import { type Command, shellText } from './command.ts'

export interface Output {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Ten minutes: longer than any healthy dnf transaction on a slow mirror. */
const defaultTimeout = 600_000
/** Between asking a command to end and ending it, milliseconds. */
const grace = 2_000
const maxOutput = 8 * 1024 * 1024
const maxOutputEvents = 5_000

// Explicit and small: what a step does must not depend on who started it.
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  // What kubectl remembers of the API stays out of root's home.
  KUBECACHEDIR: '/run/kubestrap/kubectl-cache',
}

interface Ended extends Output {
  readonly signal: NodeJS.Signals | null
  /** Whether it was stopped because its time was over; its exit code may not tell. */
  readonly late: boolean
}

/** Variables beyond those that every command gets: the proxy of the cluster file. */
export type Variables = Readonly<Record<string, string>>

/**
 * Starts a command without a shell and waits for its end. Exit codes are those that a shell tells:
 * 127 for a program that is not there, 126 for one that cannot be started, 128 and more for one that
 * was killed.
 */
function run(
  { argv: [program = '', ...words], stdin, timeout = defaultTimeout }: Command,
  variables: Variables,
  onOutput: readonly ((chunk: Buffer) => void)[] = [],
): Promise<Ended> {
  const child = spawn(program, words, {
    env: { ...environment, ...variables },
    stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own: what it started is stopped with it
  })
  // It may end without having read its input: its exit code tells more than our EPIPE.
  child.stdin?.on('error', () => undefined).end(stdin)
  const outputs = [child.stdout, child.stderr].map((stream, index) =>
    collected(stream as Readable, onOutput[index]),
  )
  const isLate = stopAfter(child, timeout)
  return new Promise((resolve) => {
    const ended = (exitCode: number, signal: NodeJS.Signals | null, problem = '') => {
      const [stdout = '', stderr = ''] = outputs.map((read) => read())
      resolve({ exitCode, signal, stdout, stderr: stderr + problem, late: isLate() })
    }
    child.on('error', ({ message, code }: NodeJS.ErrnoException) =>
      code === 'ENOENT'
        ? ended(127, null, `${program}: command not found\n`)
        : ended(126, null, `${message}\n`),
    )
    child.on('close', (code, signal) =>
      ended(code ?? 128 + (signal ? constants.signals[signal] : 0), signal),
    )
  })
}

function collected(stream: Readable, onChunk?: (chunk: Buffer) => void): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    onChunk?.(chunk)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

/** Asks with SIGTERM when the time is over, and ends what does not listen. */
function stopAfter(child: ChildProcess, limit: number): () => boolean {
  let late = false
  const stop = (signal: 'SIGTERM' | 'SIGKILL') => {
    late = true
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch {
      // it has just ended
    }
    // Somebody who left the group may hold our pipes: nobody is waited for any longer.
    if (signal === 'SIGKILL') for (const pipe of [child.stdout, child.stderr]) pipe?.destroy()
  }
  const timers = [
    setTimeout(() => stop('SIGTERM'), limit),
    setTimeout(() => stop('SIGKILL'), limit + grace),
  ]
  child.on('close', () => timers.forEach(clearTimeout))
  child.on('error', () => timers.forEach(clearTimeout))
  return () => late
}

/** Runs a read-only command; its exit code is an answer, not an error. */
export async function query(command: Command, variables: Variables = {}): Promise<Output> {
  const { exitCode, stdout, stderr } = await run({ timeout: 60_000, ...command }, variables)
  return { exitCode, stdout: stdout.slice(0, maxOutput), stderr }
}

/**
 * Runs a command that changes the machine, telling every line of its output.
 *
 * @throws KubestrapError KS-COMMAND with the last lines when it fails, KS-COMMAND-TIMEOUT when it
 *   takes too long
 */
export async function execute(
  command: Command,
  emit: Emit,
  variables: Variables = {},
): Promise<Output> {
  emit({ kind: 'command', text: shellText(command) })
  let told = 0
  const tell = (line: string) => {
    if (line.trim() === '') return
    told += 1
    if (told <= maxOutputEvents) emit({ kind: 'output', line: plainLine(line) })
  }
  const readers = [lineReader(tell), lineReader(tell)]
  const ended = await run(
    command,
    variables,
    readers.map(({ push }) => push),
  )
  for (const reader of readers) reader.end()
  if (ended.exitCode !== 0 || ended.late) throw commandFailed(command, ended)
  return { exitCode: 0, stdout: ended.stdout.slice(0, maxOutput), stderr: ended.stderr }
}

function commandFailed(
  command: Command,
  { exitCode, signal, stdout, stderr, late }: Ended,
): KubestrapError {
  const limit = command.timeout ?? defaultTimeout
  const how = late
    ? `took longer than ${Math.round(limit / 1000)} s and was stopped`
    : signal
      ? `was killed by ${signal}`
      : `failed with exit code ${exitCode}`
  return new KubestrapError({
    id: late ? 'KS-COMMAND-TIMEOUT' : 'KS-COMMAND',
    exit: late ? 'timeout' : 'phaseFailed',
    what: `\`${shellText(command).slice(0, 200)}\` ${how}`,
    lines: lastLines(`${stdout}\n${stderr}`),
  })
}
