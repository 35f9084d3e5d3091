import type { ErrorDetails } from './errors.ts'
import type { PlannedStep } from './events.ts'
import { type MachineFacts, machineFacts } from './machine-facts.ts'
import type { KnownNode, ObservedForPhase } from './phase-input.ts'
import type { PhaseName } from './phases.ts'
import type { ProxyMode } from './proxy-mode.ts'
import { withoutControls } from './text.ts'

/** What one node is: from facts.sh, which needs nothing but a POSIX shell. */
export interface Facts {
  readonly hostname: string
  readonly os: string
  readonly arch: string
  /** `5.14.0-585.el9.x86_64` */
  readonly kernel: string
  readonly addresses: readonly string[]
  /** `v22.20.0`, or empty: no Node.js yet. */
  readonly node: string
  readonly dnf: boolean
  readonly systemd: boolean
  readonly kubeletConf: boolean
  readonly etcdData: boolean
  readonly apiServerManifest: boolean
  /** SHA-256 of the CA certificate's file; empty when there is none. */
  readonly ca: string
  /** Run that is going on here; empty when none is. */
  readonly run: string
  /** HTTP status of /readyz at the endpoint, `000` when nothing answers, empty when not asked. */
  readonly endpointStatus: string
  /** The bundles of this orchestrator are there and unaltered. */
  readonly bundles: boolean
  /** The machine itself, for preflight. */
  readonly machine: MachineFacts
}

/**
 * Whether a machine is a member of a cluster.
 * - `none`: it holds nothing of a cluster
 * - `member`: the cluster confirms it
 * - `unconfirmed`: it once became a member (our note says so), but no API server answers now
 * - `partial`: an init or join of ours began here and never finished
 * - `foreign`: it holds something of a cluster that we did not make and that nobody confirms
 */
export type Membership = 'none' | 'member' | 'unconfirmed' | 'partial' | 'foreign'

/** Whether it became a member, also where no API server confirms it now. */
export const hasJoined = (membership: Membership): boolean =>
  membership === 'member' || membership === 'unconfirmed'

/** What inspect.mjs found out on a node: the living system in as far as this node can see it. */
export interface Inspection {
  /** The cluster as this control plane sees it; undefined on others, or when its API is silent. */
  readonly cluster?: ClusterView
  /** For each phase that concerns this node: what it would do. */
  readonly plans: Readonly<Partial<Record<PhaseName, readonly PlannedStep[]>>>
  /** Refusals met while planning, in the form of an error's details. */
  readonly refusals: readonly ErrorDetails[]
  readonly membership: Membership
  /** What was begun here and is not known to have ended. */
  readonly begun?: 'init' | 'join'
  /** Of this machine; only for `status`. */
  readonly certificates?: readonly CertificateSeen[]
  /** What the plans were made with: on a control plane its own view. */
  readonly observed: ObservedForPhase
}

/** A certificate on a node, by the file it is in. */
export interface CertificateSeen {
  readonly path: string
  /** ISO 8601, UTC. */
  readonly expires: string
}

/** An API server as another control plane reaches it. */
export interface ApiServerSeen {
  readonly node: string
  /** `ok`, or why it is not ready. */
  readonly answer: string
}

export interface ClusterView {
  readonly nodes: readonly KnownNode[]
  readonly etcd?: EtcdView
  /** Settings of the file that the living cluster has otherwise; `up` does not change them. */
  readonly settings: readonly string[]
  /** What keeps the control plane from being healthy; empty when it is. */
  readonly problems: readonly string[]
  /** `sha256:...` of the CA's public key. */
  readonly caCertHash: string
  /** Tokens or uploaded certificates of an earlier run are still there. */
  readonly joinSecretsLeft: boolean
  /** Node that carries the virtual IP, by kube-vip's lease. */
  readonly endpointHolder?: string
  readonly pods?: readonly PodProblem[]
  /** Only for `status`. */
  readonly apiServers?: readonly ApiServerSeen[]
  /** How kube-proxy works here; undefined when there is none, or in a way that is not known. */
  readonly proxyMode?: ProxyMode
  /** Kubelets' requests for serving certificates that nobody has answered. */
  readonly servingRequests?: readonly ServingRequest[]
}

/** A kubelet's request for a serving certificate. */
export interface ServingRequest {
  readonly name: string
  /** User who made it: `system:node:k-worker-1`. */
  readonly requester: string
  /** Node of the cluster file that made it. */
  readonly node?: string
  /** Why it must not be approved; empty when it may be. */
  readonly problems: readonly string[]
}

export interface EtcdView {
  /** An etcd of one's own: a member is then one of its endpoints, by its URL. */
  readonly external?: true
  readonly members: readonly {
    readonly name: string
    readonly id: string
    readonly learner: boolean
    readonly answers: boolean
    readonly leader: boolean
    /** Why it does not answer, where that is known. */
    readonly problem?: string
  }[]
  readonly alarms: readonly string[]
}

/** A pod that is not well. */
export interface PodProblem {
  readonly namespace: string
  readonly name: string
  readonly node: string
  readonly problem: string
}

const yes = (value: string | undefined) => value === 'yes'

/**
 * Reads the lines of facts.sh. Other lines (a noisy shell profile) are passed over.
 * Undefined when the script did not run to its end.
 */
export function parseFacts(text: string): Facts | undefined {
  const value = new Map<string, string>()
  for (const line of text.slice(0, 64_000).split('\n')) {
    const [, key, rest] = /^([a-zA-Z0-9]{1,32})=([^\u0000-\u001f]{0,4096})$/.exec(line) ?? []
    if (key !== undefined && rest !== undefined) value.set(key, withoutControls(rest))
  }
  if (value.get('facts') !== '1' || !value.has('bundles')) return undefined
  const unit = /^kubestrap-run-([a-z][a-z0-9-]{7,80})\.service$/.exec(value.get('unit') ?? '')
  return {
    hostname: value.get('hostname') ?? '',
    os: value.get('os') ?? '',
    arch: value.get('arch') ?? '',
    kernel: value.get('kernel') ?? '',
    addresses: (value.get('addresses') ?? '').split(' ').filter(Boolean),
    node: value.get('node') ?? '',
    dnf: (value.get('dnf') ?? '') !== '',
    systemd: yes(value.get('systemd')),
    kubeletConf: yes(value.get('kubeletConf')),
    etcdData: yes(value.get('etcdData')),
    apiServerManifest: yes(value.get('apiServerManifest')),
    ca: value.get('ca') ?? '',
    run: unit?.[1] ?? '',
    endpointStatus: value.get('endpointStatus') ?? '',
    bundles: yes(value.get('bundles')),
    machine: machineFacts(value),
  }
}
