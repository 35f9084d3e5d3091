import type { Exercise } from './exercise.ts'
import { master, nameResolves } from './parts.ts'

const replace = (from: string, to: string) =>
  `kubectl -n kube-system get configmap coredns -o yaml | sed 's/kubernetes ${from} /kubernetes ${to} /' | kubectl replace -f -
kubectl -n kube-system rollout restart deployment coredns
kubectl -n kube-system rollout status deployment coredns --timeout=90s`

export const corefile: Exercise = {
  name: 'corefile',
  title: 'The DNS answers, but does not know its own',
  level: 2,
  minutes: 15,
  symptom:
    'The CoreDNS Pods are Running and answer, and yet the name of every Service is refused or unknown: NXDOMAIN for kubernetes.default.svc.cluster.local.',
  hints: [
    'What was CoreDNS told? Its configuration is a ConfigMap in kube-system.',
    'Read the line of the plugin "kubernetes" aloud, letter by letter.',
    'Compare with `clusterDomain` in /var/lib/kubelet/config.yaml. After a change: `rollout restart`, or wait for the plugin "reload".',
  ],
  break: [{ on: master, run: replace('cluster.local', 'cluster.lokal') }],
  checks: [nameResolves('kubernetes.default')],
  solution: [{ on: master, run: replace('cluster.lokal', 'cluster.local') }],
  explanation:
    'The kubelet tells Pods to search in cluster.local, and CoreDNS must be told to be responsible for the same domain: nobody compares the two. Names outside of what it is responsible for it forwards, or says that they do not exist. "It answers" and "it answers rightly" are two checks.',
  links: [
    'https://coredns.io/plugins/kubernetes/',
    'https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/',
  ],
}
