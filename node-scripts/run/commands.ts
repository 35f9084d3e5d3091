import { $ } from 'zx/core'
import { KubestrapError } from '../../lib/errors.ts'
import type { Emit } from '../../lib/events.ts'
import { lastLines, plainLine } from '../../lib/text.ts'
import { type Command, shellText } from './step.ts'

export interface Output {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Ten minutes: longer than any healthy dnf transaction on a slow mirror. */
const defaultTimeout = 600_000
const maxOutput = 8 * 1024 * 1024
const maxOutputEvents = 5_000

// Explicit and small: what a step does must not depend on who started it.
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
}

function start(command: Command) {
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name))
  const options = {
    nothrow: true,
    quiet: true,
    env: { ...environment, ...Object.fromEntries(proxies) },
    input: command.stdin ?? '',
    timeout: `${command.timeout ?? defaultTimeout}ms` as const,
  }
  // zx quotes each word of the array; nothing of it is parsed as shell.
  return $(options)`${command.argv}`
}

/** Runs a read-only command; its exit code is an answer, not an error. */
export async function query(command: Command): Promise<Output> {
  const { exitCode, stdout, stderr } = await start({ timeout: 60_000, ...command })
  return { exitCode: exitCode ?? 1, stdout: stdout.slice(0, maxOutput), stderr }
}

/**
 * Runs a command that changes the machine, telling every line of its output.
 *
 * @throws KubestrapError KS-COMMAND with the last lines, when it fails or takes too long.
 */
export async function execute(command: Command, emit: Emit): Promise<Output> {
  emit({ kind: 'command', text: shellText(command) })
  const began = Date.now()
  const running = start(command)
  let told = 0
  const tell = lineReader((line) => {
    told += 1
    if (told <= maxOutputEvents) emit({ kind: 'output', line: plainLine(line) })
  })
  running.stdout.on('data', tell)
  running.stderr.on('data', tell)
  const { exitCode, signal, stdout, stderr } = await running
  if (exitCode !== 0 || signal) {
    throw commandFailed(command, { exitCode, signal, text: `${stdout}\n${stderr}`, began })
  }
  return { exitCode: 0, stdout: stdout.slice(0, maxOutput), stderr }
}

interface Failure {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly text: string
  readonly began: number
}

function commandFailed(command: Command, failure: Failure): KubestrapError {
  const limit = command.timeout ?? defaultTimeout
  const late = failure.signal !== null && Date.now() - failure.began >= limit
  const how = late
    ? `took longer than ${Math.round(limit / 1000)} s and was stopped`
    : failure.signal
      ? `was killed by ${failure.signal}`
      : `failed with exit code ${failure.exitCode}`
  return new KubestrapError({
    id: late ? 'KS-COMMAND-TIMEOUT' : 'KS-COMMAND',
    exit: late ? 'timeout' : 'phaseFailed',
    what: `\`${shellText(command).slice(0, 200)}\` ${how}`,
    lines: lastLines(failure.text),
  })
}

function lineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = (lines.pop() ?? '').slice(-64_000)
    for (const line of lines) if (line.trim() !== '') onLine(line)
  }
}
