import { clock } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'
import type { Activity } from './view.ts'

/** A node as its line shows it: at work, or what is known of it otherwise. */
export interface Host {
  readonly name: string
  readonly now: Activity | undefined
  /** Where nothing works: "nothing to do", or what was done last. */
  readonly last: string
}

/** Less room than this for what goes on, and the phase's name gives way. */
const leastText = 16

/**
 * `k-master-2  control-plane-join  etcd learner catching up  0:14 of 5:00`, one column less than the
 * terminal has, so that it never wraps: the text in the middle gives way, never the time.
 */
export function hostLine(host: Host, nameWidth: number, columns: number, time = Date.now()) {
  const room = Math.max(10, columns - 1)
  const name = cut(host.name, Math.min(nameWidth, Math.floor(room / 3))).padEnd(
    Math.min(nameWidth, Math.floor(room / 3)),
  )
  if (!host.now) return cut(`${name}  ${host.last}`, room)
  const took = timeOf(host.now, time)
  const withPhase = `${name}  ${host.now.phase.padEnd(18)}  `
  const left = room - withPhase.length >= leastText + 2 + took.length ? withPhase : `${name}  `
  const width = room - left.length - 2 - took.length
  if (width < 4) return cut(`${name}  ${took}`, room)
  return `${left}${cut(textOf(host.now), width).padEnd(width)}  ${took}`
}

const textOf = ({ phase, step, detail, wait }: Activity) =>
  wait?.what ?? ([step, detail].filter(Boolean).join('  ') || told(`${phase} begins`))

function timeOf({ since, wait }: Activity, time: number): string {
  return wait ? told(`${clock(time - wait.since)} of ${clock(wait.limit)}`) : clock(time - since)
}

export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

/** At most so many lines that the terminal need not scroll; who works comes before who rests. */
export function fitting(hosts: readonly Host[], rows: number): { shown: Host[]; hidden: number } {
  const most = Math.max(1, rows - 3)
  if (hosts.length <= most) return { shown: [...hosts], hidden: 0 }
  const chosen = new Set([...hosts].sort((a, b) => rank(a) - rank(b)).slice(0, most))
  return { shown: hosts.filter((host) => chosen.has(host)), hidden: hosts.length - most }
}

const rank = ({ now }: Host) => (now ? 0 : 1)
