import type { Cluster } from '../cluster.ts'
import type { Seen } from '../judgement.ts'
import { hasJoined } from '../observed.ts'
import { endpointName, virtualIpInUse, virtualIpOutside } from './endpoint.ts'
import type { Look, LookedAt, PreflightFinding } from './finding.ts'
import { duplicates } from './identity.ts'
import { machines } from './machine.ts'
import { blockedPorts, servers } from './network.ts'
import { clocks, timeServers } from './time.ts'

/** In the order in which they are told: what a machine is, then what it has, then whom it reaches. */
const all: readonly ((look: Look) => readonly PreflightFinding[])[] = [
  duplicates,
  machines,
  clocks,
  timeServers,
  blockedPorts,
  virtualIpInUse,
  virtualIpOutside,
  endpointName,
  servers,
]

/**
 * Everything that is wrong with the machines, all nodes together, all at once. What preflight.ignore
 * names does not refuse any more.
 *
 * @param chosen nodes to work on; all when undefined
 */
export function preflight(
  cluster: Cluster,
  seen: readonly Seen[],
  chosen?: readonly string[],
): readonly PreflightFinding[] {
  const lives = seen.some(({ inspection }) => inspection?.cluster !== undefined)
  const look = { cluster, lives, nodes: seen.flatMap((one) => lookedAt(one, chosen)) }
  // kubeadm compares these names without regard to upper and lower case.
  const ignored = new Set(cluster.preflight.ignore.map((name) => name.toLowerCase()))
  return all
    .flatMap((judge) => judge(look))
    .flatMap((one) => {
      if (!ignored.has(one.ignore.toLowerCase())) return [one]
      return one.severity === 'refuse' ? [{ ...one, severity: 'warn', ignored: true } as const] : []
    })
}

function lookedAt(seen: Seen, chosen: readonly string[] | undefined): readonly LookedAt[] {
  const { node, facts, inspection, hostKeys = [], clock } = seen
  if (!facts) return []
  const joins = !isMember(seen) && (chosen?.includes(node.name) ?? true)
  const steps = inspection?.plans.prerequisites
  const equipped = steps?.every(({ outcome }) => outcome === 'ok') ?? false
  return [{ node, facts, joins, equipped, hostKeys, ...(clock ? { clock } : {}) }]
}

function isMember({ facts, inspection }: Seen): boolean {
  if (inspection) return hasJoined(inspection.membership)
  return facts?.kubeletConf ?? false
}
