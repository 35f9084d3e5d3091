import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'
import { clusterFilePath } from '../cluster-file.ts'
import { loginUser, sshArguments } from '../keys.ts'
import { containerName, endpointOf, machineNamed, sourcesOf } from '../layout.ts'
import { askPodman, containersOf, podmanOnTerminal } from '../podman.ts'
import { readState } from '../state.ts'
import { isCut } from './faults.ts'
import { findMachine, noSuchLab } from './machine.ts'

const words: Readonly<Record<string, string>> = {
  running: 'running',
  paused: 'frozen',
  exited: 'stopped',
  created: 'not started',
}

/** The machines of a lab, as a table. */
export async function status(lab: string, print: (line: string) => void): Promise<void> {
  const state = readState(lab)
  if (!state) throw noSuchLab(lab)
  const containers = await containersOf(lab)
  const rows = await Promise.all(
    containers.map(async ({ machine, name, state: found }) => {
      const known = machineNamed(machine, state.octet)
      const word = found === 'running' && (await isCut(name)) ? 'cut off' : (words[found] ?? found)
      return [
        machine,
        known?.address ?? helperAddress(machine, state.octet),
        known?.role ?? 'helper',
        word,
      ]
    }),
  )
  for (const row of [['MACHINE', 'ADDRESS', 'ROLE', 'STATE'], ...rows.sort(byAddress)]) {
    print(
      row
        .map((cell) => cell.padEnd(15))
        .join('')
        .trimEnd(),
    )
  }
  print(`cluster file: ${clusterFilePath(lab)}`)
}

const helperAddress = (name: string, octet: number) =>
  name === 'k-endpoint' ? endpointOf(octet) : sourcesOf(octet)

const last = (row: readonly string[]) => Number(row[1]?.split('.')[3])
const byAddress = (a: readonly string[], b: readonly string[]) => last(a) - last(b)

/** A shell, or one command, on a machine. @returns the command's exit code */
export async function ssh(lab: string, name: string, command: readonly string[]): Promise<number> {
  const { machine, container } = await findMachine(lab, name)
  if (machine.address === '') {
    // Endpoint and sources have no sshd.
    const terminal = process.stdin.isTTY ? ['--interactive', '--tty'] : ['--interactive']
    return podmanOnTerminal(
      'exec',
      ...terminal,
      container,
      ...(command.length > 0 ? command : ['sh']),
    )
  }
  const run = $({ nothrow: true, stdio: 'inherit' })
  const batch = sshArguments(lab)
  return (
    (await run`ssh ${[...batch]} ${loginUser}@${machine.address} ${[...command]}`).exitCode ?? 255
  )
}

/** kubectl on a control plane that answers. @returns its exit code */
export async function kubectl(lab: string, args: readonly string[]): Promise<number> {
  const state = readState(lab)
  if (!state) throw noSuchLab(lab)
  const running = (await containersOf(lab)).filter((one) => one.state === 'running')
  const candidates = running
    .map(({ machine }) => machine)
    .filter((name) => name.startsWith('k-master-'))
  for (const name of candidates.sort()) {
    const container = containerName(lab, name)
    const probe = ['timeout', '5', 'kubectl', ...config, 'get', '--raw', '/readyz']
    if ((await askPodman('exec', container, ...probe)).exitCode !== 0) continue
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : []
    return podmanOnTerminal(
      'exec',
      '--interactive',
      ...terminal,
      container,
      'kubectl',
      ...config,
      ...args,
    )
  }
  throw new KubestrapError({
    id: 'KS-LAB-NO-API',
    exit: 'unreachable',
    what: 'no control plane of the lab has an API server that answers',
    lines: [candidates.length > 0 ? `asked: ${candidates.join(' ')}` : 'no control plane runs'],
    remedy: 'npm run lab -- status',
  })
}

const config = ['--kubeconfig', '/etc/kubernetes/admin.conf']

/** The journal of a machine; what its container printed, when it does not run. */
export async function logs(lab: string, name: string, args: readonly string[]): Promise<number> {
  const { container, state, machine } = await findMachine(lab, name)
  if (state !== 'running' || machine.address === '') return podmanOnTerminal('logs', container)
  const more = args.length > 0 ? args : ['--lines', '200']
  return podmanOnTerminal('exec', container, 'journalctl', '--no-pager', ...more)
}
