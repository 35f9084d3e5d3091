import { closest } from '../suggest.ts'
import type { FlagValue } from './flags.ts'
import { at, listOf, loose } from './loose.ts'
import { type Path, type Problem, pathText, quoted } from './problem.ts'
import { schemaAt } from './schema-walk.ts'
import { readValue } from './source.ts'

/** Plain data with the flags' values put in, and which flag gave which path. */
export interface WithFlags {
  readonly value: unknown
  readonly origins: readonly { readonly path: Path; readonly flag: string }[]
  readonly problems: readonly Problem[]
}

/**
 * Puts the flags' values over what the file says.
 *
 * @param value what the file says; it is not changed
 * @param inFile whether there is a file: --node then chooses one of its nodes
 */
export async function withFlags(
  value: unknown,
  flags: readonly FlagValue[],
  inFile: boolean,
): Promise<WithFlags> {
  const data: unknown = structuredClone(value)
  const origins: { path: Path; flag: string }[] = []
  const problems: Problem[] = []
  const node = inFile ? nodeIndex(data, flags) : 0
  for (const given of flags) {
    if (inFile && given.flag === '--node') continue
    const flag = `${given.flag} ${given.value}`
    const { path, text, problem } = target(given, node)
    const wrong = problem ?? (await place(data, path, text))
    if (wrong) problems.push({ ...wrong, flag })
    else origins.push({ path, flag })
  }
  return { value: data, origins, problems }
}

/** Puts one flag's value where it belongs. @returns what is wrong with it, if anything */
async function place(data: unknown, path: Path, text: string): Promise<Problem | undefined> {
  const one = await typed(path, text)
  // A single text for a list is added to it: --ignore NumCPU --ignore Mem.
  const joins = schemaAt(path)?.item !== undefined && typeof one === 'string'
  const value = joins ? [...listOf(at(data, path)), one] : one
  if (value === undefined) return { path, on: 'value', what: `${quoted(text)} is no YAML` }
  if (put(data, path, value)) return undefined
  return { path, on: 'key', what: `the cluster file has no place ${pathText(path)}` }
}

/** Which node of the file --node names: its index, or what is wrong. */
function nodeIndex(data: unknown, flags: readonly FlagValue[]): number | Problem {
  const names = listOf(loose(data).nodes).map((node) => loose(node).name)
  const name = flags.findLast(({ flag }) => flag === '--node')?.value
  const index = name === undefined ? -1 : names.indexOf(name)
  if (index >= 0) return index
  const known = names.filter((one) => typeof one === 'string')
  const wanted = `--node with one of: ${known.join(', ')}`
  const problem = { path: ['nodes'], on: 'value', wanted } as const
  if (name === undefined) return { ...problem, what: 'it is not told which node is meant' }
  const what = `the cluster file has no node ${quoted(name)}`
  return { ...problem, what, near: closest(name, known) }
}

interface Target {
  readonly path: Path
  readonly text: string
  readonly problem?: Problem
}

/** Where a flag's value goes. */
function target({ flag, path, value }: FlagValue, node: number | Problem): Target {
  if (flag === '--set') return setTarget(value)
  if (path[0] !== 'nodes') return { path, text: value }
  if (typeof node !== 'number') return { path, text: value, problem: node }
  return { path: ['nodes', node, ...path.slice(2)], text: value }
}

/** `a.b[0]["c.d"]=VALUE` */
function setTarget(value: string): Target {
  const step = /^(?:(?:^|\.)([A-Za-z0-9_-]+)|\[(\d{1,4})\]|\["([^"\]]+)"\])/
  const path: (string | number)[] = []
  let rest = value
  for (let found = first(step, rest); found; found = path.length < 20 ? step.exec(rest) : null) {
    const [all, key, index, name] = found
    path.push(index === undefined ? (key ?? name ?? '') : Number(index))
    rest = rest.slice(all.length)
  }
  if (path.length > 0 && rest.startsWith('=')) return { path: indexed(path), text: rest.slice(1) }
  const what = `--set ${quoted(value)} is not understood`
  const wanted = 'PATH=VALUE such as networking.podSubnet=10.1.0.0/16 or nodes[0].labels["a.b/c"]=d'
  return { path: [], text: '', problem: { path: [], on: 'value', what, wanted } }
}

// A path may not begin with a dot.
const first = (step: RegExp, text: string) => (text.startsWith('.') ? null : step.exec(text))

/** `nodes.0.name` is as good as `nodes[0].name`, where the file has a list. */
const indexed = (path: Path): Path =>
  path.map((key, index) =>
    schemaAt(path.slice(0, index))?.item && /^\d{1,4}$/.test(String(key)) ? Number(key) : key,
  )

/** A flag's text as the schema wants it at this place: text, number, else YAML. */
async function typed(path: Path, text: string): Promise<unknown> {
  const schema = schemaAt(path)
  if (schema?.type === 'string' || schema?.options) return text
  if (schema?.type === 'number') return /^\d{1,10}$/.test(text) ? Number(text) : text
  if (schema?.item?.type === 'string' && !/^\s*\[/.test(text)) return text
  return readValue(text)
}

/** Puts a value at a path, making what is on the way. @returns false when there is no such place */
function put(data: unknown, path: Path, value: unknown): boolean {
  const [key, ...rest] = path
  if (key === undefined || typeof data !== 'object' || data === null) return false
  if (String(key) in Object.prototype) return false
  const holder = data as Record<string | number, unknown>
  if (Array.isArray(data) !== (typeof key === 'number')) return false
  if (Array.isArray(data) && Number(key) > data.length) return false
  if (rest.length > 0) {
    holder[key] ??= typeof rest[0] === 'number' ? [] : {}
    return put(holder[key], rest, value)
  }
  holder[key] = value
  return true
}
