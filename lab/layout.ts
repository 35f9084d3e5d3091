/** Which machines a lab has and which addresses they get: numbers only, nothing is run here. */

export type MachineRole = 'control-plane' | 'worker' | 'spare'

/** A machine that takes the place of a virtual machine. */
export interface LabMachine {
  readonly name: string
  readonly role: MachineRole
  readonly address: string
}

export interface Counts {
  readonly controlPlanes: number
  readonly workers: number
  readonly spare: number
}

const kinds = [
  { prefix: 'k-master', role: 'control-plane', first: 11, most: 9 },
  { prefix: 'k-worker', role: 'worker', first: 41, most: 20 },
  { prefix: 'k-spare', role: 'spare', first: 71, most: 9 },
] as const

export const mostControlPlanes = 9

/** 10.77.0.0/24 belongs to the lab named "lab"; others choose. Never 10.88.0.0/16, podman's own. */
export const subnetOctets = [77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87] as const

export const subnetOf = (octet: number) => `10.${octet}.0.0/24`
export const gatewayOf = (octet: number) => `10.${octet}.0.1`
export const endpointOf = (octet: number) => `10.${octet}.0.5`
/** Free for kube-vip: no machine has it. */
export const virtualAddressOf = (octet: number) => `10.${octet}.0.100`
export const sourcesOf = (octet: number) => `10.${octet}.0.6`

/**
 * Second octet of a new lab's network.
 * @param taken networks and routes of this computer, as CIDR or address texts
 * @returns undefined when all are taken
 */
export function chooseOctet(name: string, taken: readonly string[]): number | undefined {
  const free = (octet: number) => !taken.some((network) => network.startsWith(`10.${octet}.`))
  const mine = subnetOctets.filter((octet) => (name === 'lab' ? octet === 77 : octet !== 77))
  const candidates = name === 'lab' ? [...mine, ...subnetOctets.slice(1)] : mine
  return candidates.find(free)
}

/**
 * Role and address of a machine by its name alone: `k-master-1` to `-9`, `k-worker-1` to `-20`,
 * `k-spare-1` to `-9`.
 * @returns undefined for any other name
 */
export function machineNamed(name: string, octet: number): LabMachine | undefined {
  for (const { prefix, role, first, most } of kinds) {
    const [, digits] = new RegExp(`^${prefix}-([1-9][0-9]?)$`).exec(name) ?? []
    const number = Number(digits)
    if (digits === undefined || number > most) continue
    return { name, role, address: `10.${octet}.0.${first + number - 1}` }
  }
  return undefined
}

/** The machines of a lab, control planes first. */
export function machinesFor(counts: Counts, octet: number): readonly LabMachine[] {
  const wanted = {
    'control-plane': counts.controlPlanes,
    worker: counts.workers,
    spare: counts.spare,
  }
  return kinds.flatMap(({ prefix, role }) =>
    Array.from({ length: wanted[role] }, (_, index) =>
      machineNamed(`${prefix}-${index + 1}`, octet),
    ).filter((machine) => machine !== undefined),
  )
}

/** All that a lab cannot have, in words; empty when it can be raised. */
export function refuseCounts({ controlPlanes, workers, spare }: Counts): readonly string[] {
  const within = (what: string, count: number, least: number, most: number) =>
    Number.isInteger(count) && count >= least && count <= most
      ? []
      : [`--${what} must be a whole number from ${least} to ${most}`]
  return [
    ...within('control-planes', controlPlanes, 1, mostControlPlanes),
    ...within('workers', workers, 0, 20),
    ...within('spare', spare, 0, 9),
  ]
}

/** Names of the podman objects of a lab, so that two labs never meet. */
export const networkName = (lab: string) => `kubestrap-${lab}`
export const containerName = (lab: string, machine: string) => `kubestrap-${lab}-${machine}`
export const volumeName = containerName

/** A lab's name becomes part of container names, labels and folders. */
export const isLabName = (name: string) => /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(name)

/**
 * The hardware address that belongs to an address of the lab, the same after every start as on a
 * real machine: else the others would go on sending to the old one for half a minute.
 */
export function hardwareAddress(address: string): string {
  const numbers = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return ['02', '4b', ...numbers].join(':')
}
