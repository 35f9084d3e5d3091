import { setTimeout as sleep } from 'node:timers/promises'
import { KubestrapError } from '../../lib/errors.ts'
import { fileState, writeWhole } from './files.ts'

/** How long somebody may look at a step before the phase gives up, in milliseconds. */
const patience = 30 * 60_000
const pollEvery = 200

const goFile = (folder: string, index: number) => `${folder}/go-${index}`

/** Says that the step with this number, counted from 0, may be done. Twice is the same as once. */
export const letGo = (folder: string, index: number): Promise<void> =>
  writeWhole(goFile(folder, index), '', 0o600)

/**
 * Waits until {@link letGo} was asked for this step.
 *
 * @throws KubestrapError KS-PAUSED-TOO-LONG after half an hour: a node's lock is not held for ever
 */
export async function untilLetGo(folder: string, index: number): Promise<void> {
  const end = Date.now() + patience
  while ((await fileState(goFile(folder, index))) === undefined) {
    if (Date.now() > end) throw tooLong()
    await sleep(pollEvery)
  }
}

function tooLong(): KubestrapError {
  return new KubestrapError({
    id: 'KS-PAUSED-TOO-LONG',
    exit: 'timeout',
    what: 'nobody said within 30 minutes that the step may be done',
    unchanged: 'what this step changes',
    remedy: 'run the same command again: it goes on from here',
  })
}
