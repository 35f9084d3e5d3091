import { spawnSync } from 'node:child_process'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import type { PhaseEvent, PhaseEventBody, PhaseResult } from '../../lib/events.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { lastLines } from '../../lib/text.ts'
import { secretFolder } from '../steps/secret-file.ts'
import { query } from './commands.ts'
import { fileState, namesIn, readText, writeWhole } from './files.ts'
import { letGo, untilLetGo } from './pause.ts'
import { perform } from './perform.ts'
import type { PhaseScript } from './phase-script.ts'

/**
 * A run of a phase outlives whoever started it: it is a transient systemd unit of its own, its
 * events go to a file, its result is written last. `start` begins one, `follow` reads along, as
 * often and from wherever one likes.
 */
const runsFolder = '/run/kubestrap/runs'
const lockFile = '/run/kubestrap/lock'
const hints = '/var/lib/kubestrap/results'
const keptRuns = 12
/** Milliseconds between two looks at the events: two questions to a file system in memory. */
const pollEvery = 50
/** So many looks lie between two questions to systemd whether the unit lives: 2 s. */
const looksAUnit = 40
/** Characters of events after which output of commands is left out. */
const mostEvents = 32 * 1024 * 1024

/** What `start` reads from standard input. */
export interface StartRequest {
  readonly run: string
  readonly input: PhaseInput
  readonly until?: string
}

/** One line on standard output of `start` and `follow`. */
export type FollowLine = { readonly event: PhaseEvent } | { readonly result: PhaseResult }

const runForm = /^[a-z][a-z0-9-]{7,80}$/
export const unitOf = (run: string): string => `kubestrap-run-${run}.service`
const folderOf = (run: string) => `${runsFolder}/${run}`

export function checkedRun(run: unknown): string {
  if (typeof run === 'string' && runForm.test(run)) return run
  throw new KubestrapError({
    id: 'KS-RUN-ID',
    exit: 'usage',
    what: 'that is no id of a run',
    remedy: 'this verb is for the orchestrator; by hand leave it out',
  })
}

/** Begins a run as a unit of its own and returns when systemd has started it. */
export async function start(request: StartRequest, bundle: string): Promise<void> {
  const run = checkedRun(request.run)
  const folder = folderOf(run)
  // Asked twice when the connection broke before the first answer: the run is begun once.
  if ((await readText(`${folder}/result.json`)) !== undefined || (await isRunning(run))) return
  await forgetOldRuns()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeWhole(`${folder}/input.json`, JSON.stringify(request), 0o600)
  // systemd would create it readable for all: its output may hold what nobody else should read.
  closeSync(openSync(`${folder}/output`, 'a', 0o600))
  const { exitCode, stderr } = await query({ argv: unitCommand(run, folder, bundle) })
  // A second start of the same run, at the same time, finds the unit of the first.
  if (exitCode === 0 || (await isRunning(run))) return
  // systemd says "not found" of a unit whose file it had no room for.
  const reason = (await isFull('/run')) ? ['No space left on device: /run'] : []
  await rm(`${folder}/input.json`, { force: true })
  throw new KubestrapError({
    id: 'KS-UNIT',
    exit: 'phaseFailed',
    what: 'systemd did not start the phase',
    lines: [...lastLines(stderr), ...reason],
    unchanged: 'the phase was not begun',
  })
}

/** A phase that failed has said so in its result: its unit needs not stay behind as failed, too. */
const saidInResult = Object.values(exitCodes).filter(
  (code) => code > 1 && code !== exitCodes.locked,
)

function unitCommand(run: string, folder: string, bundle: string): readonly string[] {
  const properties = [
    'Type=exec',
    'StandardInput=null',
    `StandardOutput=append:${folder}/output`,
    `StandardError=append:${folder}/output`,
    'KillMode=control-group',
    'TimeoutStopSec=20s',
    'UMask=0022',
    `SuccessExitStatus=${saidInResult.join(' ')}`,
  ]
  const environment = [
    'HOME=/root',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'LC_ALL=C.UTF-8',
  ]
  const flock = ['flock', '--nonblock', '--conflict-exit-code', '14', lockFile]
  return [
    'systemd-run',
    '--quiet',
    `--unit=${unitOf(run)}`,
    `--description=kubestrap ${run}`,
    ...properties.map((property) => `--property=${property}`),
    ...environment.map((value) => `--setenv=${value}`),
    '--',
    ...flock,
    process.execPath,
    bundle,
    'execute',
    run,
  ]
}

/** The unit's own part: does the phase, appends events, writes the result last. */
export async function executeRun(phase: PhaseScript, run: string): Promise<PhaseResult> {
  const folder = folderOf(checkedRun(run))
  const path = `${folder}/input.json`
  const request = JSON.parse(await readFile(path, 'utf8')) as StartRequest
  await rm(path) // it may hold join credentials
  let seq = 0
  const events = openSync(`${folder}/events.jsonl`, 'a', 0o600)
  let written = 0
  const emit = (body: PhaseEventBody) => {
    // The folder is in memory: a command that prints without end must not fill it.
    if (body.kind === 'output' && written > mostEvents) return
    const line = `${JSON.stringify({ run, seq, at: new Date().toISOString(), ...body })}\n`
    seq += 1
    written += line.length
    appendFileSync(events, line)
  }
  await rm(secretFolder, { recursive: true, force: true }) // what a killed phase may have left
  const pause = request.input.pause && ((index: number) => untilLetGo(folder, index))
  const result = await perform(phase, { ...request, pause }, emit)
  await writeWhole(`${folder}/result.json`, JSON.stringify(result), 0o600)
  await leaveHint(result)
  return result
}

