import { type ErrorDetails, KubestrapError } from '../lib/errors.ts'
import type { PlannedStep } from '../lib/events.ts'
import type { ClusterView, Inspection, Membership, PodProblem } from '../lib/observed.ts'
import type { KnownNode, ObservedForPhase } from '../lib/phase-input.ts'
import type { PhaseName } from '../lib/phases.ts'
import { phase as approveCertificates } from './approve-certificates.ts'
import { phase as calico } from './calico.ts'
import { phase as calicoReady } from './calico-ready.ts'
import { phase as controlPlaneInit } from './control-plane-init.ts'
import { phase as controlPlaneJoin } from './control-plane-join.ts'
import { type KubeApi, knownNode, localApi, nodeObjects } from './kube/api.ts'
import { certificatesHere } from './kube/certificates.ts'
import { etcdHealth } from './kube/etcd.ts'
import { externalEtcdView } from './kube/external-etcd.ts'
import { apiServersSeen, controlPlaneProblems } from './kube/gates.ts'
import { differingSettings, livingProxyMode } from './kube/living-settings.ts'
import { begunHere, caCertHash, membership } from './kube/membership.ts'
import { pendingRequests } from './kube/serving-certificates.ts'
import { phase as kubeVip } from './kube-vip.ts'
import { phase as nodeSettings } from './node-settings.ts'
import { phase as podNetwork } from './pod-network.ts'
import { phase as podRoutes } from './pod-routes.ts'
import { phase as prerequisites } from './prerequisites.ts'
import { plan } from './run/converge.ts'
import type { Machine } from './run/machine.ts'
import { unexpected } from './run/perform.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { revokeJoinSecrets } from './steps/tokens.ts'
import { virtualIpHolder } from './steps/virtual-ip.ts'
import { phase as workerJoin } from './worker-join.ts'

/**
 * Looks at the machine, and at the cluster it belongs to. Changes nothing. Option `look`: without it
 * everything, `status` how the cluster is, `nodes` only its nodes with their pod ranges.
 */
export const phase: PhaseScript = {
  name: 'inspect',
  about:
    'What every phase would do on this node, and on a control plane what the cluster is: nodes, etcd members, health. Nothing is changed.',
  steps: () => [],
  gives: inspect,
}

/** The phases of `up`, as values. */
export const planned: Readonly<Record<PhaseName, PhaseScript>> = {
  prerequisites,
  'control-plane-init': controlPlaneInit,
  'kube-vip': kubeVip,
  'control-plane-join': controlPlaneJoin,
  'worker-join': workerJoin,
  calico,
  'calico-ready': calicoReady,
  'pod-network': podNetwork,
  'pod-routes': podRoutes,
  'node-settings': nodeSettings,
  'approve-certificates': approveCertificates,
}

async function inspect(on: Machine, context: Context): Promise<Inspection> {
  const { input } = context
  const [state, begun] = await Promise.all([membershipOf(on, context), begunHere(on)])
  // The API of a half init may answer already; it is no cluster to join yet.
  const cluster = state === 'partial' ? undefined : await clusterView(on, context)
  // By hand nobody sends what was observed: what this node sees itself then counts.
  const nodes = cluster?.nodes ?? input.observed.nodes
  const proxyMode = cluster?.proxyMode ?? input.observed.proxyMode
  const kubernetesVersion = await exactVersion(on, input.observed, nodes)
  const observed = { nodes, kubernetesVersion, ...(proxyMode ? { proxyMode } : {}) }
  const seen = { ...context, input: { ...input, observed } }
  const { look } = input.options ?? {}
  // Who only looks at the cluster has no use for plans, and looks again every few seconds.
  const names = look === undefined ? phasesOf(context) : []
  const plans = await Promise.all(names.map((name) => planOf(on, seen, name)))
  const certificates = look === 'status' ? await certificatesHere(on) : undefined
  return {
    membership: state,
    ...(begun ? { begun } : {}),
    ...(certificates ? { certificates } : {}),
    plans: Object.fromEntries(plans.flatMap(({ name, steps }) => (steps ? [[name, steps]] : []))),
    refusals: plans.flatMap(({ refusal }) => (refusal ? [refusal] : [])),
    ...(cluster ? { cluster } : {}),
    observed,
  }
}

/** A node in another role than the file's is a member all the same; its phases refuse it. */
async function membershipOf(on: Machine, { node }: Context): Promise<Membership> {
  try {
    return await membership(on, node)
  } catch (error) {
    if (error instanceof KubestrapError) return 'member'
    throw error
  }
}

/** The cluster's version; before there is one what is installed here, if it is of that minor. */
async function exactVersion(
  on: Machine,
  { kubernetesVersion }: ObservedForPhase,
  nodes: readonly KnownNode[],
): Promise<string> {
  const living = nodes.find(({ controlPlane }) => controlPlane)?.kubeletVersion
  if (living) return living
  const installed = (await on.package('kubelet'))?.split('-')[0]
  const fits = installed?.startsWith(`${kubernetesVersion}.`) ? installed : undefined
  return fits ?? kubernetesVersion
}

