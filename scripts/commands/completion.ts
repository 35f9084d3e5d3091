import { exitCodes } from '../../lib/errors.ts'
import { closest } from '../../lib/suggest.ts'
import { type Options, usage } from '../arguments.ts'
import { completion, shells } from '../completion.ts'
import { loadCluster } from '../session.ts'

/** Prints the script for a shell; `nodes` is what those scripts ask for at every Tab. */
export async function printCompletion({ words: [shell = ''], config }: Options): Promise<number> {
  if (shell === 'nodes') {
    for (const name of await nodeNames(config)) process.stdout.write(`${name}\n`)
    return exitCodes.ok
  }
  const text = completion(shell)
  if (text === undefined) {
    const near = closest(shell, shells)
    const meant = near ? `, did you mean ${near}?` : ''
    throw usage(
      [shell === '' ? 'for which shell?' : `no completion for "${shell}"${meant}`],
      `kubestrap completion ${shells.join('|')}`,
    )
  }
  process.stdout.write(text)
  return exitCodes.ok
}

/** None where the file is missing or wrong: a Tab is no place for an error. */
async function nodeNames(config: string): Promise<readonly string[]> {
  try {
    return (await loadCluster(config)).nodes.map(({ name }) => name)
  } catch {
    return []
  }
}
