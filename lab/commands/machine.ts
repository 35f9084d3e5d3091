import { KubestrapError } from '../../lib/errors.ts'
import { containerName, type LabMachine, machineNamed } from '../layout.ts'
import { type Container, containersOf } from '../podman.ts'
import { readState } from '../state.ts'

/** A machine of the lab and its container, as they were found. */
export interface Found {
  readonly lab: string
  readonly machine: LabMachine
  readonly container: string
  readonly state: Container['state']
}

export function noSuchLab(lab: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-LAB-NONE',
    exit: 'usage',
    what: `there is no lab "${lab}"`,
    remedy: `npm run lab -- ${lab === 'lab' ? '' : `--name ${lab} `}up`,
  })
}

/** Finds a machine by its name; endpoint and sources are found as well. */
export async function findMachine(lab: string, name: string): Promise<Found> {
  const octet = readState(lab)?.octet
  if (octet === undefined) throw noSuchLab(lab)
  const containers = await containersOf(lab)
  const container = containers.find((one) => one.machine === name)
  if (!container) {
    throw new KubestrapError({
      id: 'KS-LAB-NO-MACHINE',
      exit: 'usage',
      what: `lab "${lab}" has no machine "${name}"`,
      lines: [
        `it has: ${containers
          .map(({ machine }) => machine)
          .sort()
          .join(' ')}`,
      ],
    })
  }
  const machine = machineNamed(name, octet) ?? { name, role: 'spare' as const, address: '' }
  return { lab, machine, container: containerName(lab, name), state: container.state }
}
