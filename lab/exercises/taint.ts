import type { Exercise } from './exercise.ts'
import { deployWeb, master, removeWeb, webRuns } from './parts.ts'

const workers = "-l '!node-role.kubernetes.io/control-plane'"

export const taint: Exercise = {
  name: 'taint',
  title: 'Pending for ever',
  level: 1,
  minutes: 10,
  symptom:
    'All nodes are Ready. The Pod of the Deployment "library" in the namespace "exercise" stays Pending.',
  hints: [
    '`kubectl -n exercise describe pod`: the scheduler says at the end why it takes no node.',
    'It counts the nodes: so many had this, so many had that. `kubectl describe node k-worker-1`',
    'A taint ends with its effect: `kubectl taint --help` shows how one takes it off.',
  ],
  break: [
    { on: master, run: `kubectl taint nodes ${workers} examination=today:NoSchedule --overwrite` },
    deployWeb,
  ],
  checks: [
    {
      says: 'workers take Pods without being asked for it',
      on: master,
      test: `[ -z "$(kubectl get nodes ${workers} -o jsonpath='{.items[*].spec.taints}')" ]`,
    },
    webRuns,
  ],
  solution: [{ on: master, run: `kubectl taint nodes ${workers} examination-` }],
  undo: [{ on: master, run: `kubectl taint nodes ${workers} examination- || true` }],
  clean: [removeWeb],
  explanation:
    'A taint on a node keeps away all Pods that do not tolerate it. Control planes have one by default, which is why only workers were asked here. To make the Pod tolerate it would be right if the node were reserved on purpose; a forgotten taint is taken off.',
  links: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/#my-pod-stays-pending',
  ],
}
