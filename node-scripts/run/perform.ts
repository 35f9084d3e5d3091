import { KubestrapError } from '../../lib/errors.ts'
import type { Emit, PhaseResult } from '../../lib/events.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { otherScripts, phases } from '../../lib/phases.ts'
import { proxyEnvironment } from '../../lib/render/proxy.ts'
import { converge } from './converge.ts'
import { thisMachine } from './machine.ts'
import { contextOf, type PhaseScript } from './phase-script.ts'

export interface Performance {
  readonly run: string
  readonly input: PhaseInput
  readonly until?: string
  /** See ConvergeOptions. */
  readonly pause?: ((index: number) => Promise<void>) | undefined
}

/** Does a phase on this machine and tells how it ended. Never throws: a failure is a result. */
export async function perform(
  phase: PhaseScript,
  { run, input, until, pause }: Performance,
  tell: Emit,
): Promise<PhaseResult> {
  const on = thisMachine(tell, proxyEnvironment(input.cluster))
  const changed: string[] = []
  on.emit({ kind: 'phase-started', phase: phase.name, title: titleOf(phase) })
  try {
    const context = contextOf(input)
    const steps = phase.steps(context)
    if (until !== undefined && !steps.some(({ title }) => title === until))
      throw noSuchStep(until, steps)
    await converge(steps, on, { changed, pause, ...(until === undefined ? {} : { until }) })
    const gives = until === undefined ? await phase.gives?.(on, context) : undefined
    const done = { run, phase: phase.name, outcome: 'done', changed, steps: steps.length } as const
    return gives === undefined ? done : { ...done, gives }
  } catch (error) {
    const known = error instanceof KubestrapError ? error : unexpected(error)
    const details = on.masked({ ...known.details, phase: phase.name, node: input.node })
    on.emit({ kind: 'error', error: details })
    return { run, phase: phase.name, outcome: 'failed', changed, steps: 0, error: details }
  }
}

export const titleOf = ({ name }: PhaseScript): string =>
  phases.find((phase) => phase.name === name)?.title ?? otherScripts[name] ?? name

function noSuchStep(until: string, steps: readonly { title: string }[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-SUCH-STEP',
    exit: 'usage',
    what: `no step is called "${until}"`,
    lines: steps.map(({ title }) => title),
    unchanged: 'nothing was done',
    remedy: 'give one of these titles to --until',
  })
}

/** What nobody expected is a bug of ours: its stack is the most useful thing to show. */
export function unexpected(error: unknown): KubestrapError {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new KubestrapError(
    {
      id: 'KS-BUG',
      exit: 'phaseFailed',
      what: 'this should not have happened: a bug in kubestrap',
      lines: stack.split('\n').slice(0, 12),
      remedy: 'run it again; if it stays, report it with the lines above',
    },
    { cause: error },
  )
}
