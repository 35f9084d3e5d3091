import type { Cluster } from './cluster.ts'
import type { JoinSecrets } from './credentials.ts'
import type { EtcdClient } from './etcd-client.ts'
import type { ProxyMode } from './proxy-mode.ts'

/** A node as the living cluster knows it. */
export interface KnownNode {
  readonly name: string
  readonly address: string
  /** The range the controller manager gave the node; absent until it has. */
  readonly podCIDR?: string
  readonly ready: boolean
  /** It takes no new pods: somebody has cordoned it, or a reset did not end. */
  readonly cordoned?: true
  readonly controlPlane: boolean
  readonly kubeletVersion: string
}

/** What was seen of the living system and a phase cannot see from its own node. */
export interface ObservedForPhase {
  /** Exact version for all nodes, `1.36.3`. */
  readonly kubernetesVersion: string
  /** Nodes of the living cluster; empty before there is one. */
  readonly nodes: readonly KnownNode[]
  /** Of kube-proxy, and so of Calico: the living cluster's, else decided from all nodes' kernels. */
  readonly proxyMode?: ProxyMode
}

/** The one input of every phase: sent as JSON on standard input, or made from file and flags. */
export interface PhaseInput {
  readonly cluster: Cluster
  /** Name of the node the phase runs on. */
  readonly node: string
  readonly observed: ObservedForPhase
  /** Only for phases that join. */
  readonly join?: JoinSecrets
  /** Texts of podNetwork.manifests by their names; read where the cluster file is. */
  readonly manifests?: Readonly<Record<string, string>>
  /** Calico's manifests by their names where the file keeps them in a folder; for phase calico. */
  readonly calicoManifests?: Readonly<Record<string, string>>
  /** Texts of the files of etcd.external, for control planes; holds a private key. */
  readonly etcdClient?: EtcdClient
  /** Every step that would change something waits until it is let go. */
  readonly pause?: true
  /** For phases that act on another node or are asked for something: reset, join-credentials ... */
  readonly options?: Readonly<Record<string, string>>
}
