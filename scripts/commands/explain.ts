import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorPages } from '../../lib/error-pages.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { otherScripts, phases } from '../../lib/phases.ts'
import { closest } from '../../lib/suggest.ts'
import type { Options } from '../arguments.ts'
import { ownBundles } from '../bundles.ts'

/**
 * Tells an error by its id, a phase as a lesson, or without a word the whole run, lesson by lesson:
 * with the addresses of the cluster file where there is one, else of an example. Asks no node.
 */
export async function explain({ words: [word], config }: Options): Promise<number> {
  const text = word === undefined ? await wholeRun(config) : await oneThing(word, config)
  process.stdout.write(text)
  return exitCodes.ok
}

async function oneThing(word: string, config: string): Promise<string> {
  const page = pageOf(word.toUpperCase())
  if (page !== undefined) return page
  if (explainable.includes(word)) return lesson(word, config)
  const near = closest(word, [...explainable, ...ids()])
  throw new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: `there is neither a phase nor an error id ${JSON.stringify(word.slice(0, 100))}`,
    lines: near ? [`did you mean ${near}?`] : [],
    remedy: `phases: ${explainable.join(', ')}; ids are in docs/troubleshooting.md`,
  })
}

/** Names of the phases: those of `up` first. */
export const explainable: readonly string[] = [
  ...phases.map(({ name }) => name),
  ...Object.keys(otherScripts),
]

const ids = () => [...errorPages().keys()].map((file) => file.replace(/\.md$/, ''))

/** The page of an id, for a terminal: without the note of who wrote it, links as their words. */
function pageOf(id: string): string | undefined {
  const page = errorPages().get(`${id}.md`)
  return page?.replace(/^<!--.*-->\n/, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
}

/** What the phase's own file answers to --explain. */
async function lesson(phase: string, config: string): Promise<string> {
  const { folder } = await ownBundles()
  const cluster = existsSync(config) ? ['--config', config] : []
  const argv = [join(folder, `${phase}.mjs`), '--explain', ...cluster]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 2 ** 24 })
    return stdout
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? ''
    const [first = ''] = said.split('\n').filter((line) => line.trim() !== '')
    throw new KubestrapError({
      id: 'KS-USAGE',
      exit: 'usage',
      what: `the lesson of ${phase} could not be told`,
      lines: said.split('\n').slice(0, 20),
      remedy:
        first === '' ? 'node build.mjs' : 'correct the cluster file: kubestrap plan --offline',
    })
  }
}

async function wholeRun(config: string): Promise<string> {
  const lessons = await Promise.all(phases.map(({ name }) => lesson(name, config)))
  const told = lessons.filter((text) => !text.includes('- Runs on: no node'))
  const contents = told.map((text, index) => `${index + 1}. ${/^# (.*)$/m.exec(text)?.[1] ?? ''}`)
  return `# The whole run\n\n${contents.join('\n')}\n\n${told.join('\n\n')}`
}
