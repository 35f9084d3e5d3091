import { exitCodes } from '../lib/errors.ts'
import { told } from '../lib/texts/told.ts'

export type Signal = 'SIGINT' | 'SIGTERM'

/**
 * The first signal stops in good order; the second leaves at once.
 *
 * @param meaning what the first one means, said when it comes
 */
export function stopOnSignals(print: (line: string) => void, meaning: string) {
  const controller = new AbortController()
  const onSignal = (signal: Signal) => {
    if (controller.signal.aborted)
      process.exit(exitCodes[signal === 'SIGINT' ? 'interrupted' : 'terminated'])
    print(`${signal}: ${told(meaning)}`)
    controller.abort(signal)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const forget = () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  return { controller, forget }
}

/** @returns undefined when the signal came first; what was waited for is left to itself */
export function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  return Promise.race([work, stopped])
}
