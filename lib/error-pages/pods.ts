import type { Symptom } from './page.ts'

export const pods: Symptom = {
  title: 'Nodes are not Ready, pods do not start',
  about:
    '`kubestrap status` lists pods that are not well. Then `kubectl describe pod NAME`: the events at its end say why.',
  errors: {
    'KS-CALICO-NOT-READY': {
      says: 'Calico is not ready: <WHAT>',
      means:
        'The operator, or what it installs, does not work yet. The lines say which pods are not ready and why, and what the operator says of each part.',
      todo: '`ImagePullBackOff`: the nodes do not reach quay.io; set `proxy`, or a mirror under `sources.images`. `degraded`: the operator’s words say what it does not like. Then `kubectl get tigerastatus`, `kubectl -n calico-system get pods -o wide`, and run again: it goes on from there. More: [pod-network.md](pod-network.md#when-it-does-not-become-ready).',
    },
    'KS-CALICO-POOL': {
      says: 'the living cluster has another pool of pod addresses than the cluster file',
      means:
        'Pods that live have addresses of the pool as it is. Its range and the size of its blocks are decided when the cluster begins.',
      todo: 'Write into the file what the cluster has; the lines say both.',
    },
    'KS-POD-NETWORK-OTHER': {
      says: 'the pod network of this cluster is the bridge; up does not change it into Calico',
      means:
        'Two pod networks on one node disturb each other, and pods keep addresses of the first.',
      todo: 'Keep `provider: bridge`, or reset the cluster and begin anew. On machines that were another cluster before: the file that is named may go.',
    },
    'KS-CALICOCTL': {
      says: 'there is no calicoctl for the architecture <MACHINE>',
      means: 'The kit installs it on x86_64 and aarch64.',
      todo: '`calicoctl: false` under `podNetwork.calico`.',
    },
  },
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
