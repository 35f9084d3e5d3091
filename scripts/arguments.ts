import minimist from 'minimist'
import { KubestrapError } from '../lib/errors.ts'
import { phases } from '../lib/phases.ts'
import { closest } from '../lib/suggest.ts'
import { type PauseAt, pauses } from './pauses.ts'
import { type Flag, type FlagName, flags, type Verb, verbs } from './verbs.ts'

/** The command line, checked. */
export interface Options {
  readonly verb: Verb | undefined
  readonly words: readonly string[]
  readonly config: string
  readonly yes: boolean
  readonly acceptNewHostKeys: boolean
  readonly sudoPasswordFile: string | undefined
  readonly nodes: readonly string[] | undefined
  readonly only: readonly string[] | undefined
  readonly offline: boolean
  readonly exitCode: boolean
  readonly dryRun: boolean
  readonly purge: boolean
  readonly gone: boolean
  readonly confirm: string | undefined
  readonly out: string | undefined
  /** `en` or `es`; undefined: as the environment says. */
  readonly lang: string | undefined
  readonly fresh: NewClusterOptions
  readonly watch: boolean
  readonly merge: boolean
  readonly force: boolean
  readonly access: AccessOptions
  readonly html: boolean
  readonly list: boolean
  readonly transcript: string | undefined
  /** Before what `up` waits for the person. */
  readonly pause: PauseAt | undefined
  readonly print: boolean
  readonly json: boolean
  readonly plain: boolean
  readonly help: boolean
  readonly version: boolean
}

/** Flags of `new`. */
export interface NewClusterOptions {
  readonly controlPlanes: string | undefined
  readonly workers: string | undefined
  readonly endpoint: string | undefined
  readonly loadBalancer: boolean
  readonly fromInventory: string | undefined
  readonly name: string | undefined
  readonly user: string | undefined
}

/** Flags of `kubeconfig user`. */
export interface AccessOptions {
  readonly groups: readonly string[]
  readonly days: string | undefined
  readonly role: string | undefined
  readonly namespace: string | undefined
}

const names = Object.keys(flags) as FlagName[]
const takesValue = (name: FlagName) => (flags[name] as Flag).placeholder !== undefined

/** @throws KubestrapError KS-USAGE that names everything that is not understood */
export function parseOptions(argv: readonly string[]): Options {
  const strange: string[] = []
  const parsed = minimist([...argv], {
    string: [...names.filter(takesValue), '_'],
    boolean: names.filter((name) => !takesValue(name)),
    alias: { h: 'help', c: 'config', y: 'yes' },
    unknown(word) {
      if (word.startsWith('-')) strange.push(word)
      return !word.startsWith('-')
    },
  })
  const [verbName, ...words] = parsed._
  const verb = verbs.find(({ name }) => name === verbName)
  const problems = strange.map((word) => flagProblem(word, names))
  if (verbName !== undefined && !verb) problems.push(verbProblem(verbName))
  if (verb) problems.push(...foreignFlags(verb, parsed))
  if (verb && !verb.words && words.length > 0)
    problems.push(`${verb.name} takes no ${words.join(' ')}`)
  const only = list(parsed.only)
  problems.push(...(only ?? []).flatMap(phaseProblem))
  if (parsed['dry-run'] === true && text(parsed.transcript) !== undefined)
    problems.push('--transcript tells what ran: with --dry-run nothing does')
  const pause = pauses.find((one) => one === text(parsed.pause))
  if (text(parsed.pause) !== undefined && !pause)
    problems.push(`--pause takes ${pauses.join(' or ')}`)
  if (problems.length > 0) throw usage(problems)
  return {
    verb,
    words,
    config: text(parsed.config) ?? 'cluster.yaml',
    nodes: list(parsed.nodes),
    only,
    confirm: text(parsed.confirm),
    sudoPasswordFile: text(parsed['sudo-password-file']),
    out: text(parsed.out),
    lang: text(parsed.lang),
    fresh: newClusterOptions(parsed),
    watch: parsed.watch === true,
    merge: parsed.merge === true,
    force: parsed.force === true,
    access: accessOptions(parsed),
    acceptNewHostKeys: parsed['accept-new-host-keys'] === true,
    exitCode: parsed['exit-code'] === true,
    dryRun: parsed['dry-run'] === true,
    yes: parsed.yes === true,
    offline: parsed.offline === true,
    purge: parsed.purge === true,
    gone: parsed.gone === true,
    html: parsed.html === true,
    list: parsed.list === true,
    transcript: text(parsed.transcript),
    pause,
    print: parsed.print === true,
    json: parsed.json === true,
    plain: parsed.plain === true,
    help: parsed.help === true,
    version: parsed.version === true,
  }
}

function newClusterOptions(parsed: Readonly<Record<string, unknown>>): NewClusterOptions {
  return {
    controlPlanes: text(parsed['control-planes']),
    workers: text(parsed.workers),
    endpoint: text(parsed.endpoint),
    loadBalancer: parsed['load-balancer'] === true,
    fromInventory: text(parsed['from-inventory']),
    name: text(parsed.name),
    user: text(parsed.user),
  }
}

function accessOptions(parsed: Readonly<Record<string, unknown>>): AccessOptions {
  return {
    groups: list(parsed.group) ?? [],
    days: text(parsed.days),
    role: text(parsed.role),
    namespace: text(parsed.namespace),
  }
}

function text(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value.at(-1) : value
  return typeof one === 'string' && one !== '' ? one : undefined
}

const list = (value: unknown) => text(value)?.split(',').filter(Boolean)

const suggestion = (near: string | undefined) => (near ? `, did you mean ${near}?` : '')

function flagProblem(word: string, known: readonly string[]): string {
  const near = closest(word.replace(/^-+/, '').split('=')[0] ?? '', known)
  return `there is no flag ${word}${suggestion(near && `--${near}`)}`
}

function verbProblem(word: string): string {
  return `there is no verb ${word}${suggestion(
    closest(
      word,
      verbs.map(({ name }) => name),
    ),
  )}`
}

function phaseProblem(word: string): string[] {
  const known: string[] = phases.map(({ name }) => name)
  return known.includes(word)
    ? []
    : [`there is no phase ${word}${suggestion(closest(word, known))}`]
}

function foreignFlags(verb: Verb, parsed: Readonly<Record<string, unknown>>): string[] {
  const given = names.filter(
    (name) => parsed[name] !== undefined && parsed[name] !== false && parsed[name] !== '',
  )
  return given
    .filter((name) => !verb.flags.includes(name))
    .map((name) => `${verb.name} has no flag --${name}`)
}

/** One error for all that is wrong with a command line. */
export function usage(problems: readonly string[], remedy = 'kubestrap --help'): KubestrapError {
  return new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: 'the command line was not understood',
    lines: problems,
    unchanged: 'nothing was done',
    remedy,
  })
}