/** The phases that may concern a node of this role. */
function phasesOf({ node, cluster }: Context): readonly PhaseName[] {
  const join = node.role === 'worker' ? 'worker-join' : 'control-plane-join'
  const own: PhaseName[] = ['prerequisites', join, 'pod-network', 'pod-routes']
  if (node.role === 'worker') return own
  const endpoint: PhaseName[] = cluster.endpoint.provider === 'kube-vip' ? ['kube-vip'] : []
  const network: PhaseName[] = cluster.podNetwork.calico ? ['calico', 'calico-ready'] : []
  const asked = cluster.security.kubeletServingCertificates
  const approve: PhaseName[] = asked ? ['approve-certificates'] : []
  return [...own, ...endpoint, ...network, 'node-settings', ...approve]
}

interface PhasePlan {
  readonly name: PhaseName
  readonly steps?: readonly PlannedStep[]
  readonly refusal?: ErrorDetails
}

async function planOf(on: Machine, context: Context, name: PhaseName): Promise<PhasePlan> {
  try {
    return { name, steps: await plan(planned[name].steps(context), on) }
  } catch (error) {
    const details = error instanceof KubestrapError ? error.details : unexpected(error).details
    return { name, refusal: { ...details, phase: name, node: context.node.name } }
  }
}

/** What is not looked at where only the nodes were asked for. */
const unasked = { problems: [], settings: [], joinSecretsLeft: false }

async function clusterView(on: Machine, context: Context): Promise<ClusterView | undefined> {
  const { cluster, node, input } = context
  const kube = await localApi(on, node.address)
  const hash = kube && (await caCertHash(on))
  const objects = kube && (await nodeObjects(kube))
  if (!kube || !objects || !hash) return undefined
  if (input.options?.look === 'nodes')
    return { ...unasked, nodes: objects.map(knownNode), caCertHash: hash }
  const isStatus = input.options?.look === 'status'
  const [problems, etcd, pods, secrets, settings, holder, servingRequests, proxyMode, apiServers] =
    await Promise.all([
      controlPlaneProblems(on, cluster, node.address),
      cluster.etcd.external
        ? externalEtcdView(on, cluster.etcd.external)
        : etcdView(on, node.address),
      isStatus ? podProblems(kube) : undefined,
      plan(revokeJoinSecrets(node.address), on),
      differingSettings(kube, cluster),
      cluster.endpoint.kubeVip?.mode === 'arp' ? virtualIpHolder(kube) : undefined,
      pendingRequests(kube, cluster),
      livingProxyMode(kube),
      isStatus ? apiServersSeen(on, objects) : undefined,
    ])
  return {
    nodes: objects.map(knownNode),
    problems,
    settings,
    caCertHash: hash,
    joinSecretsLeft: secrets.some(({ outcome }) => outcome === 'would-change'),
    ...(etcd ? { etcd } : {}),
    ...(holder ? { endpointHolder: holder } : {}),
    ...(pods ? { pods } : {}),
    ...(apiServers ? { apiServers } : {}),
    ...(servingRequests ? { servingRequests } : {}),
    ...(proxyMode ? { proxyMode } : {}),
  }
}

async function etcdView(on: Machine, address: string): Promise<ClusterView['etcd']> {
  const health = await etcdHealth(on, address)
  return (
    health && {
      alarms: health.alarms,
      members: health.members.map(({ name, id, isLearner }) => ({
        name,
        id,
        learner: isLearner,
        answers: health.answering.includes(name),
        leader: health.leader === id,
      })),
    }
  )
}

interface PodObject {
  readonly metadata: { readonly namespace: string; readonly name: string }
  readonly spec: { readonly nodeName?: string }
  readonly status: {
    readonly phase: string
    readonly reason?: string
    readonly conditions?: readonly {
      type: string
      status: string
      reason?: string
      message?: string
    }[]
    readonly containerStatuses?: readonly {
      readonly ready: boolean
      readonly state?: { readonly waiting?: { readonly reason?: string } }
    }[]
  }
}

async function podProblems(kube: KubeApi): Promise<readonly PodProblem[]> {
  const { status, json } = await kube.get('/api/v1/pods')
  if (status !== 200) return []
  const pods = (json as { items: readonly PodObject[] }).items
  return pods.flatMap(({ metadata, spec, status: state }) => {
    const problem = podProblem(state)
    const { namespace, name } = metadata
    return problem ? [{ namespace, name, node: spec.nodeName ?? '', problem }] : []
  })
}

function podProblem({ phase, reason, conditions, containerStatuses }: PodObject['status']) {
  if (phase === 'Succeeded') return undefined
  const waiting = containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting?.reason
  const ready = conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  if (phase === 'Running' && ready) return undefined
  return waiting ?? reason ?? (phase === 'Running' ? 'not ready' : phase)
}
