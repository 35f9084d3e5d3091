import type { PhaseEventBody } from '../../lib/events.ts'
import type { Output } from '../../node-scripts/run/commands.ts'
import type { FileState } from '../../node-scripts/run/files.ts'
import type { HttpsAnswer, HttpsQuestion } from '../../node-scripts/run/https-json.ts'
import type { Machine } from '../../node-scripts/run/machine.ts'
import { type Command, shellText } from '../../node-scripts/run/step.ts'
import { type UnitState, unknownUnit } from '../../node-scripts/run/system.ts'

/** A machine in memory: what tests say is on it, and everything that was done to it. */
export interface FakeMachine extends Machine {
  readonly files: Map<string, string>
  readonly states: Map<string, Partial<FileState>>
  readonly events: PhaseEventBody[]
  /** Every change, in order: command texts, `write PATH`, `remove PATH`. */
  readonly changes: string[]
  readonly hidden: string[]
}

export interface Fake {
  readonly files?: Readonly<Record<string, string>>
  readonly states?: Readonly<Record<string, Partial<FileState>>>
  readonly packages?: Readonly<Record<string, string>>
  readonly units?: Readonly<Record<string, Partial<UnitState>>>
  readonly answers?: Readonly<Record<string, Partial<Output>>>
  readonly https?: (question: HttpsQuestion) => Partial<HttpsAnswer>
  readonly onRun?: (command: Command, on: FakeMachine) => Partial<Output> | undefined
}

const plainFile = { mode: 0o644, uid: 0, gid: 0, modified: 1_000, kind: 'file' } as const
const output = { exitCode: 0, stdout: '', stderr: '' }

export function fakeMachine(fake: Fake = {}): FakeMachine {
  const files = new Map(Object.entries(fake.files ?? {}))
  const states = new Map(Object.entries(fake.states ?? {}))
  const events: PhaseEventBody[] = []
  const changes: string[] = []
  const hidden: string[] = []
  const on: FakeMachine = {
    files,
    states,
    events,
    changes,
    hidden,
    async run(command) {
      changes.push(shellText(command))
      return { ...output, ...fake.onRun?.(command, on) }
    },
    look: (command) => on.ask(...command.argv),
    async ask(...argv) {
      const known = fake.answers?.[argv.join(' ')] ?? fake.answers?.[argv[0] ?? '']
      return known ? { ...output, ...known } : { ...output, exitCode: 127 }
    },
    read: async (path) => files.get(path),
    async stat(path) {
      const state = states.get(path)
      return state || files.has(path) ? { ...plainFile, ...state } : undefined
    },
    async list(folder) {
      const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`))
      return inside.map((path) => path.slice(folder.length + 1)).sort()
    },
    async write(path, content, mode) {
      changes.push(`write ${path}`)
      files.set(path, content)
      states.set(path, { mode })
    },
    async remove(path) {
      changes.push(`remove ${path}`)
      files.delete(path)
      states.delete(path)
    },
    package: async (name) => fake.packages?.[name],
    unit: async (name) => ({ ...unknownUnit, ...fake.units?.[name] }),
    https: async (question) => ({
      status: 0,
      text: '',
      json: undefined,
      problem: 'nothing answers',
      ...fake.https?.(question),
    }),
    askHttps: (question) => on.https(question),
    async waitFor(_what, _limit, probe) {
      for (let tries = 0; tries < 20; tries += 1) {
        const seen = await probe()
        if ('value' in seen) return seen.value
      }
      throw new Error('waited in vain')
    },
    emit: (event) => void events.push(event),
    hide: (secret) => void hidden.push(secret),
    masked: (value) => value,
    forget: () => undefined,
  }
  return on
}
