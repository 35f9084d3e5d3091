import type { Cluster, ClusterNode } from './cluster.ts'

/**
 * THE STORY of `up`, in order. A phase is one node script's job on one node.
 * A task (a phase on a node) starts when everything it comes after is done, not when a stage is.
 */
export interface Phase {
  /** File in node-scripts/, bundle, `--only` value and log prefix. */
  readonly name: PhaseName
  readonly title: string
  /** On which nodes of the file. */
  readonly on: (node: ClusterNode, who: Who, cluster: Cluster) => boolean
  readonly after: readonly After[]
  /** How many of its tasks may run at the same time. */
  readonly atOnce: number
  /** What the phase needs join credentials for. */
  readonly joins?: 'control-plane' | 'worker'
  /** Who must see the endpoint answer after it, three times in a row. */
  readonly thenEndpointAnswers?: (cluster: Cluster) => 'every node' | 'this node' | 'nobody'
  /** Needs the pod ranges of all nodes: the cluster is observed again before it. */
  readonly needsNodes?: true
}

/** What was decided from the living system. */
export interface Who {
  /** The node that begins the cluster; undefined when a cluster lives. */
  readonly first: string | undefined
  /** The control plane that acts for the cluster: the first, or a healthy one. */
  readonly steward: string | undefined
}

export type PhaseName =
  | 'prerequisites'
  | 'control-plane-init'
  | 'kube-vip'
  | 'control-plane-join'
  | 'worker-join'
  | 'calico'
  | 'calico-ready'
  | 'pod-network'
  | 'pod-routes'
  | 'node-settings'
  | 'approve-certificates'

export type After = {
  readonly phase: PhaseName
  readonly where: 'same node' | 'steward' | 'every node' | 'every node, ended'
}

const onSameNode = (phase: PhaseName): After => ({ phase, where: 'same node' })
/** On the control plane that acts for the cluster. That node itself does not wait for it: what it
 * shall do after it there is said with onSameNode. */
const onSteward = (phase: PhaseName): After => ({ phase, where: 'steward' })
const onEveryNode = (phase: PhaseName): After => ({ phase, where: 'every node' })

/** Not necessarily well: one worker with a broken disk must not cost the others their routes. */
const onEveryNodeEnded = (phase: PhaseName): After => ({ phase, where: 'every node, ended' })

const isControlPlane = (node: ClusterNode) => node.role === 'control-plane'

/** kube-vip comes after init: until then the endpoint does not exist. */
const isExternal = ({ endpoint }: Cluster) => endpoint.provider === 'external'

/** A balancer may send some of them to a control plane that is not ready. */
const seenFromEveryNode = (cluster: Cluster) => (isExternal(cluster) ? 'every node' : 'nobody')

const withCalico = ({ podNetwork }: Cluster) => podNetwork.provider === 'calico'

export const phases: readonly Phase[] = [
  {
    name: 'prerequisites',
    title: 'Prepare the machine: packages, runtime, kernel settings',
    on: () => true,
    after: [],
    atOnce: 30,
  },
  {
    name: 'control-plane-init',
    title: 'Begin the cluster on the first control plane',
    on: (node, { first }) => node.name === first,
    after: [onSameNode('prerequisites')],
    atOnce: 1,
    thenEndpointAnswers: seenFromEveryNode,
  },
  {
    name: 'kube-vip',
    title: 'Carry the endpoint: a virtual IP on the control planes',
    on: (node, _, cluster) => isControlPlane(node) && !isExternal(cluster),
    after: [onSameNode('control-plane-init'), onSameNode('control-plane-join')],
    atOnce: 30,
    thenEndpointAnswers: () => 'every node',
  },
  {
    name: 'calico',
    title: 'Ask for Calico: definitions, operator, Installation',
    on: (node, { steward }, cluster) => node.name === steward && withCalico(cluster),
    // Short, and before the others join: the operator works while they do.
    after: [onSameNode('control-plane-init'), onSameNode('kube-vip')],
    atOnce: 1,
  },
  {
    name: 'control-plane-join',
    title: 'Join as a control plane',
    on: (node, { first }) => isControlPlane(node) && node.name !== first,
    after: [onSameNode('prerequisites'), onEveryNode('control-plane-init'), onSteward('kube-vip')],
    atOnce: 1, // etcd takes one learner at a time; with an external etcd it is only simpler
    joins: 'control-plane',
    thenEndpointAnswers: seenFromEveryNode,
  },
  {
    name: 'worker-join',
    title: 'Join as a worker',
    on: (node) => !isControlPlane(node),
    // After the last control plane: a worker's token could read the uploaded certificates.
    after: [
      onSameNode('prerequisites'),
      onEveryNode('control-plane-init'),
      onSteward('kube-vip'),
      onEveryNode('control-plane-join'),
    ],
    atOnce: 10,
    joins: 'worker',
    // No backend has come: what others see at the endpoint is as it was.
    thenEndpointAnswers: () => 'this node',
  },
  {
    name: 'calico-ready',
    title: 'See that Calico works',
    on: (node, { steward }, cluster) => node.name === steward && withCalico(cluster),
    // Not before the joins: who waits on this node keeps it from issuing join credentials.
    after: [
      onEveryNode('calico'),
      onEveryNodeEnded('control-plane-join'),
      onEveryNodeEnded('worker-join'),
    ],
    atOnce: 1,
  },
  {
    name: 'pod-network',
    title: 'Give the pods of the node a network',
    on: () => true,
    after: [
      onSameNode('control-plane-init'),
      onSameNode('control-plane-join'),
      onSameNode('worker-join'),
      // Its kubectl goes through the endpoint.
      onSameNode('kube-vip'),
      onSteward('kube-vip'),
      onEveryNode('calico'),
      // Well or not: one node where Calico does not start must not cost the others theirs.
      onEveryNodeEnded('calico-ready'),
    ],
    atOnce: 30,
  },
  {
    name: 'pod-routes',
    title: 'Set the routes to the pods of the other nodes',
    on: (_node, _who, { podNetwork }) => podNetwork.provider === 'bridge',
    after: [
      onSameNode('control-plane-join'),
      onSameNode('worker-join'),
      onEveryNode('control-plane-init'),
      onEveryNodeEnded('control-plane-join'),
      onEveryNodeEnded('worker-join'),
    ],
    atOnce: 30,
    needsNodes: true,
  },
  {
    name: 'node-settings',
    title: 'Set labels and taints of the nodes',
    on: (node, { steward }) => node.name === steward,
    after: [
      onEveryNode('control-plane-init'),
      onSameNode('kube-vip'),
      onEveryNodeEnded('control-plane-join'),
      onEveryNodeEnded('worker-join'),
    ],
    atOnce: 1,
  },
  {
    name: 'approve-certificates',
    title: 'Approve the serving certificates of the kubelets',
    on: (node, { steward }, { security }) =>
      security.kubeletServingCertificates && node.name === steward,
    after: [
      onEveryNode('control-plane-init'),
      onEveryNodeEnded('control-plane-join'),
      onEveryNodeEnded('worker-join'),
    ],
    atOnce: 1,
  },
]

/** Title of the step that needs join credentials; everything around it does not. */
export const joinStep = 'Run kubeadm join'

/** Beginning of the title of the step that takes a half init or join away, with kubeadm reset. */
export const clearStep = 'Clear the traces of an unfinished'

/** Node scripts that are no part of `up`'s order: asked for when they are needed. */
export const otherScripts: Readonly<Record<string, string>> = {
  inspect: 'Look at the machine and at the cluster it belongs to',
  'join-credentials': 'Issue what a node needs to join, or take it back',
  'node-drain': 'Move the pods of a node away, take its etcd member out',
  reset: 'Take the cluster off this machine',
  'node-delete': 'Delete the Node object of a node that has gone',
}

/** Every node script that can be told as a lesson. */
export const scriptNames: readonly string[] = [
  ...phases.map(({ name }) => name),
  ...Object.keys(otherScripts),
]
