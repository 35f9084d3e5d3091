/**
 * The known word that a mistyped one was probably meant to be: "did you mean". Looks at typing
 * errors first (a letter more, less, other, or two swapped), then at words that contain it
 * (`version` finds `kubernetesVersion`).
 *
 * @returns undefined when nothing is near enough to be worth asking
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  const wanted = simplify(word)
  if (wanted === '' || wanted.length > 100) return undefined
  const ranked = known
    .map((one) => ({ one, far: distance(wanted, simplify(one)) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  // One error in every three letters: more makes words of four letters all alike.
  if (best && best.far <= Math.max(1, Math.floor(wanted.length / 3))) return best.one
  const containing = known.filter((one) => wanted.length >= 4 && simplify(one).includes(wanted))
  return containing.length === 1 ? containing[0] : undefined
}

// Case and separators are what people misremember most: control_plane, podsubnet.
const simplify = (word: string) => word.toLowerCase().replace(/[-_. ]/g, '')

/** Optimal string alignment: Levenshtein's distance in which a swap of two letters counts once. */
function distance(a: string, b: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + cost,
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = row
    row = next
  }
  return at(row, b.length)
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY
