import type { Command } from './command.ts'
import type { Machine } from './machine.ts'

export { type Command, command, shellText } from './command.ts'

/** What a check found. A check only looks: it never changes the machine. */
export type Finding =
  /** `note`: as wanted, but somebody should know; shown by plans and told once by a run. */
  | {
      readonly as: 'wanted'
      readonly note?: string
      /** Why there was nothing to do, where that is not plain from the title. */
      readonly because?: string
    }
  | { readonly as: 'different'; readonly found: string; readonly wanted: string }
  /** Cannot be known yet: `until` names the phase or step after which it can. */
  | { readonly as: 'unknown'; readonly until: string }

/** One idempotent change inside a phase. */
export interface Step {
  /** Imperative, sentence case: "Switch swap off". Also the name for `--until`. */
  readonly title: string
  /** Why a Kubernetes node needs it; one or two sentences for `--explain`. */
  readonly why: string
  readonly check: (on: Machine) => Promise<Finding>
  readonly apply: readonly Command[] | Procedure
  /** Paths of files it leaves on the node, for `--explain` and `why`; one ending in / is a folder. */
  readonly writes?: string | readonly string[]
}

/** A change that is more than a list of commands; `byHand` is what a person would type. */
export interface Procedure {
  readonly byHand: string
  /** The same where one line would hide what counts: files it needs, secrets as placeholders. */
  readonly inFull?: () => Promise<string>
  readonly run: (on: Machine) => Promise<void>
}

/** Files that a step leaves on the node. */
export const filesOf = ({ writes = [] }: Step): readonly string[] => [writes].flat()

export const wanted: Finding = Object.freeze({ as: 'wanted' })
export const wantedSince = (because: string): Finding => ({ as: 'wanted', because })
export const wantedBut = (note: string): Finding => ({ as: 'wanted', note })
export const different = (found: string, want: string): Finding => ({
  as: 'different',
  found,
  wanted: want,
})
export const unknown = (until: string): Finding => ({ as: 'unknown', until })
