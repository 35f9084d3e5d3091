import { translator } from './catalogue.ts'
import { withComments } from './comments.ts'
import { spanish } from './es/index.ts'
import type { Language } from './language.ts'

const translators = { es: translator(spanish) } as const

/** One language a process, as with setlocale(3): chosen at its start, before anything is shown. */
let chosen: Language = 'en'

export function speak(language: Language): void {
  chosen = language
}

/** The language that was chosen: for who starts another program. */
export const language = (): Language => chosen

/**
 * What a person reads, in the language of `speak`; English where there is no translation. To be
 * called where a text is shown, not where it is made: events, logs and `--json` stay English.
 */
export function told(text: string): string {
  return chosen === 'en' ? text : (translators[chosen](text)?.text ?? text)
}

/** The same for the head of a table. */
export const toldAll = (...texts: readonly string[]): readonly string[] => texts.map(told)

/** Commands to be typed by hand, with their remarks in the language of `speak`. */
export const toldCommands = (commands: string): string =>
  chosen === 'en' ? commands : withComments(commands, told)
