import { existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { exitCodes, formatError, KubestrapError } from '../../lib/errors.ts'
import type { PhaseResult } from '../../lib/events.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { proxyEnvironment } from '../../lib/render/proxy.ts'
import { languageFor } from '../../lib/texts/language.ts'
import { speak, told } from '../../lib/texts/told.ts'
import { secretFolder } from '../steps/secret-file.ts'
import { type Arguments, parseArguments } from './arguments.ts'
import { plan } from './converge.ts'
import { explain } from './explain.ts'
import { help } from './help.ts'
import { inputByHand, readStdin } from './input.ts'
import { lessonOf } from './lesson.ts'
import { lessonInput } from './lesson-input.ts'
import { plainLines, planLines } from './lines.ts'
import { thisMachine } from './machine.ts'
import { perform } from './perform.ts'
import { contextOf, type PhaseScript } from './phase-script.ts'
import { executeRun, follow, go, type StartRequest, start, underLock } from './runs.ts'

declare const __VERSION__: string

/** The entry of every node script: reads what is wanted from the command line and does it. */
export async function script(phase: PhaseScript): Promise<void> {
  try {
    process.exitCode = await run(phase, process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${formatError(error)}\n`)
    process.exitCode = error instanceof KubestrapError ? error.exitCode : 1
  }
}

async function run(phase: PhaseScript, argv: readonly string[]): Promise<number> {
  const args = parseArguments(argv)
  speak(languageFor(args.lang, process.env))
  if (args.help) return print(help(phase))
  if (args.version) return print(`kubestrap ${__VERSION__}`)
  if (args.source) return print(ownSource(phase.name))
  if (args.explain && args.json) return print(JSON.stringify(await lessonOf(phase, args)))
  if (args.explain) return print(await explain(phase, await lessonInput(phase.name, args)))
  const [verb, run = '', index = ''] = args.words
  switch (verb) {
    case 'start':
      return startAndFollow()
    case 'follow':
      return followOnly(run, args.from)
    case 'go':
      await go(run, index)
      return exitCodes.ok
    case 'execute':
      return exitOf(await executeRun(phase, run))
    case 'query':
      return answerQuery(phase)
    default:
      return byHand(phase, verb ? { ...args, options: { ...args.options, verb } } : args, argv)
  }
}

const bundle = () => process.argv[1] ?? ''
const jsonLine = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)

function print(text: string): number {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return exitCodes.ok
}

async function startAndFollow(): Promise<number> {
  const request = JSON.parse(await readStdin()) as StartRequest
  await start(request, bundle())
  return followOnly(request.run, 0)
}

/** How often an empty line tells the orchestrator that the connection lives, in milliseconds. */
const signOfLife = 5_000

async function followOnly(run: string, from: number): Promise<number> {
  const alive = setInterval(() => process.stdout.write('\n'), signOfLife)
  try {
    await follow(run, from, jsonLine)
  } finally {
    clearInterval(alive)
  }
  return exitCodes.ok
}

/** For what only looks: answers at once, here, without a unit. */
async function answerQuery(phase: PhaseScript): Promise<number> {
  // Where the bundle is not on the node yet it comes on standard input, the request within it.
  const given = (globalThis as { kubestrapRequest?: StartRequest }).kubestrapRequest
  const { run, input } = given ?? (JSON.parse(await readStdin()) as StartRequest)
  const result = await perform(phase, { run, input }, () => undefined)
  jsonLine({ result })
  return exitCodes.ok
}

async function byHand(
  phase: PhaseScript,
  args: Arguments,
  argv: readonly string[],
): Promise<number> {
  if (process.getuid?.() !== 0) throw notRoot(phase.name)
  const looksOnly = phase.name === 'inspect' || args.dryRun
  // The same command again, under the node's lock; it reads standard input itself.
  if (!looksOnly && !process.env.KUBESTRAP_LOCKED) return underLock(bundle(), argv)
  if (args.out !== undefined && existsSync(args.out)) throw outExists(args.out)
  const input = await inputByHand(args)
  if (args.dryRun) return showPlan(phase, input, args.json)
  if (!looksOnly) await rm(secretFolder, { recursive: true, force: true })
  const asEvents = args.json && phase.name !== 'inspect'
  const emit = asEvents ? jsonLine : plainLines((line) => process.stderr.write(`${line}\n`))
  const until = args.until === undefined ? {} : { until: stepTold(phase, input, args.until) }
  const result = await perform(phase, { run: `by-hand-${phase.name}`, input, ...until }, emit)
  deliver(result, args)
  if (result.outcome === 'done') {
    for (const line of phase.afterwards?.(contextOf(input)) ?? [])
      process.stderr.write(`${told(line)}\n`)
  }
  return exitOf(result)
}

/** --until takes a title in the language that lessons show it in, too. */
function stepTold(phase: PhaseScript, input: PhaseInput, title: string): string {
  const steps = phase.steps(contextOf(input))
  return steps.find((step) => told(step.title) === title)?.title ?? title
}

async function showPlan(phase: PhaseScript, input: PhaseInput, json: boolean): Promise<number> {
  const on = thisMachine(() => undefined, proxyEnvironment(input.cluster))
  const planned = await plan(phase.steps(contextOf(input)), on)
  return json ? print(JSON.stringify(planned)) : print(planLines(phase.name, planned).join('\n'))
}

/** What a phase gives goes to --out (root-only from its creation) or to standard output. */
function deliver({ gives, ...result }: PhaseResult, { out, json }: Arguments): void {
  if (json && gives === undefined) jsonLine({ result })
  if (gives === undefined) return
  const text = `${typeof gives === 'string' ? gives : JSON.stringify(gives, undefined, 2)}\n`
  if (out === undefined) process.stdout.write(text)
  else writeSync(openSync(out, 'wx', 0o600), text)
}

function exitOf({ error }: PhaseResult): number {
  return error ? exitCodes[error.exit] : exitCodes.ok
}

/** Said before the phase: credentials that could not be written would be lost. */
function outExists(path: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-FILE-EXISTS',
    exit: 'usage',
    what: `${path} is already there, and is not overwritten`,
    unchanged: 'nothing was done',
    remedy: 'give another --out, or remove the file',
  })
}

function notRoot(name: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-NOT-ROOT',
    exit: 'login',
    what: 'this looks into what only root may read, so it needs root',
    unchanged: 'nothing was done',
    remedy: `sudo sh ${name}.mjs ...   (--dry-run shows what it would do; --explain needs no root)`,
  })
}

/** The phase's own file out of the bundle: what a student wants to read. */
function ownSource(name: string): string {
  const lines = readFileSync(bundle(), 'utf8').split('\n')
  const from = lines.indexOf(`// node-scripts/${name}.ts`)
  const length = lines
    .slice(from + 1)
    .findIndex((line) => /^\/\/ (lib|node-scripts|node_modules|entry)/.test(line))
  return lines.slice(from, length < 0 ? undefined : from + 1 + length).join('\n')
}
