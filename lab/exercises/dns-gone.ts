import type { Exercise } from './exercise.ts'
import { master, nameResolves } from './parts.ts'

export const dnsGone: Exercise = {
  name: 'dns-gone',
  title: 'Names do not work, addresses do',
  level: 1,
  minutes: 10,
  symptom:
    'Programs in the cluster reach each other by address, but no longer by name: "lookup kubernetes.default: i/o timeout".',
  hints: [
    'Whom do Pods ask for names? `kubectl -n kube-system get service kube-dns`',
    'A Service is only an address. Who stands behind it? `kubectl -n kube-system get endpointslices,deployments`',
    'A Deployment with 0 of 0 Pods is "ready", and does nothing.',
  ],
  break: [
    {
      on: master,
      run: 'kubectl -n kube-system scale deployment coredns --replicas=0\nkubectl -n kube-system wait --for=delete pod -l k8s-app=kube-dns --timeout=60s',
    },
  ],
  checks: [nameResolves('kubernetes.default')],
  solution: [
    {
      on: master,
      run: 'kubectl -n kube-system scale deployment coredns --replicas=2\nkubectl -n kube-system rollout status deployment coredns --timeout=90s',
    },
  ],
  explanation:
    'The kubelet writes the address of the Service kube-dns (10.96.0.10 here) into each Pod’s /etc/resolv.conf. Behind it stand the Pods of the Deployment coredns: two, so that one may fail. Somebody had scaled it to 0 "to save memory".',
  links: [
    'https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/',
    'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  ],
}
