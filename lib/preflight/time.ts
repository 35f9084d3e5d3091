import { finding, joining, type Look, type PreflightFinding } from './finding.ts'

/** Seconds. k0sctl refuses from 30 on; certificates become valid five minutes back at most. */
const tolerated = 5
const refused = 30

/**
 * Clocks against the median of all nodes and the admin's computer. What asking took is taken off:
 * only what is surely wrong is told.
 */
export function clocks(look: Look): readonly PreflightFinding[] {
  const known = look.nodes.flatMap(({ clock }) => (clock ? [clock.ahead] : []))
  const middle = medianNearZero([0, ...known])
  return joining(look).flatMap(({ node, clock }) => {
    if (!clock) return []
    const ahead = clock.ahead - middle
    const surely = Math.abs(ahead) - clock.within
    if (surely <= tolerated) return []
    const severity = surely > refused ? 'refuse' : 'warn'
    const way = ahead > 0 ? 'ahead of' : 'behind'
    const limit = severity === 'refuse' ? refused : tolerated
    const what = `at least ${surely.toFixed(1)} s ${way} most (limit ${limit} s)`
    return [finding('ClockSkew', severity, [node.name], what)]
  })
}

/** Of two in the middle the one nearer to the admin's own clock. */
function medianNearZero(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  const high = sorted[Math.floor(sorted.length / 2)] ?? 0
  return Math.abs(low) <= Math.abs(high) ? low : high
}

/** Where the kit looks after chrony it is only worth a note. */
export function timeServers(look: Look): readonly PreflightFinding[] {
  const what = 'no time server has set the clock'
  const ours = look.cluster.timeSync === 'chrony'
  return joining(look)
    .filter(({ facts }) => facts.machine.timeSynchronized === false)
    .map(({ node }) =>
      ours
        ? finding('TimeSync', 'note', [node.name], `${what} yet; prerequisites start chrony`)
        : finding('TimeSync', 'warn', [node.name], what),
    )
}
