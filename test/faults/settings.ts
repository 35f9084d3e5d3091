import { appendFileSync } from 'node:fs'
import {
  addImages,
  beginAsOperator,
  endAsOperator,
  missing,
  withoutImages,
} from '../e2e/made-up-calico.ts'
import { clusterFile, freshLab, type Ran, up } from '../e2e/support.ts'
import { begins, beginUp, nodes, steward } from './actions.ts'

/** The cluster that faults are done to: three control planes and a worker, and what they are made of. */
export interface Setting {
  readonly name: string
  /** Why it cannot be had here; false when it can. */
  readonly missing: string | false
  /** Whether a cluster file is of it. */
  readonly isOf: (text: string) => boolean
  /** Raises a fresh one. @returns how `up` ended */
  readonly raise: () => Promise<Ran>
}

const hasCalico = (text: string) => /^podNetwork: .*calico/m.test(text)
const machines = ['--control-planes', '3', '--workers', '1']

/** With a load balancer before it, and the bridge as pod network. */
export const plain: Setting = {
  name: 'load balancer, bridge',
  missing: false,
  isOf: (text) => !hasCalico(text),
  async raise() {
    await freshLab(...machines)
    return up()
  },
}

/**
 * With everything that the other has not. kube-vip is the lab's stand-in, Calico's images are made up,
 * and the suite does the operator's work (test/e2e/made-up-calico.ts).
 */
export const allParts: Setting = {
  name: 'kube-vip, Calico, serving certificates',
  missing,
  isOf: hasCalico,
  async raise() {
    const folder = withoutImages()
    await addImages()
    const stack = ['--endpoint', 'kube-vip', '--pod-network', 'calico', '--artifacts', folder]
    await freshLab(...machines, ...stack)
    appendFileSync(clusterFile, 'security: { kubeletServingCertificates: true }\n')
    const running = beginUp()
    // By then all nodes have joined.
    await running.shows(begins(steward, 'calico-ready'))
    await beginAsOperator('the suite works as the operator')
    await endAsOperator(nodes)
    return running.ended
  },
}
