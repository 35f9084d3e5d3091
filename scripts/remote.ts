import type { ClusterNode } from '../lib/cluster.ts'
import type { PhaseEvent } from '../lib/events.ts'
import { type Bundles, upload } from './bundles.ts'
import { nodeLogs } from './node-logs.ts'
import type { SeenNode } from './observe.ts'
import type { Session } from './session.ts'
import type { Connections } from './ssh.ts'
import type { View } from './view/view.ts'

/** What it takes to run phases on nodes, and who looks on. */
export interface Remote {
  readonly ssh: Connections
  readonly bundles: Bundles
  readonly onEvent: (node: ClusterNode, phase: string, event: PhaseEvent) => void
  /** A line that is no event: a login shell's greeting, a message of dnf before Node.js is there. */
  readonly onNoise: (node: ClusterNode, line: string) => void
  /** Where the whole output of a node's phases is kept on this computer. */
  readonly logOf: (node: string) => string
  /** The last phase begun on each node: the next one waits for it. */
  readonly turns: Map<string, Promise<void>>
  /** Nodes that have our bundles, or are just getting them. */
  readonly equipped: Map<string, Promise<void>>
}

/** Events go to the view and to a log file a node. */
export function openRemote({ ssh, bundles, state }: Session, view: View): Remote {
  const logs = nodeLogs(state.logs)
  return {
    ssh,
    bundles,
    onEvent(node, phase, event) {
      logs.event(node, phase, event)
      view.event(node, phase, event)
    },
    onNoise: logs.noise,
    logOf: logs.pathOf,
    turns: new Map(),
    equipped: new Map(),
  }
}

/** Notes who was seen to have our bundles already. */
export function noteEquipped({ equipped }: Remote, seen: readonly SeenNode[]): void {
  for (const { node, facts } of seen) {
    if (facts?.bundles) equipped.set(node.name, Promise.resolve())
  }
}

/** Sends the bundles once, before the first phase on a node; a failed try counts as none. */
export function equip({ ssh, bundles, equipped }: Remote, node: ClusterNode): Promise<void> {
  const sending = equipped.get(node.name) ?? upload(ssh, node, bundles)
  equipped.set(node.name, sending)
  sending.catch(() => equipped.delete(node.name))
  return sending
}

/** One phase at a time on a node: its lock would refuse a second one. */
export async function inTurn<T>({ turns }: Remote, { name }: ClusterNode, work: () => Promise<T>) {
  const mine = (turns.get(name) ?? Promise.resolve()).then(work)
  turns.set(
    name,
    mine.then(
      () => undefined,
      () => undefined,
    ),
  )
  return mine
}
