import { existsSync } from 'node:fs'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import {
  type Author,
  authors,
  authorsOf,
  fileList,
  nearFiles,
  whyText,
} from '../../lib/lessons/why.ts'
import { scriptNames } from '../../lib/phases.ts'
import { told } from '../../lib/texts/told.ts'
import { type Options, usage } from '../arguments.ts'
import { lessons } from './explain.ts'

/**
 * Tells of files on nodes which phase and step writes them and why: from the steps themselves, with
 * the cluster file where there is one, else with an example. Asks no node.
 *
 * @throws KubestrapError KS-USAGE when no step writes one of them; the others are told all the same
 */
export async function why({ words, config, list }: Options): Promise<number> {
  if (words.length === 0 && !list)
    throw usage(['why needs the path of a file on a node'], 'kubestrap why --list names all')
  const all = authors(await lessons(scriptNames, config))
  const ofWhat = existsSync(config) ? config : `an example cluster, for there is no ${config}`
  const unknown = words.filter((path) => authorsOf(path, all).length === 0)
  const texts = words
    .filter((path) => !unknown.includes(path))
    .map((path) => whyText(path, authorsOf(path, all)))
  if (!existsSync(config)) process.stderr.write(`${told(`This is told of ${ofWhat}.`)}\n\n`)
  process.stdout.write([...texts, ...(list ? [fileList(all)] : [])].join('\n'))
  if (unknown.length > 0) throw notOurs(unknown, all, ofWhat)
  return exitCodes.ok
}

function notOurs(paths: readonly string[], all: readonly Author[], ofWhat: string) {
  return new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what: `no step of kubestrap writes that (the steps of ${ofWhat})`,
    lines: paths.map((path) => {
      const near = nearFiles(path, all)
      return near.length > 0 ? `${path}: did you mean ${near.join(' or ')}?` : path
    }),
    remedy:
      'kubestrap why --list names all files; packages bring the others: rpm --query --file PATH',
  })
}
