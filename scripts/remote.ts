import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import type { PhaseEvent } from '../lib/events.ts'
import type { Facts } from '../lib/observed.ts'
import { proxyLines } from '../lib/render/proxy.ts'
import { type Bundles, pack, upload } from './bundles.ts'
import { nodeLogs } from './node-logs.ts'
import type { SeenNode } from './observe.ts'
import { withPatience } from './patience.ts'
import { letGoOn, type Pauser } from './pause.ts'
import type { Session } from './session.ts'
import { type Connections, remote as remoteCommand } from './ssh.ts'
import { sshProblem } from './ssh-problems.ts'
import type { View } from './view/view.ts'

/** What it takes to run phases on nodes, and who looks on. */
export interface Remote {
  readonly ssh: Connections
  readonly bundles: Bundles
  readonly onEvent: (node: ClusterNode, phase: string, event: PhaseEvent) => void
  /** A line that is no event: a login shell's greeting, a message of dnf before Node.js is there. */
  readonly onNoise: (node: ClusterNode, line: string) => void
  /** A step waits until it is let go: see scripts/pause.ts. */
  readonly onPaused: (reading: Reading, event: PhaseEvent & { readonly kind: 'paused' }) => void
  /** Awaited before a phase is begun on a node: {@link Holds.stands}. */
  readonly stands: (node: ClusterNode) => Promise<void>
  /** Where the whole output of a node's phases is kept on this computer. */
  readonly logOf: (node: string) => string
  /** The last phase begun on each node: the next one waits for it. */
  readonly turns: Map<string, Promise<void>>
  /** What is read along with just now: a phase on a node, under the id of its run. */
  readonly running: Set<Reading>
  /** Nodes that have what phases need, or are just getting it. */
  readonly equipped: Map<string, Promise<void>>
  /** What nodes were seen to have already. */
  readonly seen: Map<string, Facts>
  /** What a node without Node.js is told of the proxy before its first phase: {@link proxyLines}. */
  readonly proxy: string
}

/** One run of a phase. */
export interface Reading {
  readonly node: ClusterNode
  readonly phase: string
  readonly run: string
}

/** Events go to the view and to a log file a node. */
export function openRemote(
  { ssh, bundles, state, cluster }: Session,
  view: View,
  { stands, pauser }: Pick<Remote, 'stands'> & { readonly pauser?: Pauser | undefined },
): Remote {
  const logs = nodeLogs(state.logs)
  return {
    ssh,
    bundles,
    onEvent(node, phase, event) {
      logs.event(node, phase, event)
      view.event(node, phase, event)
    },
    onPaused: (reading, event) => void letGoOn(ssh, bundles, pauser)(reading, event),
    onNoise: logs.noise,
    stands,
    logOf: logs.pathOf,
    turns: new Map(),
    running: new Set(),
    equipped: new Map(),
    seen: new Map(),
    proxy: proxyLines(cluster),
  }
}

/** Notes what nodes were seen to have already, and packs what one of them lacks. */
export function noteEquipped({ seen, bundles }: Remote, nodes: readonly SeenNode[]): void {
  for (const { node, facts } of nodes) if (facts) seen.set(node.name, facts)
  if (nodes.some(({ facts }) => facts && !facts.bundles)) pack(bundles)
}

/** Gives a node what phases need, before the first one there; a failed try counts as none. */
export function equip(remote: Remote, node: ClusterNode): Promise<void> {
  const { equipped } = remote
  const giving = equipped.get(node.name) ?? give(remote, node)
  equipped.set(node.name, giving)
  giving.catch(() => equipped.delete(node.name))
  return giving
}

async function give({ ssh, bundles, seen, proxy }: Remote, node: ClusterNode): Promise<void> {
  const facts = seen.get(node.name)
  if (!facts?.bundles) await uploadWithPatience(ssh, node, bundles)
  if (!facts?.node) await leaveProxy(ssh, node, proxy)
}

/** A line that breaks meanwhile is no fault of the node: what arrived in part is never moved in place. */
async function uploadWithPatience(ssh: Connections, node: ClusterNode, bundles: Bundles) {
  const ended = await withPatience(ssh, node, () => upload(ssh, node, bundles))
  if ('given' in ended) return
  const problem = ended.away ?? sshProblem(node.name, '')
  throw new KubestrapError({
    ...problem,
    what: `the connection was lost while the phase scripts were sent: ${problem.what}`,
    unchanged: 'no phase was begun on this node',
  })
}

/** The phases' header reads it when it installs Node.js: until then nobody can read JSON there. */
const receiveProxy = remoteCommand(
  "sudo -n -- /bin/sh -c 'set -eu; umask 077; mkdir -p /run/kubestrap; cd /run/kubestrap; cat > proxy; [ -s proxy ] || rm proxy'",
)

async function leaveProxy(ssh: Connections, node: ClusterNode, proxy: string): Promise<void> {
  const { exitCode, stderr } = await ssh.exec(node, receiveProxy, { stdin: proxy })
  if (exitCode === 0) return
  throw new KubestrapError({ ...sshProblem(node.name, stderr), node: node.name })
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
