/**
 * Where two pieces of plain data (parsed YAML or JSON) differ; the order of keys does not count, the
 * order of lists does.
 *
 * @returns a line a place, `spec.hostNetwork: found false, wanted true`; empty when they are equal
 */
export function differences(found: unknown, wanted: unknown, path = ''): readonly string[] {
  if (isMap(found) && isMap(wanted)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    return keys.flatMap((key) =>
      differences(found[key], wanted[key], path === '' ? key : `${path}.${key}`),
    )
  }
  if (Array.isArray(found) && Array.isArray(wanted)) {
    const length = Math.max(found.length, wanted.length)
    return Array.from({ length }, (_, index) =>
      differences(found[index], wanted[index], `${path}[${index}]`),
    ).flat()
  }
  if (Object.is(found, wanted)) return []
  return [`${path}: found ${shown(found)}, wanted ${shown(wanted)}`]
}

type PlainMap = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

/** The same the other way round: only what is wanted counts. What is there besides may stay. */
export function lacking(found: unknown, wanted: unknown, path = ''): readonly string[] {
  if (isMap(found) && isMap(wanted))
    return Object.entries(wanted).flatMap(([key, one]) =>
      lacking(found[key], one, path === '' ? key : `${path}.${key}`),
    )
  if (Array.isArray(found) && Array.isArray(wanted) && found.length === wanted.length)
    return wanted.flatMap((one, index) => lacking(found[index], one, `${path}[${index}]`))
  return differences(found, wanted, path)
}
