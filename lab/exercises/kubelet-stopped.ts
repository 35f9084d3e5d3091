import type { Exercise } from './exercise.ts'
import { kubeletReports, worker } from './parts.ts'

export const kubeletStopped: Exercise = {
  name: 'kubelet-stopped',
  title: 'A node that nobody hears from',
  level: 1,
  minutes: 10,
  symptom: `\`kubectl get nodes\` says that ${worker} is NotReady, though one can log in there and it answers to ping.`,
  hints: [
    `\`kubectl describe node ${worker}\`: look at the conditions. Who should have written them?`,
    `On ${worker}: which service speaks for the node, and how is it? \`systemctl status\` takes a name.`,
    'It is not running, and it would not come back after a reboot either.',
  ],
  break: [{ on: worker, run: 'systemctl disable --now kubelet' }],
  checks: [
    kubeletReports(worker),
    {
      says: 'and it will do so after a reboot',
      on: worker,
      test: 'systemctl is-enabled kubelet',
    },
  ],
  solution: [{ on: worker, run: 'systemctl enable --now kubelet' }],
  explanation:
    'The kubelet is the only one who speaks for a node. Every 10 seconds it renews a Lease in the namespace `kube-node-lease`; when that is older than 50 seconds the controller manager calls the node NotReady with the reason "Kubelet stopped posting node status". The containers go on: nobody has told them to stop. After five more minutes their Pods are made anew elsewhere.',
  links: [
    'https://kubernetes.io/docs/reference/node/node-status/',
    'https://kubernetes.io/docs/concepts/architecture/leases/',
  ],
}
