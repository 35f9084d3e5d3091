import minimist from 'minimist'
import { clusterFlags, type FlagValue } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { closest } from '../../lib/suggest.ts'

/** What a node script was asked for. */
export interface Arguments {
  /** Verbs are for the orchestrator; a person gives none (or issue / revoke). */
  readonly words: readonly string[]
  readonly config?: string
  readonly node?: string
  readonly join?: string
  readonly observed?: string
  readonly until?: string
  readonly from: number
  readonly out?: string
  /** Language of lessons and titles: `en` or `es`. */
  readonly lang?: string
  readonly help: boolean
  readonly version: boolean
  readonly dryRun: boolean
  readonly explain: boolean
  readonly json: boolean
  readonly source: boolean
  /** Flags that fill paths of the cluster file's schema. */
  readonly flags: readonly FlagValue[]
  /** Flags of single phases: --for, --target, --wait, --purge. */
  readonly options: Readonly<Record<string, string>>
}

const texts = [
  'config',
  'join',
  'observed',
  'until',
  'from',
  'out',
  'for',
  'target',
  'wait',
  'lang',
]
const switches = ['help', 'version', 'dry-run', 'explain', 'json', 'source', 'purge']

/** @throws KubestrapError KS-USAGE that names every word that is not understood */
export function parseArguments(argv: readonly string[]): Arguments {
  const fromFile = clusterFlags.map(({ flag }) => flag.replace(/^--/, ''))
  const known = [...texts, ...switches, ...fromFile, 'node']
  const unknown: string[] = []
  const parsed = minimist([...argv], {
    string: [...texts, ...fromFile, 'node', '_'],
    boolean: switches,
    alias: { h: 'help' },
    unknown(word) {
      if (word.startsWith('-')) unknown.push(word)
      return !word.startsWith('-')
    },
  })
  if (unknown.length > 0) throw notUnderstood(unknown, known)
  const text = (name: string): string | undefined => last(parsed[name])
  const given = <K extends string>(key: K, value: string | undefined) =>
    value === undefined ? {} : ({ [key]: value } as Record<K, string>)
  return {
    words: parsed._,
    ...given('config', text('config')),
    ...given('node', text('node')),
    ...given('join', text('join')),
    ...given('observed', text('observed')),
    ...given('until', text('until')),
    ...given('out', text('out')),
    ...given('lang', text('lang')),
    from: Number(text('from') ?? 0) || 0,
    help: parsed.help === true,
    version: parsed.version === true,
    dryRun: parsed['dry-run'] === true,
    explain: parsed.explain === true,
    json: parsed.json === true,
    source: parsed.source === true,
    flags: flagValues(parsed),
    options: {
      ...given('for', text('for')),
      ...given('target', text('target')),
      ...given('wait', text('wait')),
      ...given('purge', parsed.purge === true ? 'true' : undefined),
    },
  }
}

function last(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value.at(-1) : value
  return typeof one === 'string' ? one : undefined
}

/** Values for the cluster file's schema; `--set PATH=VALUE` names its path itself. */
function flagValues(parsed: Readonly<Record<string, unknown>>): FlagValue[] {
  return clusterFlags.flatMap(({ flag, path }) => {
    const name = flag.replace(/^--/, '')
    const values = [parsed[name]].flat().filter((value) => typeof value === 'string')
    return values.map((value) => ({ flag, path, value }))
  })
}

function notUnderstood(words: readonly string[], known: readonly string[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: `not understood: ${words.join(' ')}`,
    lines: words.flatMap((word) => {
      const near = closest(word.replace(/^--?/, '').split('=')[0] ?? '', known)
      return near ? [`${word}: did you mean --${near}?`] : []
    }),
    unchanged: 'nothing was done',
    remedy: '--help lists the flags',
  })
}
