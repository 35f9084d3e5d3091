import type { ClusterNode } from '../../lib/cluster.ts'
import type { Options } from '../arguments.ts'
import { liveView } from './live-view.ts'
import { plainView } from './plain-view.ts'
import type { View } from './view.ts'

/** The live view on a terminal, plain lines elsewhere and with --plain. */
export function openView({ plain }: Options, nodes: readonly ClusterNode[]): View {
  const names = nodes.map(({ name }) => name)
  const isTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  if (isTerminal && !plain) return liveView(process.stdout, names)
  return plainView((line) => void process.stdout.write(`${line}\n`), names)
}
