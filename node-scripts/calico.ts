import type { PhaseScript } from './run/phase-script.ts'
import { calicoManifests } from './steps/calico-manifests.ts'
import { calicoResources } from './steps/calico-resources.ts'

/** Asks for Calico: its definitions, its operator, and what the operator shall make of it. */
export const phase: PhaseScript = {
  name: 'calico',
  about:
    'Calico is installed by an operator: a program in the cluster that reads one object, the Installation, and does the rest by itself. This phase only asks, on one control plane, once; the operator works while the other nodes join, and calico-ready waits for it.',
  steps(context) {
    const { calico } = context.cluster.podNetwork
    return calico ? [...calicoManifests(context, calico), ...calicoResources(context, calico)] : []
  },
  afterwards: ({ cluster }) =>
    cluster.podNetwork.calico
      ? ['The operator works now. See it end well, on this node:  sh calico-ready.mjs ...']
      : [],
}
