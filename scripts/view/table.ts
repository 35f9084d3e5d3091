/**
 * Columns as wide as their widest text, two spaces apart.
 *
 * @param align of every column but the first, which is always left
 */
export function table(
  rows: readonly (readonly string[])[],
  align: 'left' | 'right' = 'left',
): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const padded = (text: string, i: number) =>
    align === 'right' && i > 0 ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)
  return rows.map((row) => row.map(padded).join('  ').trimEnd())
}
