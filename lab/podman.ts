import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { type HostFacts, hostFacts } from './host-facts.ts'
import { cacheFolder } from './project.ts'

/** Everything of a lab carries this label; nothing without it is ever touched. */
export const labLabel = 'kubestrap.lab'
export const machineLabel = 'kubestrap.machine'

/** podman's own configuration for the lab: the one in /etc stays as it is. */
export function containersConf({ cgroupV2, mayRaiseLimits }: HostFacts): string {
  // Without the capability runc cannot set podman's default limits, which are higher than ours.
  const limits = mayRaiseLimits ? '' : 'default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]\n'
  // crun fails where the host mixes both versions of cgroups.
  const engine = cgroupV2 ? '' : '\n[engine]\nruntime = "runc"\n'
  return `# Written by the kubestrap lab.
[containers]
# Nodes do not get the names of the computer's own /etc/hosts.
base_hosts_file = "none"
${limits}${engine}`
}

let environment: NodeJS.ProcessEnv | undefined

function podmanEnvironment(): NodeJS.ProcessEnv {
  if (environment) return environment
  const folder = cacheFolder('lab')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'containers.conf')
  writeFileSync(path, containersConf(hostFacts()))
  environment = { ...process.env, CONTAINERS_CONF: path }
  return environment
}

export interface Answer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs podman and hands back whatever it answers. At most ten minutes. */
export async function askPodman(...args: readonly string[]): Promise<Answer> {
  const run = $({ env: podmanEnvironment(), nothrow: true, quiet: true, timeout: '600s' })
  const { exitCode, stdout, stderr } = await run`podman ${[...args]}`
  return { exitCode: exitCode ?? 1, stdout, stderr }
}

/** Runs podman and throws with its own words when it fails. */
export async function podman(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await askPodman(...args)
  if (exitCode !== 0) throw new Error(`podman ${args[0]} ${args[1] ?? ''}: ${stderr.trim()}`)
  return stdout.trim()
}

/** Runs podman on the user's own terminal; hands back its exit code. */
export async function podmanOnTerminal(...args: readonly string[]): Promise<number> {
  const run = $({ env: podmanEnvironment(), nothrow: true, stdio: 'inherit' })
  const { exitCode } = await run`podman ${[...args]}`
  return exitCode ?? 1
}

export interface Container {
  readonly id: string
  readonly name: string
  readonly machine: string
  /** podman's words: created, running, paused, exited ... */
  readonly state: string
  readonly labels: Readonly<Record<string, string>>
}

/** Containers of one lab, or of all labs. */
export async function containersOf(lab?: string): Promise<readonly Container[]> {
  const filter = lab === undefined ? labLabel : `${labLabel}=${lab}`
  return parseContainers(
    await podman('ps', '--all', '--filter', `label=${filter}`, '--format', 'json'),
  )
}

interface PsEntry {
  readonly Id: string
  readonly Names: readonly string[]
  readonly State: string
  readonly Labels?: Readonly<Record<string, string>>
}

/** Reads `podman ps --format json`. */
export function parseContainers(json: string): readonly Container[] {
  const entries = JSON.parse(json || '[]') as readonly PsEntry[]
  return entries.map(({ Id, Names, State, Labels = {} }) => ({
    id: Id,
    name: Names[0] ?? Id,
    machine: Labels[machineLabel] ?? '',
    state: State,
    labels: Labels,
  }))
}
