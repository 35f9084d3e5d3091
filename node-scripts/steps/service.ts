import type { Machine } from '../run/machine.ts'
import { command, different, type Finding, type Step, wanted } from '../run/step.ts'

export interface WantedService {
  readonly name: string
  readonly title: string
  readonly why: string
  /**
   * Files that configure it. It must have been started after their newest change: "file changed, so
   * restart" as an event would be lost when we are killed in between.
   */
  readonly configuredBy: readonly string[]
}

/**
 * A systemd service that is enabled, running, and runs with its present configuration. `enable`
 * ends as `daemon-reload` does, so that a new unit file counts (man systemctl).
 */
export function service(want: WantedService): Step {
  return {
    title: want.title,
    why: want.why,
    check: (on) => checkService(on, want),
    apply: [command('systemctl', 'enable', want.name), command('systemctl', 'restart', want.name)],
  }
}

/** A systemd service that starts at boot; whether it runs now is somebody else's step. */
export function enabledService(want: Omit<WantedService, 'configuredBy'>): Step {
  return {
    title: want.title,
    why: want.why,
    async check(on) {
      const { enabled } = await on.unit(want.name)
      return enabled === 'enabled' ? wanted : different(enabled || 'no such unit', 'enabled')
    },
    apply: [command('systemctl', 'enable', want.name)],
  }
}

async function checkService(on: Machine, want: WantedService): Promise<Finding> {
  const unit = await on.unit(want.name)
  if (unit.load === 'not-found') return different('no such unit', 'running')
  if (unit.enabled !== 'enabled') return different(unit.enabled || 'not enabled', 'enabled')
  if (unit.active !== 'active') return different(`${unit.active} (${unit.sub})`, 'running')
  if (unit.needsReload) return different('its unit file changed', 'running with its unit file')
  const states = await Promise.all(want.configuredBy.map((path) => on.stat(path)))
  const newest = Math.max(0, ...states.map((state) => state?.modified ?? 0))
  return unit.activeSince >= newest
    ? wanted
    : different('started before its configuration changed', 'started after it')
}
