import { type Cluster, type ClusterNode, nodeNamed } from '../../lib/cluster.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import type { Machine } from './machine.ts'
import type { Step } from './step.ts'

/** What a phase knows when it makes its steps. */
export interface Context {
  readonly cluster: Cluster
  /** The node the phase runs on. */
  readonly node: ClusterNode
  readonly input: PhaseInput
}

/** One phase: its steps in order, as values. */
export interface PhaseScript {
  readonly name: string
  /** Why the phase exists; for `--explain`. */
  readonly about: string
  readonly steps: (context: Context) => readonly Step[]
  /** What the phase hands back, made after its steps; may be secret. */
  readonly gives?: (on: Machine, context: Context) => Promise<unknown>
  /** How a person would come by it; for `--explain`, with names in place of secrets. */
  readonly givesByHand?: (context: Context) => Promise<string>
  /** What remains to be done elsewhere when a person ran the phase by hand. */
  readonly afterwards?: (context: Context) => readonly string[]
}

export function contextOf(input: PhaseInput): Context {
  return { cluster: input.cluster, node: nodeNamed(input.cluster, input.node), input }
}
