import type { Cluster, ClusterNode } from '../lib/cluster.ts'
import { type JoinCredentials, joinCredentials } from '../lib/credentials.ts'
import type { ObservedForPhase } from '../lib/phase-input.ts'
import type { Remote } from './remote.ts'
import { runPhase } from './run-phase.ts'

/**
 * Join credentials, made on a control plane when a task needs them: first run, resumed run and a
 * node added a month later are one path. Everything made is taken back by `revoke`.
 */
export interface CredentialsService {
  /** @param unfinished it holds a half join of ours, which its phase is going to clear */
  readonly forControlPlane: (target: ClusterNode, unfinished: boolean) => Promise<JoinCredentials>
  /** One set for all workers that join now. */
  readonly forWorker: () => Promise<JoinCredentials>
  readonly revoke: () => Promise<void>
}

export interface CredentialsSource {
  readonly remote: Remote
  readonly cluster: Cluster
  /** The control plane that issues. */
  readonly steward: ClusterNode
  readonly observed: ObservedForPhase
  /** Workers that are going to join: what is left of their former lives is removed. */
  readonly workers: readonly ClusterNode[]
  /** After it nothing is issued any more; what was is taken back all the same. */
  readonly stopped: AbortSignal
  /** Join secrets of an earlier run are still in the cluster. */
  readonly leftOver: boolean
}

/** Tokens live 15 minutes; workers that come later than this get a new one. Milliseconds. */
const workerMemo = 300_000

export function credentialsService(source: CredentialsSource): CredentialsService {
  let issued = source.leftOver
  let forWorkers: Promise<JoinCredentials> | undefined
  let forWorkersAt = 0
  let revoking: Promise<void> | undefined

  const ask = async (options: Readonly<Record<string, string>>, stopped?: AbortSignal) => {
    const { cluster, steward, observed, remote } = source
    const input = { cluster, node: steward.name, observed, options }
    return runPhase(remote, steward, 'join-credentials', input, stopped)
  }
  const issue = async (role: string, targets: readonly ClusterNode[], unfinished = false) => {
    issued = true
    const target = targets.map(({ name }) => name).join(',')
    const options = {
      ...{ verb: 'issue', for: role, target },
      ...(unfinished ? { unfinished: 'true' } : {}),
    }
    const { gives } = await ask(options, source.stopped)
    // A node hands secrets out once. Were they on their way when the connection broke, they are made
    // anew; the others are taken back with them.
    return joinCredentials(gives ?? (await ask(options, source.stopped)).gives)
  }

  const takeBack = async () => {
    if (!issued) return
    await ask({ verb: 'revoke' })
    issued = false
  }

  return {
    forControlPlane: (target, unfinished) => issue('control-plane', [target], unfinished),
    forWorker() {
      const tooOld = Date.now() - forWorkersAt > workerMemo
      if (!forWorkers || tooOld) {
        forWorkersAt = Date.now()
        const made = issue('worker', tooOld && forWorkers ? [] : source.workers)
        forWorkers = made
        made.catch(() => {
          if (forWorkers === made) forWorkers = undefined
        })
      }
      return forWorkers
    },
    revoke() {
      revoking ??= takeBack().finally(() => {
        revoking = undefined
      })
      return revoking
    },
  }
}
