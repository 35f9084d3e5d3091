import type { ErrorDetails } from './errors.ts'

/**
 * What a phase tells while it runs. Readers: live view, plain lines, log files, `--json`.
 * Events never hold a secret: what a phase gives back travels in its result.
 */
export type PhaseEventBody =
  | { readonly kind: 'phase-started'; readonly phase: string; readonly title: string }
  | {
      readonly kind: 'step-started'
      readonly step: string
      /** The reason, as the step tells it. */
      readonly why?: string
      readonly index: number
      readonly of: number
    }
  | {
      readonly kind: 'step-finished'
      readonly step: string
      readonly outcome: StepOutcome
      /** What was found in place of what is wanted; bounded, no secrets. */
      readonly found?: string
      readonly wanted?: string
      /** Why there was nothing to do. */
      readonly because?: string
      readonly ms: number
    }
  | {
      /** With --pause: the step waits until somebody says that it may be done. */
      readonly kind: 'paused'
      readonly step: string
      readonly why: string
      readonly index: number
      /** What a person would type, a command a line. */
      readonly commands: string
    }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'output'; readonly line: string }
  | {
      readonly kind: 'waiting'
      readonly what: string
      /** Milliseconds waited so far, and at most. */
      readonly elapsed: number
      readonly limit: number
    }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'error'; readonly error: ErrorDetails }

/** `ok`: was as wanted. `changed`: was not, is now. The other two come from plans. */
export type StepOutcome = 'ok' | 'changed' | 'would-change' | 'unknown'

/** An event on the wire: one JSON line, numbered from 0 within its run. */
export type PhaseEvent = PhaseEventBody & {
  readonly run: string
  readonly seq: number
  /** RFC 3339, UTC, milliseconds, the node's clock. */
  readonly at: string
}

/** How a run of a phase ended. Written last, atomically, root-only: `gives` may hold secrets. */
export interface PhaseResult {
  readonly run: string
  readonly phase: string
  readonly outcome: 'done' | 'failed'
  /** Titles of the steps that changed something. */
  readonly changed: readonly string[]
  readonly steps: number
  readonly error?: ErrorDetails
  readonly gives?: unknown
}

export type Emit = (event: PhaseEventBody) => void

/** One step as a plan shows it. */
export interface PlannedStep {
  readonly step: string
  readonly outcome: StepOutcome
  readonly found?: string
  readonly wanted?: string
  /** As wanted, but somebody should know. */
  readonly note?: string
  /** Why there is nothing to do. */
  readonly because?: string
}
