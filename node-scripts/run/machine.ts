import { rm } from 'node:fs/promises'
import { KubestrapError } from '../../lib/errors.ts'
import type { Emit } from '../../lib/events.ts'
import { batch } from './batch.ts'
import type { Command } from './command.ts'
import { execute, type Output, query, type Variables } from './commands.ts'
import { type FileState, fileState, namesIn, readText, writeWhole } from './files.ts'
import { type HttpsAnswer, type HttpsQuestion, httpsJson } from './https-json.ts'
import { installedPackages, type UnitState, unitStates, unknownUnit } from './system.ts'

/** The machine a phase works on: everything that steps may do goes through here, tests included. */
export interface Machine {
  /** Changes something; tells the command and its output. @throws KubestrapError KS-COMMAND */
  readonly run: (command: Command) => Promise<Output>
  /** Only looks; remembered until the next change. Any exit code is an answer. */
  readonly ask: (...argv: string[]) => Promise<Output>
  /** Only looks, with something on standard input; not remembered. */
  readonly look: (command: Command) => Promise<Output>
  readonly read: (path: string) => Promise<string | undefined>
  readonly stat: (path: string) => Promise<FileState | undefined>
  readonly list: (folder: string) => Promise<readonly string[]>
  readonly write: (path: string, content: string, mode: number) => Promise<void>
  readonly remove: (path: string) => Promise<void>
  /** Installed version as `1.36.3-150500.1.1`, or undefined. Asked together for all. */
  readonly package: (name: string) => Promise<string | undefined>
  /** State of a systemd unit. Asked together for all. */
  readonly unit: (name: string) => Promise<UnitState>
  /** One HTTPS request with JSON both ways; never remembered. */
  readonly https: (question: HttpsQuestion) => Promise<HttpsAnswer>
  /** The same for what only looks; remembered until the next change, as with `ask`. */
  readonly askHttps: (question: HttpsQuestion) => Promise<HttpsAnswer>
  /** Polls until `probe` gives a value. @throws KubestrapError KS-WAIT when the limit is over. */
  readonly waitFor: <T>(what: string, limit: number, probe: () => Promise<Probe<T>>) => Promise<T>
  readonly emit: Emit
  /** From now on this text is never told, wherever it turns up. */
  readonly hide: (secret: string) => void
  /** A copy without what is hidden: for what is told by other ways than events. */
  readonly masked: <T>(value: T) => T
  /** Forgets remembered answers: something has changed. */
  readonly forget: () => void
}

/** One look of a wait: there, or what is still missing. */
export type Probe<T> = { readonly value: T } | { readonly missing: string }

const pollEvery = 500

/**
 * This very machine.
 *
 * @param variables what its commands find in their environment beyond the usual: the proxy
 */
export function thisMachine(tell: Emit, variables: Variables = {}): Machine {
  const secrets: string[] = []
  const masked = <T>(value: T): T => withoutSecrets(value, secrets)
  const emit: Emit = (event) => tell(masked(event))
  const answers = remembered<readonly string[], Output>((argv) => query({ argv }, variables))
  const httpsAnswers = remembered(httpsJson)
  const packages = batch<string | undefined>((names) => installedPackages(names), undefined)
  const units = batch<UnitState>((names) => unitStates(names), unknownUnit)
  const forget = () => {
    answers.forget()
    httpsAnswers.forget()
    packages.forget()
    units.forget()
  }
  const changing = async <T>(change: Promise<T>): Promise<T> => change.finally(forget)

  return {
    run: (command) => changing(execute(command, emit, variables)),
    ask: (...argv) => answers.ask(argv),
    look: (command) => query(command, variables),
    read: readText,
    stat: fileState,
    list: namesIn,
    write: (path, content, mode) => changing(writeWhole(path, content, mode)),
    remove: (path) => changing(rm(path, { recursive: true, force: true })),
    package: packages.ask,
    unit: units.ask,
    https: httpsJson,
    askHttps: httpsAnswers.ask,
    waitFor: (what, limit, probe) => waitFor({ what, limit, emit, forget }, probe),
    emit,
    hide: (secret) => secrets.push(secret),
    masked,
    forget,
  }
}

/** Asks each question once, until it forgets. */
function remembered<Question, Answer>(ask: (question: Question) => Promise<Answer>) {
  const answers = new Map<string, Promise<Answer>>()
  return {
    ask(question: Question): Promise<Answer> {
      const key = JSON.stringify(question)
      const answer = answers.get(key) ?? ask(question)
      answers.set(key, answer)
      return answer
    },
    forget: () => answers.clear(),
  }
}

interface Wait {
  readonly what: string
  readonly limit: number
  readonly emit: Emit
  readonly forget: () => void
}

async function waitFor<T>(wait: Wait, probe: () => Promise<Probe<T>>): Promise<T> {
  const began = Date.now()
  let told = 0
  for (;;) {
    wait.forget()
    const seen = await probe()
    if ('value' in seen) return seen.value
    const elapsed = Date.now() - began
    if (elapsed > wait.limit) throw tooLong(wait, seen.missing)
    if (elapsed >= told) {
      wait.emit({ kind: 'waiting', what: seen.missing, elapsed, limit: wait.limit })
      told = elapsed + 1_000
    }
    await new Promise((resolve) => setTimeout(resolve, pollEvery))
  }
}

function tooLong({ what, limit }: Wait, missing: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-WAIT',
    exit: 'timeout',
    what: `${what}: not within ${Math.round(limit / 1000)} s`,
    lines: [missing],
    remedy: 'look at the last lines above; the same command goes on from here',
  })
}

/** Replaces each secret in every text. */
function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return value
  const hide = (text: string) => secrets.reduce((t, s) => t.replaceAll(s, '[secret]'), text)
  return JSON.parse(JSON.stringify(value), (_, v) => (typeof v === 'string' ? hide(v) : v))
}