/** Lets a step of a run that pauses be done. */
export const go = (run: string, index: string): Promise<void> =>
  letGo(folderOf(checkedRun(run)), Number(/^[0-9]{1,4}$/.exec(index)?.[0] ?? -1))

/** What happened last, for a person who looks; not where `reset --purge` has removed everything. */
async function leaveHint({ gives: _, ...hint }: PhaseResult): Promise<void> {
  if ((await fileState(dirname(hints))) === undefined) return
  const text = `${JSON.stringify({ ...hint, at: new Date() })}\n`
  await writeWhole(`${hints}/${hint.phase}.json`, text, 0o600)
}

/** Prints events from number `from`, then the result. Ends when the run has. */
export async function follow(
  run: string,
  from: number,
  print: (line: FollowLine) => void,
): Promise<void> {
  const folder = folderOf(checkedRun(run))
  let offset = 0
  let silentUnit = 0
  for (let polls = 0; ; polls += 1) {
    const resultText = await readText(`${folder}/result.json`)
    offset = await printEvents(`${folder}/events.jsonl`, offset, from, print)
    if (resultText !== undefined) return deliver(folder, JSON.parse(resultText), print)
    if (polls % looksAUnit === looksAUnit - 1)
      silentUnit = (await hasEnded(run)) ? silentUnit + 1 : 0
    if (silentUnit >= 2) return print({ result: await died(run, folder) })
    await sleep(pollEvery)
  }
}

/** A result that holds secrets is given once; the file keeps the rest. */
async function deliver(folder: string, result: PhaseResult, print: (line: FollowLine) => void) {
  print({ result })
  const { gives, ...rest } = result
  if (gives !== undefined) await writeWhole(`${folder}/result.json`, JSON.stringify(rest), 0o600)
}

async function printEvents(
  path: string,
  offset: number,
  from: number,
  print: (line: FollowLine) => void,
): Promise<number> {
  const size = await stat(path).then(
    (s) => s.size,
    () => 0,
  )
  if (size <= offset) return offset
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - offset),
      0,
      size - offset,
      offset,
    )
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    for (const line of buffer.subarray(0, whole).toString('utf8').split('\n')) {
      if (line === '') continue
      const event = JSON.parse(line) as PhaseEvent
      if (event.seq >= from) print({ event })
    }
    return offset + whole
  } finally {
    await file.close()
  }
}

async function activity(run: string): Promise<string> {
  const { stdout } = await query({ argv: ['systemctl', 'is-active', '--', unitOf(run)] })
  return stdout.trim()
}

const isRunning = async (run: string): Promise<boolean> =>
  ['active', 'activating', 'deactivating'].includes(await activity(run))

/** No answer is none: systemd may be executing itself anew, in an update of the system. */
const hasEnded = async (run: string): Promise<boolean> =>
  ['inactive', 'failed', 'unknown'].includes(await activity(run))

/** A run that ended without a result: killed, out of memory, or the node restarted. */
async function died(run: string, folder: string): Promise<PhaseResult> {
  const shown = await query({
    argv: ['systemctl', 'show', '--property=Result,ExecMainStatus', '--', unitOf(run)],
  })
  await query({ argv: ['systemctl', 'reset-failed', '--', unitOf(run)] })
  const output = (await readText(`${folder}/output`)) ?? ''
  const locked = /ExecMainStatus=14$/m.test(shown.stdout) && output === ''
  await rm(`${folder}/input.json`, { force: true })
  const phase = run.replace(/-[0-9a-f]+$/, '')
  const full = await isFull('/run')
  const error = locked
    ? ({
        id: 'KS-NODE-LOCKED',
        exit: 'locked',
        what: 'another phase holds the lock of this node',
        unchanged: 'this phase was not begun',
        remedy: `see which: systemctl list-units 'kubestrap-run-*'; lsof ${lockFile}`,
      } as const)
    : ({
        id: 'KS-PHASE-DIED',
        exit: 'phaseFailed',
        what: full
          ? 'the phase ended without a result: no space is left on /run of the node'
          : 'the phase ended without a result: it was killed, or the node restarted',
        lines: lastLines(`${output}\n${shown.stdout}`),
        remedy: full
          ? 'see what fills it (df -h /run; du -xk /run | sort -n | tail), then run the same command again'
          : 'run the same command again: it goes on from what the node is now',
      } as const)
  return { run, phase, outcome: 'failed', changed: [], steps: 0, error: { ...error, phase } }
}

/** What a phase tells is kept there, in memory: without room for it the phase cannot even say so. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < 64 * 1024
}

async function forgetOldRuns(): Promise<void> {
  const runs = await namesIn(runsFolder)
  const aged = await Promise.all(
    runs.map(async (name) => ({ name, at: (await stat(`${runsFolder}/${name}`)).mtimeMs })),
  )
  const old = aged.sort((a, b) => b.at - a.at).slice(keptRuns)
  for (const { name } of old) await rm(`${runsFolder}/${name}`, { recursive: true, force: true })
}

/**
 * By hand, too, only one phase runs on a node: starts this very command again under `flock`.
 *
 * @returns its exit code
 */
export async function underLock(bundle: string, args: readonly string[]): Promise<number> {
  await mkdir('/run/kubestrap', { recursive: true, mode: 0o700 })
  const flock = ['--nonblock', '--conflict-exit-code', '14', lockFile]
  const { status } = spawnSync('flock', [...flock, process.execPath, bundle, ...args], {
    stdio: 'inherit',
    env: { ...process.env, KUBESTRAP_LOCKED: '1' },
  })
  if (status === 14) {
    process.stderr.write(
      'error: another phase runs on this node; wait for it, or look: systemctl list-units "kubestrap-run-*"\n',
    )
  }
  return status ?? 1
}
