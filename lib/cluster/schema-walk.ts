import { type GenericSchema, getDescription } from 'valibot'
import type { Path } from './problem.ts'
import { clusterSchema } from './schema.ts'

/** What the schema objects of valibot hold, as far as it is looked at here. */
interface Shape extends GenericSchema {
  readonly entries?: Readonly<Record<string, Shape>>
  readonly item?: Shape
  readonly value?: Shape
  readonly wrapped?: Shape
  readonly options?: readonly string[]
  /** Of an optional value. */
  readonly default?: unknown
}

const root = clusterSchema as Shape
const unwrap = (schema: Shape): Shape => (schema.wrapped ? unwrap(schema.wrapped) : schema)

/** The schema of the value at a path; undefined where there is none. */
export function schemaAt(path: Path): Shape | undefined {
  let schema: Shape | undefined = unwrap(root)
  for (const key of path) {
    const entries: Shape['entries'] = schema.entries
    const next: Shape | undefined = entries
      ? Object.hasOwn(entries, key)
        ? entries[key]
        : undefined
      : (schema.item ?? schema.value)
    if (!next) return undefined
    schema = unwrap(next)
  }
  return schema
}

/** Whether the value at a path is a map with keys of its own, a map of any keys, or a list. */
export function kindAt(path: Path): 'fixed map' | 'free map' | 'list' | 'other' {
  const schema = schemaAt(path)
  if (schema?.entries) return 'fixed map'
  if (schema?.item) return 'list'
  return schema?.type === 'record' ? 'free map' : 'other'
}

/** The keys a map may have; none for a free map. */
export const keysAt = (path: Path): readonly string[] => Object.keys(schemaAt(path)?.entries ?? {})

/** A key as people are told of it. */
export interface KnownKey {
  readonly key: string
  readonly about: string
  /** Undefined when there is none. */
  readonly fallback: unknown
}

/** The keys of a map with their descriptions and defaults, in the schema's order. */
export function knownKeysAt(path: Path): readonly KnownKey[] {
  return Object.entries(schemaAt(path)?.entries ?? {}).map(([key, schema]) => ({
    key,
    about: getDescription(unwrap(schema)) ?? '',
    fallback: schema.default,
  }))
}

/** The texts a value is chosen from; none for other values. */
export const choicesAt = (path: Path): readonly string[] => schemaAt(path)?.options ?? []

/** Where else in the file a key of this name belongs: `networking.podSubnet`. */
export function placesOf(key: string): readonly string[] {
  const below = (schema: Shape, path: string): string[] =>
    Object.entries(schema.entries ?? {}).flatMap(([name, child]) => {
      const here = path === '' ? name : `${path}.${name}`
      return [...(name === key ? [here] : []), ...below(unwrap(child), here)]
    })
  return below(unwrap(root), '')
}
