import type { StdioOptions } from 'node:child_process'
import { $, type ProcessPromise } from 'zx/core'
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

interface Started {
  readonly running: ProcessPromise
  /** Whether it was stopped because its time was over; its exit code may not tell. */
  readonly isLate: () => boolean
}

/** Variables beyond those that every command gets: the proxy of the cluster file. */
export type Variables = Readonly<Record<string, string>>

function start(command: Command, variables: Variables): Started {
  const options = {
    nothrow: true,
    quiet: true,
    env: { ...environment, ...variables },
    ...(!command.stdin // zx would leave an empty one open
      ? { stdio: ['ignore', 'pipe', 'pipe'] as StdioOptions }
      : { input: command.stdin }),
  }
  // zx quotes each word of the array; nothing of it is parsed as shell.
  const running = $(options)`${command.argv}`
  return { running, isLate: stopAfter(running, command.timeout ?? defaultTimeout) }
}

/** Asks with SIGTERM when the time is over, and ends what does not listen. */
function stopAfter(running: ProcessPromise, limit: number): () => boolean {
  let late = false
  const stop = (signal: 'SIGTERM' | 'SIGKILL') => {
    late = true
    running.kill(signal).catch(() => undefined)
  }
  const timers = [
    setTimeout(() => stop('SIGTERM'), limit),
    setTimeout(() => stop('SIGKILL'), limit + grace),
  ]
  const done = () => timers.forEach(clearTimeout)
  running.then(done, done)
  return () => late
}

/** Runs a read-only command; its exit code is an answer, not an error. */
export async function query(command: Command, variables: Variables = {}): Promise<Output> {
  const { running } = start({ timeout: 60_000, ...command }, variables)
  const { exitCode, stdout, stderr } = await running
  return { exitCode: exitCode ?? 1, stdout: stdout.slice(0, maxOutput), stderr }
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
  const { running, isLate } = start(command, variables)
  let told = 0
  const tell = (line: string) => {
    if (line.trim() === '') return
    told += 1
    if (told <= maxOutputEvents) emit({ kind: 'output', line: plainLine(line) })
  }
  const readers = [lineReader(tell), lineReader(tell)] as const
  running.stdout.on('data', readers[0].push)
  running.stderr.on('data', readers[1].push)
  const { exitCode, signal, stdout, stderr } = await running
  for (const reader of readers) reader.end()
  if (exitCode !== 0 || signal || isLate()) {
    throw commandFailed(command, { exitCode, signal, text: `${stdout}\n${stderr}`, late: isLate() })
  }
  return { exitCode: 0, stdout: stdout.slice(0, maxOutput), stderr }
}

interface Failure {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly text: string
  readonly late: boolean
}

function commandFailed(
  command: Command,
  { exitCode, signal, text, late }: Failure,
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
    lines: lastLines(text),
  })
}
