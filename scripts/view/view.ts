import type { ClusterNode } from '../../lib/cluster.ts'
import type { PhaseEvent } from '../../lib/events.ts'
import { told } from '../../lib/texts/told.ts'

/** What a run tells whoever looks on. One for logs and pipes, one for terminals. */
export interface View {
  /** A line for the person: kept above whatever moves. */
  readonly print: (line: string) => void
  /** What is to be expected of every node: "nothing to do", "waits for its turn". */
  readonly planned: (hosts: ReadonlyMap<string, string>) => void
  readonly started: (node: ClusterNode, phase: string) => void
  readonly event: (node: ClusterNode, phase: string, event: PhaseEvent) => void
  /** `outcome` in a few words: "3 changed", "failed", "skipped: ..." */
  readonly finished: (node: ClusterNode, phase: string, outcome: string, ms: number) => void
  /** Everybody waits for this: join credentials, the endpoint. */
  readonly waiting: (what: string | undefined) => void
  readonly close: () => void
}

export const nothingToDo = 'nothing to do'

/** What is going on at a node, as both views show it. */
export interface Activity {
  readonly phase: string
  readonly step: string
  readonly detail: string
  readonly since: number
  /** What it waits for, since when, and how long at most, in milliseconds. */
  readonly wait?: { readonly what: string; readonly since: number; readonly limit: number }
}

/** Folds an event into what is going on. */
export function activityAfter({ wait, ...before }: Activity, event: PhaseEvent): Activity {
  switch (event.kind) {
    case 'step-started':
      return {
        ...before,
        step: told(event.step),
        detail: told(`step ${event.index + 1} of ${event.of}`),
      }
    case 'waiting':
      return {
        ...before,
        detail: told(event.what),
        wait: { what: told(event.what), since: Date.now() - event.elapsed, limit: event.limit },
      }
    case 'command':
      return { ...before, detail: `$ ${event.text}` }
    case 'output':
      return { ...before, detail: event.line }
    case 'step-finished':
      return before
    default:
      return { ...before, ...(wait ? { wait } : {}) }
  }
}
