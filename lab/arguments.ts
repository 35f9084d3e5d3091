import minimist from 'minimist'
import { KubestrapError } from '../lib/errors.ts'
import type { ExerciseWish } from './commands/exercise.ts'
import { type Counts, isLabName, refuseCounts } from './layout.ts'
import { refuseStack, type Stack, stackFlags, stackOf } from './stack.ts'

interface Verb {
  readonly name: string
  readonly takes: string
  readonly help: string
  readonly least: number
  /** Most words after the verb. */
  readonly most: number
  /** Everything after the verb belongs to another program, flags included. */
  readonly verbatim?: true
}

const any = Number.POSITIVE_INFINITY

export const verbs: readonly Verb[] = [
  {
    name: 'start',
    takes: '',
    help: 'everything: machines, then Kubernetes (what npm start does)',
    least: 0,
    most: 1,
  },
  {
    name: 'up',
    takes: '',
    help: 'raise the machines, write cluster.yaml; no Kubernetes',
    least: 0,
    most: 0,
  },
  {
    name: 'down',
    takes: '',
    help: 'take the lab away and put kernel settings back',
    least: 0,
    most: 0,
  },
  { name: 'status', takes: '', help: 'the machines and how they are', least: 0, most: 0 },
  {
    name: 'add',
    takes: 'NODE...',
    help: 'more machines, added to cluster.yaml (k-spare-N: not added)',
    least: 1,
    most: 29,
  },
  {
    name: 'ssh',
    takes: 'NODE [COMMAND...]',
    help: 'a shell or one command on a machine',
    least: 1,
    most: any,
    verbatim: true,
  },
  {
    name: 'kubectl',
    takes: 'ARGS...',
    help: 'kubectl on a living control plane',
    least: 0,
    most: any,
    verbatim: true,
  },
  {
    name: 'logs',
    takes: 'NODE [JOURNALCTL ARGS...]',
    help: 'the journal of a machine',
    least: 1,
    most: any,
    verbatim: true,
  },
  {
    name: 'exercise',
    takes: '[NAME]',
    help: 'break the cluster, find out why, repair it; alone: the list',
    least: 0,
    most: 1,
  },
  { name: 'kill', takes: 'NODE', help: 'power loss', least: 1, most: 1 },
  {
    name: 'start',
    takes: 'NODE',
    help: 'the power is back: start one stopped machine',
    least: 0,
    most: 1,
  },
  { name: 'restart', takes: 'NODE', help: 'an orderly reboot', least: 1, most: 1 },
  { name: 'cut', takes: 'NODE', help: 'pull the network cable', least: 1, most: 1 },
  { name: 'mend', takes: 'NODE', help: 'plug it in again', least: 1, most: 1 },
  {
    name: 'freeze',
    takes: 'NODE',
    help: 'stop all its processes where they are',
    least: 1,
    most: 1,
  },
  { name: 'thaw', takes: 'NODE', help: 'let them go on', least: 1, most: 1 },
]

/** What was asked for on the command line. */
export interface Asked {
  readonly verb: string
  readonly words: readonly string[]
  readonly lab: string
  readonly counts: Partial<Counts>
  readonly stack: Partial<Stack>
  readonly bare: boolean
  /** What is wanted of an exercise that is open; undefined: begin it. */
  readonly wish: ExerciseWish | undefined
  readonly help: boolean
}

const wishes: readonly ExerciseWish[] = ['hint', 'check', 'solve', 'undo']

const numbers = { 'control-planes': 'controlPlanes', workers: 'workers', spare: 'spare' } as const

/** Reads the command line. Throws KubestrapError "usage" with all that is wrong with it. */
export function parseArguments(argv: readonly string[]): Asked {
  const outer = flagsOf(argv, true)
  const [name, ...rest] = outer.words
  const verb = verbs.find((one) => one.name === name)
  const inner = verb?.verbatim ? { ...outer, words: rest, problems: [] } : flagsOf(rest, false)
  const flags = { ...outer.flags, ...inner.flags }
  const help = flags.help === true || (name === undefined && outer.problems.length === 0)
  const problems = [...outer.problems, ...inner.problems, ...judge(verb, name, inner.words, flags)]
  if (problems.length > 0 && !help) throw usage(problems)
  return {
    verb: name ?? '',
    words: inner.words,
    lab: typeof flags.name === 'string' ? flags.name : 'lab',
    counts: countsOf(flags),
    stack: stackOf(flags),
    bare: flags.bare === true,
    wish: wishes.find((wish) => flags[wish] === true),
    help,
  }
}

