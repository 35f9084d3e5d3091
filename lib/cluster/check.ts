import * as v from 'valibot'
import { parseAddress } from '../networks.ts'
import { closest } from '../suggest.ts'
import { described, type Path, type Problem, pathText, quoted } from './problem.ts'
import { type ClusterFile, clusterSchema } from './schema.ts'
import { choicesAt, keysAt, kindAt, placesOf, schemaAt } from './schema-walk.ts'

/** How a value is written in the file, for "put it in quotes". */
export type Written = (path: Path) => string | undefined

export type Checked =
  | { readonly ok: true; readonly file: ClusterFile }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Holds plain data against the schema: shapes and keys first, then each value by itself. */
export function checkShape(value: unknown, written: Written): Checked {
  const shape = wrongShapes(value, [])
  const broken = shape.filter(({ on }) => on === 'value').map(({ path }) => path)
  const result = v.safeParse(clusterSchema, value, { abortPipeEarly: true })
  const issues = (result.issues ?? [])
    .filter((issue) => issue.expected !== 'never')
    .map((issue) => ({ issue, path: pathOf(issue) }))
    .filter(({ path }) => !broken.some((start) => beginsWith(path, start)))
    .filter(({ issue, path }) => !(isMissing(issue) && misspelt(path, shape)))
  const values = issues.map(({ issue, path }) => problemOf(issue, path, written))
  const problems = [...shape, ...values]
  if (problems.length > 0 || !result.success) return { ok: false, problems }
  return { ok: true, file: result.output }
}

/** "address" is not missing as well, where "adress" is an unknown key. */
const misspelt = (path: Path, shape: readonly Problem[]) =>
  shape.some(
    ({ on, near, path: other }) =>
      on === 'key' &&
      near === path.at(-1) &&
      other.length === path.length &&
      beginsWith(path, other.slice(0, -1)),
  )

type Issue = v.InferIssue<typeof clusterSchema>

function isAboutKey(issue: Issue): boolean {
  const last = issue.path?.at(-1)
  return last !== undefined && 'origin' in last && last.origin === 'key'
}

const isMissing = (issue: Issue) => isAboutKey(issue) && issue.received === 'undefined'

const pathOf = (issue: Issue): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))

const beginsWith = (path: Path, start: Path) => start.every((key, index) => path[index] === key)

/**
 * What valibot does not tell: every unknown key (it names one of a map), lists where maps are
 * wanted (a list is an object too), and keys that every JavaScript object seems to have.
 */
function wrongShapes(value: unknown, path: Path): Problem[] {
  const kind = kindAt(path)
  if (Array.isArray(value)) {
    if (kind === 'fixed map' || kind === 'free map') return [wrongKind(path, 'a list', 'a map')]
    return value.flatMap((one, index) => wrongShapes(one, [...path, index]))
  }
  if (typeof value !== 'object' || value === null) return []
  if (kind === 'list') return [wrongKind(path, 'a map', 'a list: each entry begins with "- "')]
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key]
    const known = kind === 'fixed map' ? keysAt(path).includes(key) : !(key in Object.prototype)
    return known ? wrongShapes(child, here) : [unknownKey(here, keysAt(path))]
  })
}

const wrongKind = (path: Path, found: string, wanted: string): Problem => ({
  path,
  on: 'value',
  what: `${path.length > 0 ? `${pathText(path)}: ` : ''}found ${found}`,
  wanted,
})

function unknownKey(path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1))
  const near = closest(key, known) ?? placesOf(key)[0]
  const list = `one of: ${known.join(', ')}`
  const help = near || known.length === 0 ? { near } : { wanted: list }
  return { path, on: 'key', what: `unknown key ${quoted(key)}`, ...help }
}

function problemOf(issue: Issue, path: Path, written: Written): Problem {
  if (isMissing(issue)) return missing(path)
  const origin = isAboutKey(issue) ? 'key' : 'value'
  const name = path.length > 0 ? `${pathText(path)}: ` : ''
  const found = origin === 'key' ? `the key ${described(path.at(-1))}` : described(issue.input)
  return {
    path,
    on: origin,
    what: `${name}found ${found}`,
    wanted: wantedFor(issue, path, written),
    near: nearFor(issue.input, path),
  }
}

function missing(path: Path): Problem {
  const parent = path.slice(0, -1)
  const schema = schemaAt(path)
  const about = schema ? v.getDescription(schema as Parameters<typeof v.getDescription>[0]) : ''
  const wanted = choicesAt(path).join(' or ') || asPhrase(about ?? '')
  return {
    path,
    on: 'value',
    what: `${quoted(String(path.at(-1)))} is missing${parent.length > 0 ? ` in ${pathText(parent)}` : ''}`,
    ...(wanted ? { wanted } : {}),
  }
}

/** The first sentence of a description, as the end of another; "DNS name" keeps its capitals. */
const asPhrase = (about: string) =>
  about.replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase()).replace(/\.( .*)?$/, '')

function wantedFor(issue: Issue, path: Path, written: Written): string {
  const choices = choicesAt(path)
  if (choices.length > 0) return choices.join(' or ')
  if (issue.kind !== 'schema') return issue.message
  if (issue.type === 'array') return 'a list: each entry begins with "- "'
  if (issue.type === 'strict_object') return `a map with ${keysAt(path).join(', ')}`
  if (issue.type === 'record') return 'a map'
  if (issue.type === 'boolean') return 'true or false, without quotes'
  const scalar = typeof issue.input === 'number' || typeof issue.input === 'boolean'
  if (issue.type === 'string' && scalar) {
    return `text in quotes: "${written(path) ?? String(issue.input)}"`
  }
  return issue.message
}

const otherWords: Readonly<Record<string, string>> = {
  master: 'control-plane',
  server: 'control-plane',
  node: 'worker',
  agent: 'worker',
}

/** What was probably meant by a value: a choice, a version without "v", an address without port. */
function nearFor(input: unknown, path: Path): string | undefined {
  if (typeof input !== 'string') return undefined
  const choices = choicesAt(path)
  const synonym = otherWords[input.toLowerCase()]
  if (choices.length > 0) {
    return closest(input, choices) ?? choices.find((choice) => choice === synonym)
  }
  const candidates = [
    input.trim(),
    input.trim().toLowerCase(),
    input.replace(/^v(?=\d)/, ''),
    input.replace(/^\w+:\/\//, '').replace(/[:/].*$/, ''),
    input.toLowerCase().replaceAll('_', '-'),
  ]
  return candidates.find((candidate) => candidate !== input && accepted(candidate, path))
}

/** Whether a value would be right here; for addresses the schema alone decides. */
function accepted(candidate: string, path: Path): boolean {
  const schema = schemaAt(path)
  if (!schema || candidate === '') return false
  if (path.at(-1) === 'address' && !parseAddress(candidate)) return false
  return v.is(schema, candidate)
}
