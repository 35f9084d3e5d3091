import { KubestrapError } from '../errors.ts'

/** Keys and list indexes that lead to a value: `['nodes', 0, 'name']`. */
export type Path = readonly (string | number)[]

/** Something wrong in the cluster file or its flags: what was found, what is wanted. */
export interface Problem {
  readonly path: Path
  /** Whether the key itself is wrong or its value. */
  readonly on: 'key' | 'value'
  readonly what: string
  readonly wanted?: string
  /** What was probably meant. */
  readonly near?: string | undefined
  /** The flag it is about, when it is a problem of the flag itself. */
  readonly flag?: string
}

/** A place in the file, counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
  /** How many characters the caret underlines, at least 1. */
  readonly width: number
}

export interface PlacedProblem extends Omit<Problem, 'path' | 'on' | 'flag'> {
  /** Where in the file; undefined for a problem of a flag. */
  readonly place?: Place | undefined
  /** The flag with its value, as given. */
  readonly flag?: string | undefined
}

// Control, zero-width and direction characters: they could rewrite what a terminal shows.
const invisible = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text with each invisible character as one "?": columns stay where they are. */
export const visible = (text: string) => text.replace(/\t/g, ' ').replace(invisible, '?')

/** `nodes[0].labels["a.b/c"]` as people write it. */
export function pathText(path: Path): string {
  const parts = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`
    return /^[\w-]+$/.test(key) ? `.${key}` : `[${quoted(key)}]`
  })
  return parts.join('').replace(/^\./, '')
}

/** A text in quotes, shortened, with nothing invisible in it. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text
  return JSON.stringify(short).replace(
    invisible,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A value as a person would name it: `the number 1.3`, `nothing`, `a list`. */
export function described(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : `the ${typeof value} ${String(value)}`
}

/** All problems as one error, in the order of the file, flags after it. */
export function problemsError(
  problems: readonly PlacedProblem[],
  file: string,
  source: string,
): KubestrapError {
  const order = ({ place }: PlacedProblem) =>
    place ? place.line * 100_000 + place.column : Number.POSITIVE_INFINITY
  const sorted = [...problems].sort((a, b) => compare(order(a), order(b)))
  const lines = source.split(/\r?\n/)
  const texts = sorted.map((problem) => problemLines(problem, visible(file), lines))
  const unique = [...new Map(texts.map((text) => [text.join('\n'), text])).values()]
  const where = file === '' || problems.every(({ place }) => !place) ? 'the flags' : visible(file)
  return new KubestrapError({
    id: 'KS-CLUSTER-FILE',
    exit: 'usage',
    what: `${unique.length === 1 ? 'a problem' : `${unique.length} problems`} in ${where}`,
    lines: unique.flat(),
    unchanged: 'nothing was done',
    remedy: where === 'the flags' ? '--help lists them' : 'correct the file, then run it again',
  })
}

const compare = (a: number, b: number) => (a === b ? 0 : a - b)

function problemLines(problem: PlacedProblem, file: string, lines: readonly string[]): string[] {
  const { place, flag, what, wanted, near } = problem
  const head = place ? `${file}:${place.line}:${place.column}` : (flag ?? file)
  return [
    `${head}  ${what}`,
    ...(place && !flag ? excerpt(place, lines[place.line - 1] ?? '') : []),
    ...(wanted ? [`  wanted ${wanted}`] : []),
    ...(near ? [`  did you mean ${quoted(near)}?`] : []),
  ]
}

/** The source line and a caret under what is meant; of a long line the part around it. */
function excerpt({ line, column, width }: Place, text: string): string[] {
  const most = 90
  const from = column - 1 < most - 30 ? 0 : column - 31
  const lead = from > 0 ? '...' : ''
  const shown = visible(text.slice(from, from + most))
  const tail = text.length > from + most ? '...' : ''
  const left = `  ${line} | `
  const caret = '^'.repeat(Math.max(1, Math.min(width, from + most - column + 1)))
  const margin = `${' '.repeat(left.length - 2)}| `
  return [
    `${left}${lead}${shown}${tail}`,
    `${margin}${lead.replace(/./g, ' ')}${' '.repeat(column - 1 - from)}${caret}`,
  ]
}
