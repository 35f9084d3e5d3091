import type { Ran } from '../../e2e/support.ts'
import {
  begins,
  beginUp,
  leave,
  leaveAll,
  plane,
  runs,
  sleep,
  steward,
  upWith,
  worker,
} from '../actions.ts'
import { type Fault, killed } from '../fault.ts'
import { inPlaneJoin, inPrerequisites, inWorkerJoin } from './moments.ts'

/** The orchestrator is killed: nobody takes anything back any more. */

interface Beginnings {
  readonly node: string
  readonly always: boolean
  readonly prepare: () => Promise<void>
  /** What `up` shows when they begin, in their order. */
  readonly marks: readonly RegExp[]
  readonly anew?: true
}

/** One `up` after the other, each killed when the next phase of the node begins. */
const killedAtEach = ({ node, always, prepare, marks, anew }: Beginnings): Fault => ({
  name: `orchestrator killed at the beginning of each phase of ${node}`,
  always,
  exitCode: killed,
  anew,
  async happen() {
    await prepare()
    let last: Ran | undefined
    for (const mark of marks) {
      last = await upWith(mark, ({ child }) => child.kill('SIGKILL'))
      if (last.exitCode !== killed) break
    }
    return last as Ran
  },
})

export const killedIn = (
  name: string,
  mark: RegExp,
  prepare: () => Promise<unknown>,
  always: boolean,
): Fault => ({
  name: `orchestrator killed in ${name}`,
  always,
  exitCode: killed,
  async happen() {
    await prepare()
    return upWith(mark, ({ child }) => child.kill('SIGKILL'))
  },
})

/** A generator of numbers from a seed: the same seed, the same moments (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Milliseconds, from the first look to the last steps of a join. */
const longest = { [worker]: 12_000, [plane]: 25_000 }

const atRandom = (number: number, always: boolean): Fault => ({
  name: `orchestrator killed at a random moment, ${number}`,
  always,
  exitCode: killed,
  async happen(seed) {
    const next = random(seed + number)
    const node = next() < 0.5 ? worker : plane
    let moment = Math.round(next() * longest[node])
    for (let tries = 0; tries < 3; tries += 1) {
      await leave(node)
      console.log(`  ${node} joins, killed after ${moment} ms (seed ${seed})`)
      const { child, ended } = beginUp()
      await sleep(moment)
      child.kill('SIGKILL')
      const ran = await ended
      if (ran.exitCode !== 0) return ran
      // Done before the moment came: nothing was killed.
      moment = Math.round(moment / 2)
    }
    throw new Error('up was done before each of three moments')
  },
})

const beginningsOf = (node: string, ...phases: readonly string[]) =>
  phases.map((phase) => begins(node, phase))
const afterJoin = ['pod-network', 'pod-routes']

const eachBeginning: readonly Beginnings[] = [
  {
    node: worker,
    always: true,
    prepare: () => leave(worker, '--purge'),
    marks: beginningsOf(worker, 'prerequisites', 'worker-join', ...afterJoin),
  },
  {
    node: plane,
    always: false,
    prepare: () => leave(plane, '--purge'),
    marks: beginningsOf(plane, 'prerequisites', 'control-plane-join', ...afterJoin),
  },
  {
    node: steward,
    always: false,
    anew: true,
    // Without --purge: the machines are prepared, and there is nothing to do in prerequisites.
    prepare: leaveAll,
    marks: [
      ...beginningsOf(steward, 'control-plane-init', 'pod-network'),
      runs(steward, 'join-credentials', 'kubeadm'),
      // In this order: once all have joined there is nothing to do in node-settings.
      ...beginningsOf(steward, 'node-settings', 'pod-routes'),
    ],
  },
]

export const killFaults: readonly Fault[] = [
  ...eachBeginning.map(killedAtEach),
  killedIn('the middle of dnf', inPrerequisites.mark, () => leave(worker, '--purge'), false),
  killedIn('worker-join', inWorkerJoin.mark, () => leave(worker), false),
  killedIn('control-plane-join', inPlaneJoin.mark, () => leave(plane), true),
  atRandom(1, true),
  ...[2, 3, 4].map((number) => atRandom(number, false)),
]
