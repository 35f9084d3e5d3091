import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorIds, errorPages } from '../../lib/error-pages.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { exampleCluster } from '../../lib/example-cluster.ts'
import type { Lesson } from '../../lib/lessons/lesson.ts'
import { lessonsPage } from '../../lib/lessons/page.ts'
import { phases, scriptNames } from '../../lib/phases.ts'
import { pictured } from '../../lib/report/record.ts'
import { closest } from '../../lib/suggest.ts'
import { language, told } from '../../lib/texts/told.ts'
import type { Options } from '../arguments.ts'
import { ownBundles } from '../bundles.ts'
import { fileExists } from '../local-state.ts'
import { loadCluster } from '../session.ts'

/**
 * Tells an error by its id, a phase as a lesson, or without a word the whole run, lesson by lesson:
 * with the addresses of the cluster file where there is one, else of an example. Asks no node.
 */
export async function explain(options: Options): Promise<number> {
  const { config, out } = options
  const [word] = options.words
  if (out !== undefined && existsSync(out)) throw fileExists(out)
  const asText = () => (word === undefined ? wholeRun(config) : oneThing(word, config))
  const text = options.html ? await page(word, config) : await asText()
  if (out === undefined) process.stdout.write(text)
  else writeFileSync(out, text, { flag: 'wx' })
  return exitCodes.ok
}

/** The whole run, or one phase, as a page with the picture of the cluster. */
async function page(word: string | undefined, config: string): Promise<string> {
  if (word !== undefined && !scriptNames.includes(word)) throw unknownWord(word, scriptNames)
  const names = word === undefined ? phases.map(({ name }) => name) : [word]
  const told = await lessons(names, config)
  const cluster = existsSync(config) ? await loadCluster(config) : exampleCluster()
  return lessonsPage(pictured(cluster), told)
}

async function oneThing(word: string, config: string): Promise<string> {
  const page = pageOf(word.toUpperCase())
  if (page !== undefined) return page
  if (scriptNames.includes(word)) return lesson(word, config)
  throw unknownWord(word, [...scriptNames, ...errorIds])
}

function unknownWord(word: string, known: readonly string[]): KubestrapError {
  const near = closest(word, known)
  return new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: `there is neither a phase nor an error id ${JSON.stringify(word.slice(0, 100))}`,
    lines: near ? [`did you mean ${near}?`] : [],
    remedy: near
      ? `kubestrap explain ${near}`
      : `phases: ${scriptNames.join(', ')}; ids are in docs/troubleshooting.md`,
  })
}

/** Lessons as values. @throws KubestrapError when the cluster file is wrong */
export const lessons = (names: readonly string[], config: string): Promise<readonly Lesson[]> =>
  Promise.all(
    names.map(async (phase) => JSON.parse(await lesson(phase, config, '--json')) as Lesson),
  )

/** The page of an id, for a terminal: without the note of who wrote it, links as their words. */
function pageOf(id: string): string | undefined {
  const page = errorPages().get(`${id}.md`)
  return page?.replace(/^<!--.*-->\n/, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
}

/** What the phase's own file answers to --explain, `more` being flags beside it. */
export async function lesson(phase: string, config: string, ...more: string[]): Promise<string> {
  const { folder } = await ownBundles()
  const cluster = existsSync(config) ? ['--config', config] : []
  const flags = ['--lang', language(), ...more, ...cluster]
  const argv = [join(folder, `${phase}.mjs`), '--explain', ...flags]
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

/** What a lesson says of a phase that this cluster does not need. */
const noNode = 'no node of this cluster, as its file is'

async function wholeRun(config: string): Promise<string> {
  const texts = await Promise.all(phases.map(({ name }) => lesson(name, config)))
  const idle = `- ${told('Runs on')}: ${told(noNode)}`
  const used = texts.filter((text) => !text.includes(idle))
  const contents = used.map((text, index) => `${index + 1}. ${/^# (.*)$/m.exec(text)?.[1] ?? ''}`)
  return `# ${told('The whole run')}\n\n${contents.join('\n')}\n\n${used.join('\n\n')}`
}
