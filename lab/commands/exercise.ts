import { exitCodes } from '../../lib/errors.ts'
import { exercises } from '../exercises/all.ts'
import type { Exercise } from '../exercises/exercise.ts'
import type { Looked } from '../exercises/on-machines.ts'
import { levels, needsOf } from '../exercises/page.ts'
import { readRecord, writeRecord } from '../exercises/record.ts'
import {
  allOk,
  breakCluster,
  checkRepair,
  exerciseNamed,
  solve,
  undo,
  waitForRepair,
} from '../exercises/session.ts'
import { clock, type Report } from '../report.ts'
import { readState } from '../state.ts'
import { noSuchLab } from './machine.ts'

export type ExerciseWish = 'hint' | 'check' | 'solve' | 'undo'

export interface ExerciseOptions {
  readonly lab: string
  readonly name: string | undefined
  readonly wish: ExerciseWish | undefined
  /** What the student reads. */
  readonly print: (line: string) => void
  /** What goes on meanwhile. */
  readonly say: Report
  /** A person sits there and waits. */
  readonly terminal: boolean
}

/** Exercises on a living cluster: lists them, or does one thing with one of them. @returns the exit code */
export async function exercise(options: ExerciseOptions): Promise<number> {
  const { lab, name, wish, print } = options
  if (!readState(lab)) throw noSuchLab(lab)
  if (name === undefined) {
    for (const line of list(lab)) print(line)
    return exitCodes.ok
  }
  const one = exerciseNamed(name)
  if (wish === undefined) return begin(one, options)
  if (readRecord(lab).open?.name === one.name) return wishes[wish](one, options)
  // A solution done to a cluster that is whole would break it.
  print(`"${one.name}" is not open: nothing was done. Begin with: ${verb(lab)} ${one.name}`)
  return exitCodes.usage
}

type Act = (one: Exercise, options: ExerciseOptions) => Promise<number>

const begin: Act = async (one, { lab, print, say, terminal }) => {
  await breakCluster(lab, one, say)
  for (const line of told(lab, one)) print(line)
  if (!terminal) return exitCodes.ok
  return waitAtTerminal(one, { lab, print, say })
}

/** Looks again and again; Ctrl-C ends the looking only. */
async function waitAtTerminal(
  one: Exercise,
  { lab, print, say }: Pick<ExerciseOptions, 'lab' | 'print' | 'say'>,
): Promise<number> {
  const stopped = () => {
    print(`\nStill broken. Go on when you like: ${verb(lab)} ${one.name} --check`)
    process.exit(exitCodes.interrupted)
  }
  process.once('SIGINT', stopped)
  const began = Date.now()
  print('\nI look every few seconds. Work in another terminal; Ctrl-C leaves it broken.')
  const day = 86_400_000
  await waitForRepair(lab, one, quietly(say), day)
  process.off('SIGINT', stopped)
  for (const line of lesson(one, clock(Date.now() - began))) print(line)
  return exitCodes.ok
}

/** One line a minute is enough for who works elsewhere. */
function quietly(say: Report): Report {
  let next = Date.now() + 60_000
  return (line) => {
    if (Date.now() < next) return
    next = Date.now() + 60_000
    say(line.replace(/ of \S+$/, ''))
  }
}

const hint: Act = async ({ name, hints }, { lab, print }) => {
  const record = readRecord(lab)
  const { open } = record
  if (open?.name !== name) return exitCodes.usage
  const told = Math.min(open.hints + 1, hints.length)
  writeRecord(lab, { ...record, open: { ...open, hints: told } })
  for (const [index, text] of hints.slice(0, told).entries()) print(`${index + 1}. ${text}`)
  print(
    told < hints.length
      ? `(${hints.length - told} more)`
      : `(that was the last; the solution: ${verb(lab)} ${name} --solve)`,
  )
  return exitCodes.ok
}

const check: Act = async (one, { lab, print }) => {
  const looked = await checkRepair(lab, one)
  for (const line of looked.map(resultLine)) print(line)
  if (!allOk(looked)) {
    print('\nNot yet. After a repair some things take a minute: look again.')
    print(`A hint: ${verb(lab)} ${one.name} --hint`)
    return exitCodes.unhealthy
  }
  for (const line of lesson(one)) print(line)
  return exitCodes.ok
}

const solveIt: Act = async (one, { lab, print, say }) => {
  for (const { on, run } of one.solution) {
    print(`on ${on}, as root:`)
    for (const line of run.split('\n')) print(`  ${line}`)
  }
  if (!(await solve(lab, one, say))) {
    print(
      `The documented solution did not repair it: more may be broken. ${verb(lab)} ${one.name} --undo`,
    )
    return exitCodes.unhealthy
  }
  for (const line of lesson(one)) print(line)
  return exitCodes.ok
}

const undoIt: Act = async (one, { lab, print, say }) => {
  if (await undo(lab, one, say)) {
    print(`"${one.name}" is undone: the cluster is healthy.`)
    return exitCodes.ok
  }
  print('The cluster is not healthy. From nothing: npm run lab -- down, then npm start')
  return exitCodes.unhealthy
}

const wishes: Readonly<Record<ExerciseWish, Act>> = { hint, check, solve: solveIt, undo: undoIt }

const verb = (lab: string) => `npm run lab -- ${lab === 'lab' ? '' : `--name ${lab} `}exercise`

const resultLine = ({ says, ok }: Looked) => `${ok ? 'yes' : 'no '}  ${says}`

function list(lab: string): readonly string[] {
  const { solved, open } = readRecord(lab)
  const width = Math.max(...exercises.map(({ name }) => name.length))
  const rows = exercises.map((one) => {
    const state = open?.name === one.name ? 'open  ' : solved[one.name] ? 'solved' : '      '
    const needs = needsOf(one).map((need) => `, needs ${need}`)
    return `${state}  ${one.name.padEnd(width)}  ${one.title} (${levels[one.level]}, ${one.minutes} min${needs.join('')})`
  })
  const count = exercises.filter(({ name }) => solved[name]).length
  return [...rows, '', `${count} of ${exercises.length} solved. Begin: ${verb(lab)} NAME`]
}

function told(lab: string, { name, title, symptom, minutes }: Exercise): readonly string[] {
  const ssh = verb(lab).replace(/exercise$/, 'ssh')
  return [
    '',
    `${title}   (about ${minutes} minutes)`,
    '',
    symptom,
    '',
    `log in:    ${ssh} k-worker-1   then: sudo -i`,
    `kubectl:   ${verb(lab).replace(/exercise$/, 'kubectl')} get nodes`,
    '           or as root on a control plane: export KUBECONFIG=/etc/kubernetes/admin.conf',
    `a hint:    ${verb(lab)} ${name} --hint`,
    `repaired?  ${verb(lab)} ${name} --check`,
    `give up:   ${verb(lab)} ${name} --solve, or --undo`,
  ]
}

function lesson({ explanation, links }: Exercise, time?: string): readonly string[] {
  return [
    '',
    time === undefined ? 'Repaired. Well done.' : `Repaired in ${time}. Well done.`,
    '',
    explanation,
    '',
    ...links.map((link) => `  ${link}`),
  ]
}
