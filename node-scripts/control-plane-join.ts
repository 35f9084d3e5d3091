import { healthyControlPlane } from './kube/gates.ts'
import type { PhaseScript } from './run/phase-script.ts'
import { adminKubeconfig } from './steps/admin-tools.ts'
import { relayedKey } from './steps/encryption.ts'
import { etcdAsInFile, externalEtcd } from './steps/external-etcd.ts'
import { fileModes } from './steps/file-modes.ts'
import { join } from './steps/join.ts'
import { clearUnfinished, noOtherMembership, rememberMember } from './steps/membership.ts'

/** Makes the node one more control plane of the living cluster, its etcd a voting member. */
export const phase: PhaseScript = {
  name: 'control-plane-join',
  about:
    'A further control plane fetches the certificates of the cluster (encrypted, with the certificate key), starts its own etcd as a learner, is promoted to a voting member, and runs its own API server. One at a time: etcd takes one learner.',
  steps: (context) => [
    noOtherMembership(context),
    etcdAsInFile(context),
    clearUnfinished(context, 'join'),
    ...externalEtcd(context, 'join'),
    ...relayedKey(context),
    join(context),
    rememberMember(context),
    healthyControlPlane(context.cluster, context.node),
    ...(context.cluster.adminKubeconfig ? [adminKubeconfig(context)] : []),
    fileModes(context),
  ],
}
