import type { ChildProcess } from 'node:child_process'
import { clusterFile, ended, kubestrap, lab, onNode, type Ran, start } from '../e2e/support.ts'

/** A run of `up` that goes on while something happens to it. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
  /** Resolves with true when its output shows the mark, false when it ended without. */
  readonly shows: (mark: RegExp) => Promise<boolean>
}

/** A run that takes longer than this hangs, and is killed. Milliseconds. */
const runLimit = 480_000

const going = new Set<ChildProcess>()

/** What a fault that went wrong left running would hold the nodes of the next one. */
export function endAll(): void {
  for (const child of going) child.kill('SIGKILL')
}

/** Starts `up` as a script would. */
export const beginUp = (...args: readonly string[]): Running =>
  begin('up', '--yes', '--accept-new-host-keys', ...args)

/** Starts `reset` of a node. */
export function beginReset(node: string): Running {
  takenOut.add(node)
  return begin('reset', node, '--confirm', lab)
}

function begin(verb: string, ...args: readonly string[]): Running {
  const words = ['dist/orchestrate.mjs', verb, '--config', clusterFile, '--plain', ...args]
  const child = start(process.execPath, words)
  going.add(child)
  const whole = ended(child, `${verb}, with a fault`, runLimit).finally(() => going.delete(child))
  let seen = ''
  const waiting: { mark: RegExp; go: (shown: boolean) => void }[] = []
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8')
    for (const { mark, go } of waiting) if (mark.test(seen)) go(true)
  })
  return {
    child,
    ended: whole,
    shows(mark) {
      if (mark.test(seen)) return Promise.resolve(true)
      return new Promise((go) => {
        waiting.push({ mark, go })
        void whole.then(() => go(false))
      })
    },
  }
}

/**
 * `up`, with something done to it as soon as its output shows the mark.
 *
 * @throws when it ended before
 */
export const upWith = (mark: RegExp, what: (running: Running) => unknown): Promise<Ran> =>
  runWith(beginUp(), mark, what)

/** The same with a run of another verb. */
export async function runWith(
  running: Running,
  mark: RegExp,
  what: (running: Running) => unknown,
): Promise<Ran> {
  try {
    if (await running.shows(mark)) await what(running)
    else throw new Error(`it ended before it showed ${mark}: ${said(await running.ended)}`)
  } catch (error) {
    running.child.kill('SIGKILL')
    await running.ended
    throw error
  }
  return running.ended
}

/** Nodes that a fault has taken out of the cluster: their Node objects are others afterwards. */
export const takenOut = new Set<string>()

/** A node leaves the cluster, so that the next `up` has to take it in again. */
export function leave(node: string, ...flags: readonly string[]): Promise<void> {
  takenOut.add(node)
  return reset(node, ...flags)
}

/** The whole cluster goes: the next `up` begins another one. */
export function leaveAll(): Promise<void> {
  for (const node of nodes) takenOut.add(node)
  return reset()
}

async function reset(...words: readonly string[]): Promise<void> {
  const ran = await kubestrap('reset', ...words, '--confirm', lab)
  if (ran.exitCode !== 0) throw new Error(`reset ${words.join(' ')}: ${said(ran)}`)
}

/** A command as root on a node that must work. */
export async function must(node: string, script: string): Promise<string> {
  const ran = await onNode(node, script)
  if (ran.exitCode !== 0) throw new Error(`${node}: ${script}\n${said(ran)}`)
  return ran.stdout
}

export const said = ({ stdout, stderr }: Ran): string => `${stdout}\n${stderr}`

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What a phase is about to do, as `up` shows it. */
export const begins = (node: string, phase: string) => new RegExp(`${node} +${phase} +started`)
export const runs = (node: string, phase: string, command: string) =>
  new RegExp(`${node} +${phase} +\\$ ${command}`)

/** As cluster admin, on a control plane. */
export const kubectlAsAdmin = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** The control plane that begins the cluster, and acts for it. */
export const steward = 'k-master-1'
/** The nodes the faults are done to: one of each role, taken in again each time. */
export const worker = 'k-worker-1'
export const plane = 'k-master-3'
export const planes = [steward, 'k-master-2', plane]
export const nodes = [...planes, worker]
