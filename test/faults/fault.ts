import type { Ran } from '../e2e/support.ts'
import type { Setting } from './settings.ts'

/** Something that breaks while kubestrap works, and what must come of it. */
export interface Fault {
  /** Also in the table of docs/faults.md. */
  readonly name: string
  /** What it is done to; the plain one if not told. */
  readonly setting?: Setting
  /** In the fixed list of every test run; the others only with --all. */
  readonly always: boolean
  /** Brings the fault about, usually in the middle of a run. @returns what the person saw */
  readonly happen: (seed: number) => Promise<Ran>
  /** What the person must see; several where the moment decides which. */
  readonly exitCode: number | readonly number[]
  /** What the run must say. */
  readonly says?: RegExp
  /** The cluster is another one afterwards: nothing of the old one can be in it. */
  readonly anew?: true | undefined
  /** Nodes whose Node objects may be others afterwards, beside those that leave by `leave`. */
  readonly takes?: readonly string[]
  /** What a person does before the same command again: plug in the cable, free the disk. */
  readonly mend?: () => Promise<unknown>
}

/** Killed by a signal: no exit code of its own. */
export const killed = -1
