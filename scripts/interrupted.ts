import { exitCodes, KubestrapError } from '../lib/errors.ts'
import { count } from '../lib/text.ts'
import { told } from '../lib/texts/told.ts'
import type { Remote } from './remote.ts'
import type { Signal } from './stop-on-signals.ts'

interface Stopped {
  readonly remote: Pick<Remote, 'running'>
  readonly print: (line: string) => void
  /** What stopped it: the signal, or why nothing more may be begun. */
  readonly reason: unknown
  /** Tasks that had ended by then. */
  readonly ended: number
  /** Folder of the run on this computer. */
  readonly logs: string
}

/**
 * What was begun on nodes goes on there: it is said what and where, and how it is found again.
 *
 * @returns the exit code
 * @throws KubestrapError when it was not a person who stopped the run
 */
export function interrupted({ remote, print, reason, ended, logs }: Stopped): number {
  if (reason instanceof KubestrapError) throw reason
  const signal = reason as Signal
  print(`\n${told(`stopped by ${signal}; ${told(count(ended, 'task'))} done or skipped.`)}`)
  for (const { node, phase, run } of remote.running)
    print(told(`${phase} goes on on ${node.name} (there: systemctl status kubestrap-run-${run})`))
  if (remote.running.size === 0) print(told('Nothing goes on on any node.'))
  print(
    told('The same command finds what is done, reads along with what goes on, and does the rest.'),
  )
  print(told(`Logs: ${logs}`))
  return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
}
