import { execFile } from 'node:child_process'
import { readlinkSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { bytesOf, type Found, filesIn, namesIn, type Secrets, search, textOf } from './search.ts'

/**
 * Looks every tenth of a second at what is there only for a moment: processes with their arguments
 * and environment, temporary files, and the files that secrets are in on purpose; twice a second at
 * the units of phases, as systemd shows them. Machines of the lab are containers: this computer sees
 * all of theirs.
 */
export interface Watch {
  readonly add: (machine: Watched) => void
  /** Texts of the files that hold secrets for a moment, on all machines. */
  readonly hoard: () => readonly string[]
  readonly search: (secrets: Secrets) => Found[]
  /** Whether a text like this was seen at a place. */
  readonly saw: (place: string, text: RegExp) => boolean
  readonly looks: () => number
  readonly stop: () => void
}

/** A machine: its name, and the process whose root and process list are its own. */
export interface Watched {
  readonly name: string
  readonly pid: number
  readonly temporary: readonly string[]
}

const every = 100
/** So many looks lie between two questions to systemd, which are dear. */
const looksAUnit = 5
const largest = 4 * 1024 * 1024
/** Where phases keep secrets while a command needs them (docs/architecture.md). */
const meantFor = ['/run/kubestrap/secret', '/run/kubestrap/runs']

const showUnits = ['systemctl', 'show', 'kubestrap-run-*']

export const rootOf = ({ pid }: Pick<Watched, 'pid'>) => `/proc/${pid}/root`

export function watch(): Watch {
  const machines: Watched[] = []
  const hoard = new Set<string>()
  /** By place: every text that was seen there. */
  const seen = new Map<string, Set<string>>()
  const spaces = new Map<string, Watched>()
  let known = new Map<string, string>()
  let looks = 0
  const note = (place: string, text: string) => {
    if (text === '') return
    const texts = seen.get(place) ?? new Set()
    seen.set(place, texts.add(text))
  }
  const processes = () => {
    const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name))
    known = new Map(pids.map((pid) => [pid, known.get(pid) || spaceOf(pid)]))
    for (const [pid, space] of known) {
      const machine = spaces.get(space)
      if (!machine) continue
      note(`arguments of a process, ${machine.name}`, textOf(`/proc/${pid}/cmdline`))
      note(`environment of a process, ${machine.name}`, textOf(`/proc/${pid}/environ`))
    }
  }
  const asking = new Set<Watched>()
  /** Anybody on the machine may ask this. The units are gone when their phases have ended. */
  const units = (machine: Watched) => {
    const loaded = namesIn(`${rootOf(machine)}/run/systemd/transient`)
    if (asking.has(machine) || !loaded.some((name) => name.startsWith('kubestrap-run-'))) return
    asking.add(machine)
    const argv = ['--target', String(machine.pid), '--mount', '--', ...showUnits]
    execFile('nsenter', argv, { maxBuffer: largest }, (_, text) => {
      asking.delete(machine)
      note(`units of phases, ${machine.name}`, text)
    })
  }
  const look = () => {
    looks += 1
    processes()
    for (const machine of machines) {
      if (looks % looksAUnit === 0) units(machine)
      for (const folder of machine.temporary)
        for (const path of filesIn(rootOf(machine) + folder))
          note(`temporary file, ${machine.name}`, smallText(path))
      for (const folder of meantFor)
        for (const path of filesIn(rootOf(machine) + folder).filter(mayHold))
          hoard.add(textOf(path))
    }
  }
  const timer = setInterval(look, every)
  return {
    add(machine) {
      machines.push(machine)
      spaces.set(spaceOf(String(machine.pid)), machine)
    },
    hoard: () => [...hoard],
    looks: () => looks,
    search: (secrets) =>
      [...seen].flatMap(([place, texts]) => search(secrets, place, [...texts].join('\n'))),
    saw: (place, text) => [...(seen.get(place) ?? [])].some((one) => text.test(one)),
    stop: () => clearInterval(timer),
  }
}

/** Events and output of runs are searched, they are not where a secret may be. */
const mayHold = (path: string) =>
  path.includes('/secret/') || ['input.json', 'result.json'].includes(basename(path))

function spaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return ''
  }
}

function smallText(path: string): string {
  try {
    return statSync(path).size > largest ? '' : (bytesOf(path)?.toString('latin1') ?? '')
  } catch {
    return ''
  }
}
