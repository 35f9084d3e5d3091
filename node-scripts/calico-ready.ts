import type { PhaseScript } from './run/phase-script.ts'
import { calicoReady } from './steps/calico-ready.ts'

/** Waits until the operator has made Calico work. */
export const phase: PhaseScript = {
  name: 'calico-ready',
  about:
    'The operator started to work when it was asked (calico), while the other nodes joined. Here it is seen that Calico works on all of them, and if not, why.',
  steps(context) {
    const { calico } = context.cluster.podNetwork
    return calico ? calicoReady(context, calico) : []
  },
}
