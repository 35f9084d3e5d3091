import type { Exercise } from './exercise.ts'
import { deployWeb, master, removeWeb, webRuns } from './parts.ts'

const workers = "-l '!node-role.kubernetes.io/control-plane'"

export const cordoned: Exercise = {
  name: 'cordoned',
  title: 'After the maintenance',
  level: 1,
  minutes: 5,
  symptom:
    'Yesterday workers were updated. Today the Pod of the Deployment "library" in the namespace "exercise" stays Pending, while older Pods run on.',
  hints: [
    'Read the whole line of each node in `kubectl get nodes`.',
    'SchedulingDisabled: `kubectl --help` lists two words that belong together, under "Cluster Management".',
  ],
  break: [{ on: master, run: `kubectl cordon ${workers}` }, deployWeb],
  checks: [
    {
      says: 'workers may be given Pods',
      on: master,
      test: `[ -z "$(kubectl get nodes ${workers} -o jsonpath='{.items[*].spec.unschedulable}')" ]`,
    },
    webRuns,
  ],
  solution: [{ on: master, run: `kubectl uncordon ${workers}` }],
  clean: [removeWeb],
  explanation:
    '`kubectl drain` cordons a node before it moves its Pods away, and nobody takes that back by itself: `uncordon` is the last line of every maintenance. A cordon is `spec.unschedulable` of the Node; the taint node.kubernetes.io/unschedulable follows from it.',
  links: ['https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/'],
}
