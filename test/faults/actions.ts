import type { ChildProcess } from 'node:child_process'
import { clusterFile, ended, kubestrap, lab, onNode, type Ran, start } from '../e2e/support.ts'

/** A run of `up` that goes on while something happens to it. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
  /** Resolves when its output shows the mark; at once when it was there before. */
  readonly shows: (mark: RegExp) => Promise<void>
}

/** Starts `up` as a script would. */
export function beginUp(...args: readonly string[]): Running {
  const words = ['dist/orchestrate.mjs', 'up', '--config', clusterFile, '--yes', '--plain']
  const child = start(process.execPath, [...words, '--accept-new-host-keys', ...args])
  const whole = ended(child, 'up, with a fault', 600_000)
  let seen = ''
  const waiting: { mark: RegExp; go: () => void }[] = []
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8')
    for (const { mark, go } of waiting) if (mark.test(seen)) go()
  })
  return {
    child,
    ended: whole,
    shows(mark) {
      if (mark.test(seen)) return Promise.resolve()
      return new Promise((go, fail) => {
        waiting.push({ mark, go })
        void whole.then(({ stdout, stderr }) =>
          fail(new Error(`up ended before it showed ${mark}:\n${stdout}\n${stderr}`)),
        )
      })
    },
  }
}

/** `up`, with something done to it as soon as its output shows the mark. */
export async function upWith(mark: RegExp, what: (running: Running) => unknown): Promise<Ran> {
  const running = beginUp()
  await running.shows(mark)
  await what(running)
  return running.ended
}

/** A node leaves the cluster, so that the next `up` has to take it in again. */
export async function leave(node: string, ...flags: readonly string[]): Promise<void> {
  const ran = await kubestrap('reset', node, '--confirm', lab, ...flags)
  if (ran.exitCode !== 0) throw new Error(`reset ${node}: ${ran.stdout}${ran.stderr}`)
}

/** A command as root on a node that must work. */
export async function must(node: string, script: string): Promise<string> {
  const ran = await onNode(node, script)
  if (ran.exitCode !== 0) throw new Error(`${node}: ${script}\n${ran.stdout}${ran.stderr}`)
  return ran.stdout
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What a phase is about to do, as `up` shows it. */
export const begins = (node: string, phase: string) => new RegExp(`${node} +${phase} +started`)
export const runs = (node: string, phase: string, command: string) =>
  new RegExp(`${node} +${phase} +\\$ ${command}`)
