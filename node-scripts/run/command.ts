/** A command as a value: no shell parses it, so nothing needs quoting. */
export interface Command {
  readonly argv: readonly string[]
  /** Given on standard input: the place for secrets. */
  readonly stdin?: string
  /** Milliseconds; the default is ten minutes. */
  readonly timeout?: number
}

export const command = (...argv: string[]): Command => ({ argv })

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/

/** A command as a person would type it into a POSIX shell. Input is not shown. */
export function shellText({ argv }: Command): string {
  const quote = (word: string) =>
    plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  return argv.map(quote).join(' ')
}
