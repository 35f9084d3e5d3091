import fc from 'fast-check'

/**
 * Tries a property with values made up at random. What fails is made as small as possible and
 * printed with its seed; `KUBESTRAP_SEED=SEED` tries the same values again.
 */
export async function holds<T extends [unknown, ...unknown[]]>(
  values: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  property: (...values: T) => void | Promise<void>,
  runs = 100,
): Promise<void> {
  const given = Number(process.env.KUBESTRAP_SEED)
  const seed = Number.isSafeInteger(given) && process.env.KUBESTRAP_SEED ? { seed: given } : {}
  const asked = fc.asyncProperty(...(values as never as [fc.Arbitrary<unknown>]), (...words) =>
    Promise.resolve(property(...(words as never as T))),
  )
  await fc.assert(asked, { numRuns: runs, ...seed })
}

/** What shells, ssh, YAML or terminals give a meaning to. */
const signs = [
  ...['$(', '`', '${', '$', ';', '|', '&', '>', '<', '(', ')', "'", '"', '\\', ' ', '\t', '\n'],
  ...['\r', '*', '?', '[', ']', '{', '}', '!', '#', '~', '^', '=', '%', '-', '--', '-o', ',', ':'],
  ...['/', '..', 'EOF', '#end', 'end_', 'main', "'\\''", '\u001b[2J', '\u001b]0;', '\u0007'],
  ...['\u009b', '\u202e', '\u200b', '\u2028', '日本', '😀', 'touch owned', '%h', 'a', '0', '.'],
]

/** Texts that try to be more than a text; never a NUL, which no argument can hold. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...signs), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join('').replaceAll('\u0000', ''))

/** The same on one line. */
export const hostileLine = hostileText.map((text) => text.replaceAll('\n', ' '))
