import type { Exercise } from './exercise.ts'
import { kubeletReports, worker } from './parts.ts'

export const wrongEndpoint: Exercise = {
  name: 'wrong-endpoint',
  title: 'A kubelet that calls the wrong number',
  level: 2,
  minutes: 15,
  symptom: `${worker} is NotReady. Its kubelet runs, its container runtime runs, the other nodes are fine.`,
  hints: [
    `What does the kubelet of ${worker} complain about? \`journalctl -u kubelet -n 20 --no-pager\``,
    'Compare the address in these lines with the one that `kubectl cluster-info` tells.',
    'The kubelet has a kubeconfig like everybody else: /etc/kubernetes/kubelet.conf.',
  ],
  keeps: { on: worker, paths: ['/etc/kubernetes/kubelet.conf'] },
  break: [
    {
      on: worker,
      run: "sed -i 's/:6443$/:6434/' /etc/kubernetes/kubelet.conf\nsystemctl restart kubelet",
    },
  ],
  checks: [
    {
      says: `an API server answers at the address that the kubelet of ${worker} uses`,
      on: worker,
      test: `server=$(sed -n 's/.*server: //p' /etc/kubernetes/kubelet.conf)
curl --silent --fail --max-time 5 --cacert /etc/kubernetes/pki/ca.crt "$server/readyz"`,
    },
    kubeletReports(worker),
  ],
  solution: [
    {
      on: worker,
      run: "sed -i 's/:6434$/:6443/' /etc/kubernetes/kubelet.conf\nsystemctl restart kubelet",
    },
  ],
  explanation:
    'A kubeconfig holds three things: where the API server is, whom to believe that it is the API server (the CA), and who one is (a client certificate). Here the first was wrong by one swapped pair of digits. Workers use the *endpoint* of the cluster, so that any control plane may fail; a cluster that was begun with the address of its first control plane has this very trouble when that one dies.',
  links: [
    'https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/',
    'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
  ],
}
