import { styleText } from 'node:util'
import type { ClusterNode } from '../../lib/cluster.ts'
import type { Options } from '../arguments.ts'
import type { Paper } from './closing-table.ts'
import { liveView } from './live-view.ts'
import { plainView } from './plain-view.ts'
import type { View } from './view.ts'

/** Whether standard output can be drawn on, and may be. */
export const isTerminal = ({ plain }: Pick<Options, 'plain'>): boolean =>
  !plain && process.stdout.isTTY === true && process.env.TERM !== 'dumb'

/** The live view on a terminal; plain lines elsewhere, with --plain, and where questions are asked. */
export function openView(
  options: Options,
  nodes: readonly ClusterNode[],
  asking?: () => boolean,
): View {
  const names = nodes.map(({ name }) => name)
  if (isTerminal(options) && !asking) return liveView(process.stdout, names)
  return plainView((line) => void process.stdout.write(`${line}\n`), names, asking)
}

/** What the closing table is drawn on: bars where there are eyes, words elsewhere. */
export function openPaper(options: Options): Paper {
  const stream = process.stdout
  return {
    columns: stream.columns ?? 80,
    bars: isTerminal(options),
    emphasis: (text) => styleText('cyan', text, { stream, validateStream: true }),
  }
}
