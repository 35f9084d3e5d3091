import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import type { Options } from '../arguments.ts'
import { isRecorded, writeReport } from '../recorder.ts'
import { loadCluster } from '../session.ts'

/** Opens the report of a run, the last one if none is named. It is made anew from the run's records. */
export async function report(options: Options): Promise<number> {
  const { name } = await loadCluster(options.config)
  const runs = join(dirname(resolve(options.config)), '.kubestrap', name, 'runs')
  const path = writeReport(join(runs, chosenRun(recordedRuns(runs), options.words[0], runs)))
  process.stdout.write(`${path}\n`)
  if (!options.print && process.stdout.isTTY && hasScreen(process.env)) await open(path)
  return exitCodes.ok
}

/** Names of runs begin with their time: sorted, the last is the newest. */
function recordedRuns(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((run) => isRecorded(join(folder, run)))
    .sort()
}

/**
 * @param word beginning of a run's name, its time; the last that begins so
 * @throws KubestrapError KS-NO-REPORT
 */
export function chosenRun(runs: readonly string[], word: string | undefined, folder: string) {
  const chosen = runs.filter((run) => run.startsWith(word ?? '')).at(-1)
  if (chosen !== undefined) return chosen
  throw new KubestrapError({
    id: 'KS-NO-REPORT',
    exit: 'usage',
    what: word === undefined ? 'no run has left a report yet' : `no run begins with ${word}`,
    lines: runs.slice(-10).map((run) => `there is ${run}`),
    remedy:
      runs.length > 0
        ? 'give the beginning of one of these, or none for the last'
        : `kubestrap up leaves one in ${folder}`,
  })
}

/** On Linux without a display there is nothing that could open a page. */
export function hasScreen(env: NodeJS.ProcessEnv, platform = process.platform): boolean {
  return platform === 'darwin' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY)
}

/** The desktop's own way to open a file; where there is none the printed path is all. */
function open(path: string): Promise<void> {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(opener, [path], { stdio: 'ignore', detached: true })
  return new Promise((done) => {
    child.once('error', () => done())
    child.once('spawn', () => {
      child.unref()
      done()
    })
  })
}
