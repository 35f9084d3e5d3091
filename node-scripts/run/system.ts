import { query } from './commands.ts'

/** State of a systemd unit, from one `systemctl show` for all units (man systemctl). */
export interface UnitState {
  readonly load: string
  readonly active: string
  readonly sub: string
  readonly enabled: string
  readonly needsReload: boolean
  /** When it was started, milliseconds since the epoch; 0 when it is not running. */
  readonly activeSince: number
  /** When its state changed last; a reload counts, a start as well. 0 as above. */
  readonly changed: number
}

export const unknownUnit: UnitState = Object.freeze({
  load: 'not-found',
  active: 'inactive',
  sub: 'dead',
  enabled: '',
  needsReload: false,
  activeSince: 0,
  changed: 0,
})

const properties = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'NeedDaemonReload',
  'ActiveEnterTimestamp',
  'StateChangeTimestamp',
]

/** Asks systemd for several units at once. */
export async function unitStates(names: readonly string[]): Promise<Map<string, UnitState>> {
  const argv = [
    'systemctl',
    'show',
    '--timestamp=us+utc',
    `--property=${properties.join(',')}`,
    '--',
    ...names,
  ]
  const { stdout } = await query({ argv })
  const states = new Map<string, UnitState>()
  for (const block of stdout.trim().split('\n\n')) {
    const value = new Map(block.split('\n').map((line) => splitOnce(line, '=')))
    const state: UnitState = {
      load: value.get('LoadState') ?? 'not-found',
      active: value.get('ActiveState') ?? 'inactive',
      sub: value.get('SubState') ?? 'dead',
      enabled: value.get('UnitFileState') ?? '',
      needsReload: value.get('NeedDaemonReload') === 'yes',
      activeSince: milliseconds(value.get('ActiveEnterTimestamp') ?? ''),
      changed: milliseconds(value.get('StateChangeTimestamp') ?? ''),
    }
    const known = [value.get('Id') ?? '', ...(value.get('Names') ?? '').split(' ')]
    for (const name of known) if (name) states.set(name, state)
  }
  return states
}

/** Asks rpm for several packages at once; what is not installed is missing in the answer. */
export async function installedPackages(
  names: readonly string[],
): Promise<Map<string, string | undefined>> {
  const format = '%{NAME} %{VERSION}-%{RELEASE}\\n'
  const { stdout } = await query({ argv: ['rpm', '-q', '--qf', format, '--', ...names] })
  const versions = new Map<string, string | undefined>()
  for (const line of stdout.split('\n')) {
    const [name, version] = line.split(' ')
    if (name && version && names.includes(name) && /^[^ ]+ [^ ]+$/.test(line)) {
      versions.set(name, version)
    }
  }
  return versions
}

/** `Mon 2026-11-23 00:10:10.123456 UTC`, as `--timestamp=us+utc` prints it. */
function milliseconds(timestamp: string): number {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d+) UTC/.exec(timestamp) ?? []
  return day && time ? Date.parse(`${day}T${time.slice(0, 12)}Z`) : 0
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
