import { plainLine } from '../text.ts'
import { withoutSecrets } from '../without-secrets.ts'

/** What diagnose.sh told of one node: name of a section to its text, secrets removed. */
export type Sections = ReadonlyMap<string, string>

const most = 400_000
const name = /^[a-z-]{1,40}$/

/**
 * Reads the output of diagnose.sh. Only lines that begin with the mark of this call divide it: a
 * log that holds something alike divides nothing. Control characters go.
 *
 * @returns what came, and whether the script ran to its end
 */
export function readSections(output: string, mark: string): { sections: Sections; whole: boolean } {
  const sections = new Map<string, string[]>()
  let [lines, whole]: [string[] | undefined, boolean] = [undefined, false]
  for (const line of output.split('\n')) {
    if (!line.startsWith(`${mark} `)) lines?.push(line)
    else if (line === `${mark} end`) [lines, whole] = [undefined, true]
    else {
      const title = line.slice(mark.length + ' section '.length)
      lines = []
      if (name.test(title)) sections.set(title, lines)
    }
  }
  const texts = [...sections].map(([title, one]) => [title, cleaned(one)] as const)
  return { sections: new Map(texts), whole }
}

function cleaned(lines: readonly string[]): string {
  const text = withoutSecrets(lines.join('\n').slice(0, most))
  return text.split('\n').map(plainLine).join('\n').trimEnd().concat('\n')
}
