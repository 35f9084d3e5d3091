/**
 * Texts of one language: English -> the same in that language. The English text stands where it is
 * used, and is the key. `{name}` holds one word, `{name...}` any text; a translation may put them in
 * another order.
 */
export type Catalogue = Readonly<Record<string, string>>

const holder = /\{(\w+)(\.\.\.)?\}/g

interface Pattern {
  readonly key: string
  readonly matches: RegExp
  readonly names: readonly string[]
}

/** Makes a translator of a catalogue: the entry a text belongs to, and the text in that language. */
export function translator(catalogue: Catalogue) {
  const patterns = Object.keys(catalogue)
    .filter((key) => key.search(holder) >= 0)
    .map(patternOf)
  return (text: string): { readonly key: string; readonly text: string } | undefined => {
    const exact = Object.hasOwn(catalogue, text) ? catalogue[text] : undefined
    if (exact !== undefined) return { key: text, text: exact }
    for (const { key, matches, names } of patterns) {
      const found = matches.exec(text)
      if (!found) continue
      const values = new Map(names.map((name, index) => [name, found[index + 1] ?? '']))
      const filled = (catalogue[key] ?? '').replace(holder, (_, name) => values.get(name) ?? '')
      return { key, text: filled }
    }
    return undefined
  }
}

function patternOf(key: string): Pattern {
  const names = [...key.matchAll(holder)].map(([, name = '']) => name)
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  let [end, source] = [0, '']
  for (const found of key.matchAll(holder)) {
    source += literal(key.slice(end, found.index)) + (found[2] ? '(.+)' : '(\\S+)')
    end = found.index + found[0].length
  }
  return { key, names, matches: new RegExp(`^${source}${literal(key.slice(end))}$`, 's') }
}
