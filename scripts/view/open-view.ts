import type { ClusterNode } from '../../lib/cluster.ts'
import type { Options } from '../arguments.ts'
import { liveView } from './live-view.ts'
import { plainView } from './plain-view.ts'
import type { View } from './view.ts'

/** Whether standard output can be drawn on, and may be. */
export const isTerminal = ({ plain }: Pick<Options, 'plain'>): boolean =>
  !plain && process.stdout.isTTY === true && process.env.TERM !== 'dumb'

/** The live view on a terminal, plain lines elsewhere and with --plain. */
export function openView({ plain }: Options, nodes: readonly ClusterNode[]): View {
  const names = nodes.map(({ name }) => name)
  if (isTerminal({ plain })) return liveView(process.stdout, names)
  return plainView((line) => void process.stdout.write(`${line}\n`), names)
}
