import type { Machine } from '../run/machine.ts'
import { kubeadmFailure } from './kubeadm-failure.ts'

/**
 * kubeadm init or join. They wait four to six minutes for a kubelet that does not start, and then only
 * say so: why is in the kubelet's own journal, so its last words come with the error. Nor do they know
 * of a disk that is full under etcd, or that what they joined with was taken back meanwhile.
 *
 * @throws KubestrapError KS-KUBELET-UNHEALTHY, KS-DISK-FULL or KS-CREDENTIALS-ENDED in these cases,
 *   else what the command failed with
 */
export async function runKubeadm(on: Machine, argv: readonly string[]): Promise<void> {
  try {
    await on.run({ argv, timeout: 900_000 })
  } catch (error) {
    throw await kubeadmFailure(on, error)
  }
}
