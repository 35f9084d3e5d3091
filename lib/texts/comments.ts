// Three blanks and # after a command. Comments that fill their line belong to files, and stay.
const remark = /(\S {3}# )(.+)$/gm

/** The remarks in commands that are to be typed by hand. */
export const remarksIn = (commands: string): readonly string[] =>
  [...commands.matchAll(remark)].map(([, , text = '']) => text)

/** The same commands with each remark as `tell` tells it. */
export const withComments = (commands: string, tell: (text: string) => string): string =>
  commands.replace(remark, (_, before: string, text: string) => `${before}${tell(text)}`)
