/** Text that is markup already. Only {@link html} makes it, so everything else is escaped. */
export interface Html {
  readonly markup: string
}

type Value = string | number | Html | readonly Html[] | undefined

/** A template of markup: every value in it is escaped, unless it was made by a template itself. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = parts.reduce((text, part, index) => text + shown(values[index - 1]) + part)
  return { markup }
}

function shown(value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(shown).join('')
  return escaped(String(value))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe between tags and inside quoted attributes; no control characters, which HTML forbids. */
export const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd')
