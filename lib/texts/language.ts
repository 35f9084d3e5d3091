import { KubestrapError } from '../errors.ts'
import { closest } from '../suggest.ts'

/** Languages that lessons, titles and reasons are told in. Errors, logs and events are English. */
export const languages = ['en', 'es'] as const

export type Language = (typeof languages)[number]

const isLanguage = (word: string): word is Language => languages.some((one) => one === word)

/**
 * The language to tell everything in: of `--lang`, else of the first of LC_ALL, LC_MESSAGES and LANG
 * that says something (POSIX, Base Definitions 8.2), else English.
 *
 * @param asked the value of `--lang`
 * @throws KubestrapError KS-USAGE with the languages there are
 */
export function languageFor(
  asked: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  if (asked === undefined) return languageOfLocale(environment)
  if (isLanguage(asked)) return asked
  const near = closest(asked, languages)
  throw new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: `there is no language ${JSON.stringify(asked.slice(0, 40))}`,
    lines: near ? [`did you mean ${near}?`] : [],
    unchanged: 'nothing was done',
    remedy: `--lang with one of: ${languages.join(', ')}`,
  })
}

/** `es_ES.UTF-8` is Spanish; a language that there is none of, or none, is English. */
function languageOfLocale(environment: Readonly<Record<string, string | undefined>>): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment
  const word = /^[a-z]+/.exec(LC_ALL || LC_MESSAGES || LANG || '')?.[0] ?? ''
  return isLanguage(word) ? word : 'en'
}
