import type { Cluster, Role } from '../cluster.ts'
import type { PhaseEvent, PlannedStep } from '../events.ts'
import { needsOf, type Task, taskId } from '../tasks.ts'

/**
 * What a run of `up` leaves behind in `events.jsonl`, one JSON object a line: all that its report is
 * made from. No secret is in it: events are masked on the node, and of the cluster file only what
 * {@link pictured} names is kept.
 */
export type RunRecord = {
  /** RFC 3339, UTC, milliseconds; the clock of the computer that ran `up`, not of a node. */
  readonly at: string
} & RunRecordBody

export type RunRecordBody =
  | { readonly kind: 'run'; readonly verb: string; readonly cluster: PicturedCluster }
  | { readonly kind: 'plan'; readonly version: string; readonly tasks: readonly PlannedTask[] }
  | { readonly kind: 'task-started'; readonly node: string; readonly phase: string }
  | {
      readonly kind: 'event'
      readonly node: string
      readonly phase: string
      readonly event: PhaseEvent
    }
  | {
      readonly kind: 'task-ended'
      readonly node: string
      readonly phase: string
      /** In a few words: "3 changed", "ok", "failed". */
      readonly outcome: string
    }
  | { readonly kind: 'said'; readonly line: string }
  | {
      readonly kind: 'run-ended'
      readonly outcome: 'done' | 'failed' | 'stopped'
      readonly error?: string
    }

/** As much of the cluster as the picture shows. */
export interface PicturedCluster {
  readonly name: string
  readonly endpoint: { readonly provider: string; readonly address: string; readonly port: number }
  readonly networking: { readonly podSubnet: string; readonly serviceSubnet: string }
  readonly podNetwork: string
  readonly runtime: string
  readonly externalEtcd: readonly string[]
  readonly nodes: readonly PicturedNode[]
}

export interface PicturedNode {
  readonly name: string
  readonly address: string
  readonly role: Role
}

export interface PlannedTask {
  readonly node: string
  readonly phase: string
  readonly title: string
  readonly state: Task['state']
  /** `PHASE@NODE` of those that come before. */
  readonly needs: readonly string[]
  readonly atOnce: number
  readonly steps: readonly PlannedStep[]
}

export function pictured(cluster: Cluster): PicturedCluster {
  const { name, endpoint, networking, podNetwork, runtime, etcd, nodes } = cluster
  const { podSubnet, serviceSubnet } = networking
  return {
    name,
    endpoint: { provider: endpoint.provider, address: endpoint.address, port: endpoint.port },
    networking: { podSubnet, serviceSubnet },
    podNetwork: podNetwork.provider,
    runtime,
    externalEtcd: etcd.external?.endpoints ?? [],
    nodes: nodes.map((node) => ({ name: node.name, address: node.address, role: node.role })),
  }
}

export function plannedTasks(tasks: readonly Task[]): PlannedTask[] {
  return tasks.map((task) => ({
    node: task.node.name,
    phase: task.phase.name,
    title: task.phase.title,
    state: task.state,
    needs: needsOf(task, tasks).map(({ task: other }) => taskId(other)),
    atOnce: task.phase.atOnce,
    steps: task.steps,
  }))
}

/** The records of a file; a last line that was cut off (the computer went down) is left out. */
export function parseRecords(text: string): RunRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as RunRecord]
    } catch {
      return []
    }
  })
}
