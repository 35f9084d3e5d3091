import { exitCodes } from '../lib/errors.ts'
import { told } from '../lib/texts/told.ts'

export type Signal = 'SIGINT' | 'SIGTERM'

/** The first signal stops in good order, credentials taken back; the second leaves at once. */
export function stopOnSignals(print: (line: string) => void) {
  const controller = new AbortController()
  const onSignal = (signal: Signal) => {
    if (controller.signal.aborted)
      process.exit(exitCodes[signal === 'SIGINT' ? 'interrupted' : 'terminated'])
    print(
      `${signal}: ${told('nothing more is begun; taking back join credentials (again: leave at once)')}`,
    )
    controller.abort(signal)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const forget = () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  return { controller, forget }
}
