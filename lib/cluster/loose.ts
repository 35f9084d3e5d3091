import type { Path } from './problem.ts'

/** Plain data that was not checked yet, looked at without trusting its shape. */
export type Loose = Readonly<Record<string, unknown>>

/** The value if it is a map, else an empty one. */
export const loose = (value: unknown): Loose =>
  typeof value === 'object' && value !== null ? (value as Loose) : {}

/** The value if it is a list, else an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The value at a path; undefined where there is none. */
export const at = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (Object.hasOwn(loose(value), key) ? loose(value)[key] : undefined),
    data,
  )
