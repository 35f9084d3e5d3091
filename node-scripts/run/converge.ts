import { setTimeout as sleep } from 'node:timers/promises'
import { KubestrapError } from '../../lib/errors.ts'
import type { PlannedStep } from '../../lib/events.ts'
import type { Machine } from './machine.ts'
import { type Finding, type Step, shellText } from './step.ts'

/** A look at a step: what its check found, or why it refused. */
type Look = Finding | { readonly as: 'refused'; readonly error: unknown }

/** Looks at all steps together, so that questions to the machine can be asked once for all. */
async function lookAll(steps: readonly Step[], on: Machine): Promise<Look[]> {
  return Promise.all(steps.map((step) => look(step, on)))
}

async function look(step: Step, on: Machine): Promise<Look> {
  try {
    return await step.check(on)
  } catch (error) {
    return { as: 'refused', error }
  }
}

/** What a run would do. Changes nothing. @throws what a check refuses with */
export async function plan(steps: readonly Step[], on: Machine): Promise<PlannedStep[]> {
  const looks = await lookAll(steps, on)
  return steps.map((step, index) => planned(step, looks[index] as Look))
}

function planned({ title }: Step, look: Look): PlannedStep {
  switch (look.as) {
    case 'wanted':
      return { step: title, outcome: 'ok', ...remarks(look) }
    case 'different':
      return { step: title, outcome: 'would-change', found: look.found, wanted: look.wanted }
    case 'unknown':
      return { step: title, outcome: 'unknown', wanted: `known after ${look.until}` }
    case 'refused':
      throw look.error
  }
}

const remarks = ({ note, because }: Finding & { readonly as: 'wanted' }) => ({
  ...(note ? { note } : {}),
  ...(because ? { because } : {}),
})

export interface ConvergeOptions {
  /** Title of the last step to do. */
  readonly until?: string
  /** Waits before the step with this number is done: --pause. */
  readonly pause?: ((index: number) => Promise<void>) | undefined
  /** Filled with the titles of what changed, also when a later step fails. */
  readonly changed?: string[]
}

/**
 * Brings the machine to where every step is as wanted: check, apply, check again.
 * The first look is at all steps together; after the first change each is looked at anew.
 *
 * @returns titles of the steps that changed something
 * @throws KubestrapError of the step that failed, with the step's title filled in
 */
export async function converge(
  steps: readonly Step[],
  on: Machine,
  { until, pause, changed = [] }: ConvergeOptions = {},
): Promise<string[]> {
  const first = await lookAll(steps, on)
  for (const [index, step] of steps.entries()) {
    const began = Date.now()
    const done = (outcome: 'ok' | 'changed', seen?: Look) => {
      const diff = seen?.as === 'different' ? { found: seen.found, wanted: seen.wanted } : {}
      const why = seen?.as === 'wanted' && seen.because ? { because: seen.because } : {}
      const ms = Date.now() - began
      on.emit({ kind: 'step-finished', step: step.title, outcome, ...diff, ...why, ms })
    }
    on.emit({
      kind: 'step-started',
      step: step.title,
      why: step.why,
      index,
      of: steps.length,
    })
    const seen = changed.length === 0 ? (first[index] as Look) : await look(step, on)
    if (seen.as === 'refused') throw inStep(step, seen.error)
    if (seen.as === 'wanted') {
      done('ok', seen)
      if (seen.note) on.emit({ kind: 'notice', text: seen.note })
    } else {
      if (pause) {
        on.emit({
          kind: 'paused',
          ...{ step: step.title, why: step.why, index, commands: byHand(step) },
        })
        await pause(index).catch((error: unknown) => {
          throw inStep(step, error)
        })
      }
      await change(step, on)
      changed.push(step.title)
      done('changed', seen)
    }
    if (step.title === until) break
  }
  return changed
}

async function change(step: Step, on: Machine): Promise<void> {
  // What was seen may be minutes old by now: --pause waits for a person.
  on.forget()
  try {
    if ('run' in step.apply) await step.apply.run(on)
    else for (const command of step.apply) await on.run(command)
    const after = await settled(step, on)
    if (after.as !== 'wanted') throw notEffective(step, after)
  } catch (error) {
    throw inStep(step, error)
  }
}

/** Pauses before a question is asked again that found nobody to answer it, milliseconds. */
const patience = [1_000, 2_000, 4_000, 8_000]

/** Right after a change an API server may be busy for a moment: no answer is not yet a wrong one. */
async function settled(step: Step, on: Machine): Promise<Finding> {
  for (const pause of patience) {
    on.forget()
    const finding = await step.check(on)
    if (finding.as !== 'unknown') return finding
    await sleep(pause)
  }
  on.forget()
  return step.check(on)
}

function notEffective(step: Step, after: Finding): KubestrapError {
  const seen = after.as === 'different' ? `found: ${after.found}` : 'it cannot be known yet'
  return new KubestrapError({
    id: 'KS-STEP-NOT-EFFECTIVE',
    exit: 'phaseFailed',
    what: `"${step.title}" was done, but the machine is still not as wanted`,
    lines: [seen, ...(after.as === 'different' ? [`wanted: ${after.wanted}`] : [])],
    remedy: `look at it by hand: ${byHand(step).split('\n')[0] ?? ''}`,
  })
}

function inStep(step: Step, error: unknown): unknown {
  if (!(error instanceof KubestrapError) || error.details.step) return error
  return new KubestrapError({ ...error.details, step: step.title }, { cause: error })
}

/** What a person would type to do the step without kubestrap. */
export function byHand({ apply }: Step): string {
  return 'byHand' in apply ? apply.byHand : apply.map(shellText).join('\n')
}

/** The same with every file it needs: for `--explain`. */
export async function byHandInFull(step: Step): Promise<string> {
  const { apply } = step
  return 'byHand' in apply && apply.inFull ? apply.inFull() : byHand(step)
}
