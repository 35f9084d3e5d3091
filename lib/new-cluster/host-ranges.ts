/**
 * Expands the ranges of an inventory's host pattern: `k-master-[1:3]`, `web[01:20:2]`, `db-[a:f]`.
 * Undefined when a range cannot be read, or is of more than 1000 hosts.
 */
export function expandHosts(pattern: string): readonly string[] | undefined {
  const [, before = '', range, after = ''] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(pattern) ?? []
  if (range === undefined) return /[[\]]/.test(pattern) ? undefined : [pattern]
  const items = numbers(range) ?? letters(range)
  const rest = expandHosts(after)
  if (!items || !rest || items.length * rest.length > 1000) return undefined
  return items.flatMap((item) => rest.map((end) => `${before}${item}${end}`))
}

/** Leading zeros of the first number are the width of all. */
function numbers(range: string): readonly string[] | undefined {
  const [, from, to, step = '1'] = /^(\d{1,9}):(\d{1,9})(?::(\d{1,9}))?$/.exec(range) ?? []
  if (from === undefined || to === undefined) return undefined
  const width = from.startsWith('0') ? from.length : 0
  return counted(Number(from), Number(to), Number(step))?.map((n) => String(n).padStart(width, '0'))
}

function letters(range: string): readonly string[] | undefined {
  const [, from, to, step = '1'] = /^([a-z]):([a-z])(?::(\d+))?$/i.exec(range) ?? []
  if (from === undefined || to === undefined) return undefined
  const codes = counted(from.charCodeAt(0), to.charCodeAt(0), Number(step))
  return codes?.map((code) => String.fromCharCode(code))
}

function counted(from: number, to: number, step: number): readonly number[] | undefined {
  const length = Math.floor((to - from) / step) + 1
  if (step < 1 || length < 1 || length > 1000) return undefined
  return Array.from({ length }, (_, index) => from + index * step)
}
