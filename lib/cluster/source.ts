import type { Document, LineCounter, Node, Pair } from 'yaml'
import { type Path, type Place, type PlacedProblem, quoted, visible } from './problem.ts'

/** Larger than any cluster file; keeps the time to read one bounded. */
const maxLength = 256_000

/** A cluster file read as YAML, with the way back from a value to its line. */
export interface Source {
  readonly text: string
  /** The file's value as plain data; undefined when it could not be read. */
  readonly value: unknown
  readonly problems: readonly PlacedProblem[]
  /** Place of a key or value; of what surrounds it when it is not there. */
  readonly locate: (path: Path, on: 'key' | 'value') => Place
  /** Whether the file has something at this path. */
  readonly has: (path: Path) => boolean
  /** A value as it is written, such as `1.30` for the number 1.3. */
  readonly written: (path: Path) => string | undefined
}

/** Reads YAML 1.2 (core schema). Never throws: what is wrong is in `problems`. */
export async function readSource(text: string): Promise<Source> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  if (text.length > maxLength) return unreadable(`longer than ${maxLength} characters`)
  try {
    const document = yaml.parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Repeated keys are found below, with the name of the key.
      uniqueKeys: false,
      schema: 'core',
      merge: false,
      logLevel: 'error',
    })
    return readDocument(yaml, document, lines, text)
  } catch (error) {
    // Nested thousands of levels deep, for instance.
    return unreadable(error instanceof Error ? error.message : String(error))
  }
}

/** One value of YAML, for a flag. @returns undefined when it is none */
export async function readValue(text: string): Promise<unknown> {
  const { value, problems } = await readSource(text)
  return problems.length > 0 ? undefined : value
}

const firstPlace: Place = { line: 1, column: 1, width: 1 }

function unreadable(why: string): Source {
  return {
    text: '',
    value: undefined,
    problems: [{ place: firstPlace, what: `the file cannot be read: ${visible(why)}` }],
    locate: () => firstPlace,
    has: () => false,
    written: () => undefined,
  }
}

type Yaml = typeof import('yaml')

function readDocument(
  yaml: Yaml,
  document: Document.Parsed,
  lines: LineCounter,
  text: string,
): Source {
  const place = (from: number, to: number): Place => {
    const { line, col } = lines.linePos(Math.min(from, text.length))
    const end = text.slice(from, to).search(/[\r\n]/)
    return { line: Math.max(1, line), column: Math.max(1, col), width: end < 0 ? to - from : end }
  }
  const syntax = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    place: place(...pos),
    what:
      code === 'MULTIPLE_DOCS'
        ? 'a second document begins here: a cluster file is one'
        : `this is no YAML: ${visible(message)}`,
  }))
  const fatal = syntax.length > 0 ? syntax : strangeNodes(yaml, document, place)
  const problems = fatal.length > 0 ? fatal : repeatedKeys(yaml, document, place)
  const find = (path: Path) => follow(yaml, document.contents, path)
  return {
    text,
    value: fatal.length > 0 ? undefined : document.toJS(),
    problems,
    locate: (path, on) => placeOf(yaml, find(path), on, place),
    has: (path) => find(path).whole,
    written: (path) => {
      const { node, whole } = find(path)
      return whole && yaml.isScalar(node) ? (node.source ?? undefined) : undefined
    },
  }
}

type PlaceAt = (from: number, to: number) => Place

const rangeOf = (node: unknown): readonly [number, number] => {
  const [from = 0, to = 1] = (node as Node | null)?.range ?? []
  return [from, to]
}

/** YAML that is right and would yet mislead: aliases, and keys that are no text. */
function strangeNodes(yaml: Yaml, document: Document.Parsed, place: PlaceAt): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  yaml.visit(document, {
    Alias(_, node) {
      problems.push({
        place: place(...rangeOf(node)),
        what: `found the alias ${quoted(`*${node.source}`)}`,
        wanted: 'the value itself: a cluster file has no anchors and aliases',
      })
    },
    Pair(_, { key }) {
      if (yaml.isAlias(key) || (yaml.isScalar(key) && key.value !== null)) return
      problems.push({ place: place(...rangeOf(key)), what: 'found a key that is no text' })
    },
  })
  return problems
}

/** A key written twice in one map: YAML forbids it, and one of the two values would be lost. */
function repeatedKeys(yaml: Yaml, document: Document.Parsed, place: PlaceAt): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  yaml.visit(document, {
    Map(_, { items }) {
      const lines = new Map<string, number>()
      for (const { key } of items) {
        const name = yaml.isScalar(key) ? String(key.value) : ''
        const here = place(...rangeOf(key))
        const before = lines.get(name)
        if (before === undefined) lines.set(name, here.line)
        else
          problems.push({
            place: here,
            what: `the key ${quoted(name)} is already on line ${before}`,
          })
      }
    },
  })
  return problems
}

interface Found {
  readonly node: unknown
  /** The key that leads to the node, if it is in a map. */
  readonly key: unknown
  /** False when the path goes on to something that is not there. */
  readonly whole: boolean
}

function follow(yaml: Yaml, contents: unknown, path: Path): Found {
  let found: Found = { node: contents, key: undefined, whole: true }
  for (const step of path) {
    const { node } = found
    const pair = yaml.isMap(node) ? node.items.find((item) => named(yaml, item, step)) : undefined
    if (pair) found = { node: pair.value, key: pair.key, whole: true }
    else if (yaml.isSeq(node) && typeof step === 'number' && node.items[step] !== undefined) {
      found = { node: node.items[step], key: undefined, whole: true }
    } else return { ...found, whole: false }
  }
  return found
}

const named = (yaml: Yaml, { key }: Pair, step: string | number) =>
  yaml.isScalar(key) && String(key.value) === String(step)

function placeOf(yaml: Yaml, { node, key }: Found, on: 'key' | 'value', place: PlaceAt): Place {
  const keyRange = (key as Node | undefined)?.range
  const range = (node as Node | undefined)?.range
  // An empty value has no width: its key shows better where it is.
  const useKey = on === 'key' || !range || range[0] === range[1]
  const [from, to] = (useKey ? (keyRange ?? range) : range) ?? [0, 1]
  const at = place(from, to)
  return yaml.isCollection(node) && !useKey ? { ...at, width: 1 } : at
}
