import { operatorSays } from '../../e2e/made-up-calico.ts'
import { eventually, kubectl } from '../../e2e/support.ts'
import { kubectlAsAdmin, must, plane, runs, steward, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'
import { allParts } from '../settings.ts'
import { later, longer } from '../stand-ins.ts'
import { killedIn } from './kills.ts'
import { type Moment, over } from './moments.ts'
import { frozen, powerLoss, restart } from './nodes.ts'

/** The phases that only a cluster with kube-vip, Calico and serving certificates has. */

/** Its manifest is gone, and made anew. */
const inKubeVip: Moment = {
  phase: 'kube-vip',
  node: plane,
  mark: runs(plane, 'kube-vip', 'podman run'),
  prepare: () => must(plane, 'rm /etc/kubernetes/manifests/kube-vip.yaml'),
  slow: [longer('/usr/bin/podman', 'run', 5)],
}

/** Somebody has changed the operator. */
const inCalico: Moment = {
  phase: 'calico',
  node: steward,
  mark: runs(steward, 'calico', 'kubectl .*apply'),
  prepare: () =>
    must(
      steward,
      `${kubectlAsAdmin} -n tigera-operator set env deployment/tigera-operator AT=${Date.now()}`,
    ),
  slow: [later('/usr/bin/kubectl', 'apply --server-side', 5)],
}

const words = 'the suite keeps it waiting'

/** The operator is not content, until the fault has been. */
const inCalicoReady: Moment = {
  phase: 'calico-ready',
  node: steward,
  mark: new RegExp(`calico-ready.*${words}`),
  prepare: () => operatorSays('calico', 'Progressing', words),
  goesOn: () =>
    eventually('the operator is content', 120_000, async () => {
      await operatorSays('calico', 'Available', 'all is well')
      const said = await kubectl('get tigerastatus calico -o yaml')
      return said.stdout.includes('all is well') ? true : undefined
    }),
}

/** The kubelet of the worker has lost its serving certificate, and has asked for another. */
const inApproveCertificates: Moment = {
  phase: 'approve-certificates',
  node: steward,
  mark: runs(steward, 'approve-certificates', 'kubectl .*certificate approve'),
  async prepare() {
    await must(worker, 'rm /var/lib/kubelet/pki/kubelet-server-*; systemctl restart kubelet')
    await eventually('the kubelet has asked', 60_000, async () => {
      const { stdout } = await kubectl('get csr')
      return stdout.includes('Pending') ? true : undefined
    })
  },
  slow: [later('/usr/bin/kubectl', 'certificate approve', 5)],
}

const orchestratorKilled = (moment: Moment): Fault => ({
  ...killedIn(moment.phase, moment.mark, moment.prepare, false),
  mend: () => over(moment),
})

const moments = [inKubeVip, inCalico, inCalicoReady, inApproveCertificates]

export const allPartsFaults: readonly Fault[] = moments
  .flatMap((moment) => [
    orchestratorKilled(moment),
    restart(moment, false),
    powerLoss(moment, false),
    frozen(moment, false),
  ])
  .map((fault) => ({ ...fault, setting: allParts }))
