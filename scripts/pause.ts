import { createInterface } from 'node:readline'
import type { ClusterNode } from '../lib/cluster.ts'
import type { PhaseEvent } from '../lib/events.ts'
import { told, toldCommands } from '../lib/texts/told.ts'
import { type Bundles, bundleCommand } from './bundles.ts'
import { withPatience } from './patience.ts'
import type { PauseAt } from './pauses.ts'
import type { Reading } from './remote.ts'
import type { Connections } from './ssh.ts'

/** Shows what is about to be done, and waits for Enter: one question at a time, the others queue. */
export interface Pauser {
  readonly at: PauseAt
  /** @throws the reason of the stop when that came first */
  readonly ask: (lines: readonly string[]) => Promise<void>
  /** Whether somebody is being asked just now. */
  readonly asking: () => boolean
}

/** What is typed at the question: an empty line goes on. */
type ReadLine = (question: string, stopped: AbortSignal) => Promise<string>

export function openPauser(
  at: PauseAt,
  { print, read, stopped }: { print: (line: string) => void; read: ReadLine; stopped: AbortSignal },
): Pauser {
  let queue: Promise<void> = Promise.resolve()
  let goesThrough = false
  let asking = false
  const aborted = new Promise<never>((_, reject) => {
    stopped.addEventListener('abort', () => reject(stopped.reason), { once: true })
  })
  aborted.catch(() => undefined)

  const question = async (lines: readonly string[]) => {
    stopped.throwIfAborted()
    if (goesThrough) return
    for (const line of lines) print(line)
    asking = true
    const text = told('Enter: do it   c: do not ask again   q: stop  ')
    const answer = await Promise.race([read(text, stopped), aborted]).finally(() => {
      asking = false
    })
    goesThrough = answer.trim().toLowerCase() === 'c'
    if (answer.trim().toLowerCase() !== 'q') return
    // As Ctrl-C: what runs is named, credentials are taken back.
    process.kill(process.pid, 'SIGINT')
    await aborted
  }

  return {
    at,
    ask(lines) {
      const asked = queue.then(() => question(lines))
      queue = asked.catch(() => undefined)
      return asked
    },
    asking: () => asking,
  }
}

/** A line from the terminal; `q` for Ctrl-C, which readline keeps to itself, and when it is gone. */
export function readFromTerminal(question: string, stopped: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  terminal.on('SIGINT', () => terminal.close())
  const close = () => terminal.close()
  stopped.addEventListener('abort', close, { once: true })
  return new Promise((resolve) => {
    let typed = 'q'
    terminal.on('close', () => {
      stopped.removeEventListener('abort', close)
      resolve(typed)
    })
    terminal.question(question, (line) => {
      typed = line
      terminal.close()
    })
  })
}

type PausedEvent = PhaseEvent & { readonly kind: 'paused' }

/**
 * Lets a paused step go on: after the person said so, or at once where nobody is to be asked, since
 * the run that paused it was ended.
 */
export function letGoOn(ssh: Connections, bundles: Bundles, pauser: Pauser | undefined) {
  return async ({ node, phase, run }: Reading, event: PausedEvent): Promise<void> => {
    try {
      if (pauser?.at === 'step') await pauser.ask(stepLines(node, phase, event))
    } catch {
      return // stopped: the step waits for the next run, half an hour at most
    }
    const command = bundleCommand(bundles, phase, `go ${run} ${event.index}`)
    await withPatience(ssh, node, async () =>
      (await ssh.exec(node, command)).exitCode === 0 ? true : undefined,
    )
  }
}

function stepLines(node: ClusterNode, phase: string, event: PausedEvent): string[] {
  return [
    '',
    `${node.name}  ${phase}  ${told(event.step)}`,
    `  ${told(event.why)}`,
    ...toldCommands(event.commands)
      .split('\n')
      .map((line) => `    ${line}`),
  ]
}
