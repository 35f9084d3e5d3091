import type { CalicoSettings } from '../lib/cluster.ts'
import { bridgeConfig, bridgeConflist } from '../lib/render/bridge-config.ts'
import { isReady } from './kube/api.ts'
import { adminConf } from './kube/kubeconfig.ts'
import { ownNode } from './kube/membership.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { different, type Step, unknown, wanted } from './run/step.ts'
import { calicoctl } from './steps/calicoctl.ts'
import { file } from './steps/file.ts'
import { calicoConflist, onlyCni } from './steps/foreign-cni.ts'
import { ownManifests } from './steps/manifests.ts'

/** The plugins are there already; of Calico, calico-ready has seen that it works, or said why not. */
const limit = 180_000

/** Gives pods addresses: a bridge on each node, or the manifests of a network of one's own. */
export const phase: PhaseScript = {
  name: 'pod-network',
  about:
    'Kubernetes leaves pod networking to a CNI plugin. The bridge plugin is the simplest that can be understood whole: on each node a Linux bridge, with addresses from the range that the controller manager gave to the node. Routes between the nodes are the second half (pod-routes).',
  steps(context) {
    const { provider, calico } = context.cluster.podNetwork
    if (provider === 'bridge')
      return [onlyCni(bridgeConflist), rangeGiven(context), bridge(context), nodeReady(context)]
    if (calico) return withCalico(context, calico)
    return [
      ...ownManifests(context),
      // Without manifests nobody promised that the node becomes Ready.
      ...(context.cluster.podNetwork.manifests.length > 0 ? [nodeReady(context)] : []),
    ]
  },
}

/** Calico writes its own configuration; here it is only seen that it counts. */
const withCalico = (context: Context, calico: CalicoSettings): readonly Step[] => [
  onlyCni(calicoConflist),
  nodeReady(context),
  ...(calico.calicoctl && context.node.role === 'control-plane'
    ? [calicoctl(context, calico)]
    : []),
]

function bridge(context: Context): Step {
  return file({
    path: bridgeConflist,
    why: 'The kubelet calls the node not ready until a CNI configuration is there. The range is the node’s own: spec.podCIDR of its Node object.',
    content: {
      example: bridgeConfig(rangeIn(context) ?? '10.244.1.0/24'),
      async make(on) {
        const object = await ownNode(on, context.node)
        const range = object?.spec.podCIDR
        return range === undefined ? { until: 'the node has joined' } : bridgeConfig(range)
      },
    },
  })
}

const rangeIn = ({ node, input }: Context) =>
  input.observed.nodes.find(({ name }) => name === node.name)?.podCIDR

function rangeGiven({ node }: Context): Step {
  return {
    title: 'Wait until the node was given its pod range',
    why: 'The controller manager cuts the pod network into a range for each node, a moment after the node has registered.',
    async check(on) {
      const object = await ownNode(on, node)
      if (!object) return unknown('the node has joined')
      return object.spec.podCIDR ? wanted : different('no range yet', 'a range')
    },
    apply: {
      byHand: `kubectl --kubeconfig ${adminConf} wait --for=jsonpath='{.spec.podCIDR}' node/${node.name} --timeout=60s   # on a control plane`,
      run: (on) =>
        on.waitFor(`node ${node.name} has a pod range`, 60_000, async () =>
          (await ownNode(on, node))?.spec.podCIDR
            ? { value: undefined }
            : { missing: 'the controller manager has not given the node a range yet' },
        ),
    },
  }
}

function nodeReady({ node }: Context): Step {
  const title = 'Wait until the node is Ready'
  return {
    title,
    why: 'Ready is what the scheduler looks at: kubelet, runtime and pod network work together.',
    async check(on) {
      const object = await ownNode(on, node)
      if (!object) return unknown('the node has joined')
      return isReady(object) ? wanted : different('not Ready', 'Ready')
    },
    apply: {
      byHand: `kubectl --kubeconfig ${adminConf} wait --for=condition=Ready node/${node.name} --timeout=${limit / 1000}s   # on a control plane`,
      run: (on) =>
        on.waitFor(`node ${node.name} is Ready`, limit, async () => {
          const object = await ownNode(on, node)
          if (object && isReady(object)) return { value: undefined }
          const condition = object?.status.conditions?.find(({ type }) => type === 'Ready')
          return { missing: `kubelet: ${condition?.message ?? 'no Node object yet'}` }
        }),
    },
  }
}
