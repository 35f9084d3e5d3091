import type { Symptom } from './page.ts'

export const pods: Symptom = {
  title: 'Nodes are not Ready, pods do not start',
  about:
    '`kubestrap status` lists pods that are not well. Then `kubectl describe pod NAME`: the events at its end say why.',
  errors: {},
  messages: [
    {
      from: 'kubectl describe node',
      says: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
      means:
        'The node has no pod network yet. Normal between the join and the phase `pod-network`.',
      todo: 'Is a file in `/etc/cni/net.d/`? With Calico: `kubectl get tigerastatus`, `kubectl -n calico-system get pods -o wide`.',
    },
    {
      from: 'kubectl describe pod',
      says: 'cni plugin not initialized',
      means: 'containerd’s words for the same.',
      todo: 'As above.',
    },
    {
      from: 'kubectl describe pod',
      says: 'node(s) had untolerated taint(s)',
      means: 'Control planes take no ordinary pods, and no worker is there or Ready.',
      todo: 'Join workers; or `schedulable: true` for a control plane in the cluster file.',
    },
    {
      from: 'kubectl logs or kubectl exec',
      says: 'dial tcp <ADDRESS>:10250: connect: no route to host',
      means: 'A firewall on the node keeps the API server from the kubelet.',
      todo: '`firewall: managed` opens 10250; see [KS-PORTS-BLOCKED](#ks-ports-blocked).',
    },
    {
      from: 'a pod',
      says: 'Temporary failure in name resolution',
      means:
        'CoreDNS does not run, or packets between nodes do not arrive (often a firewall: UDP 4789 of VXLAN).',
      todo: '`kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide`; try from a pod on the same node as CoreDNS, then from another: if only the other fails it is the network between nodes.',
    },
  ],
}