type Flags = Readonly<Record<string, string | boolean>>

function flagsOf(argv: readonly string[], stopEarly: boolean) {
  const problems: string[] = []
  const { _: words, ...found } = minimist([...argv], {
    string: ['name', 'artifacts', ...Object.keys(numbers), ...Object.keys(stackFlags), '_'],
    boolean: ['help', 'bare', ...wishes],
    alias: { h: 'help' },
    stopEarly,
    unknown: (word) => {
      if (!word.startsWith('-')) return true
      problems.push(`unknown flag ${word.split('=')[0]}`)
      return false
    },
  })
  const given = Object.entries(found).filter(([, value]) => value !== false)
  for (const [flag, value] of given) {
    if (Array.isArray(value)) problems.push(`--${flag} is given twice`)
  }
  return { words, flags: Object.fromEntries(given) as Flags, problems }
}

function judge(
  verb: Verb | undefined,
  name: string | undefined,
  words: readonly string[],
  flags: Flags,
): readonly string[] {
  if (!verb) return name === undefined ? [] : [`unknown verb "${name}"`]
  const { least, most, takes } = verb
  const lab = flags.name ?? 'lab'
  return [
    ...(words.length < least ? [`${name} needs ${takes}`] : []),
    ...(words.length > most
      ? [`too many words after ${name}: ${words.slice(most).join(' ')}`]
      : []),
    ...(typeof lab === 'string' && isLabName(lab)
      ? []
      : ['--name must be 1 to 20 small letters, digits and dashes']),
    ...refuseCounts({ controlPlanes: 3, workers: 3, spare: 0, ...countsOf(flags) }),
    ...refuseStack(flags),
    ...refuseWishes(name, words, flags),
  ]
}

function refuseWishes(
  verb: string | undefined,
  words: readonly string[],
  flags: Flags,
): readonly string[] {
  const given = wishes.filter((wish) => flags[wish] === true)
  const [first] = given
  if (first === undefined) return []
  if (verb !== 'exercise') return [`--${first} belongs to exercise`]
  return [
    ...(words.length === 0 ? [`exercise --${first} needs NAME`] : []),
    ...(given.length > 1 ? [`one at a time: --${given.join(' --')}`] : []),
  ]
}

function countsOf(flags: Flags): Partial<Counts> {
  const entries = Object.entries(numbers).flatMap(([flag, key]) => {
    const value = flags[flag]
    if (value === undefined) return []
    return [[key, typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN]]
  })
  return Object.fromEntries(entries) as Partial<Counts>
}

const usage = (lines: readonly string[]) =>
  new KubestrapError({
    id: 'KS-LAB-USAGE',
    exit: 'usage',
    what: 'the command line is not understood',
    lines,
    remedy: 'npm run lab -- --help',
  })

export const help = `A rehearsal cluster on this computer: machines are containers with systemd and sshd.

  npm run lab -- [FLAGS] VERB ...

${verbs.map(({ name, takes, help: text }) => `  ${`${name} ${takes}`.padEnd(32)} ${text}`).join('\n')}

  --control-planes N   1 to 9, default 3
  --workers N          0 to 20, default 3
  --spare N            machines that are not in cluster.yaml, 0 to 9, default 0
  --runtime NAME       containerd (default) or cri-o
  --endpoint NAME      external (default): HAProxy beside the machines; or kube-vip
  --pod-network NAME   bridge (default) or calico
  --artifacts DIR      DIR/rpms/*.rpm, DIR/images/*.tar (docker save), DIR/manifests/*.yaml, DIR/bin/*: the
                       real CRI-O, kube-vip or Calico, which the package registries do not have (lab/README.md)
  --name NAME          another lab beside this one, default "lab"; before the verb for ssh, kubectl, logs
  --hint --check --solve --undo   exercise NAME: one more hint; is it repaired; the documented
                       solution; everything as it was before
  --bare               up: machines only, without building packages and images
  --help
`
