import type { Symptom } from './page.ts'

export const cluster: Symptom = {
  title: 'What lives is not what the file says',
  about:
    'Exit codes 10, 18 and 19. kubestrap decides from what the nodes are, not from a state file, and refuses where it would have to guess. Nothing was changed. `kubestrap status` shows what each node is. How it decides: [architecture.md](architecture.md#judgement).',
  errors: {
    'KS-NOT-INSPECTED': {
      says: 'nodes hold parts of a cluster, but could not be looked into',
      means: 'Traces of Kubernetes are there, but no Node.js 20 that our look needs.',
      todo: '`dnf module enable nodejs:22; dnf install nodejs` there, or reset them.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-OTHER-CLUSTER': {
      says: 'nodes belong to a cluster that is not the one of the file',
      means:
        'They hold certificates or data that no cluster of the file confirms: of an older try, or of a cluster that lives.',
      todo: 'If that cluster is gone for good: `kubestrap reset NODE`, then `up`. A node after a rollback to an older snapshot looks like this, too.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-TWO-CLUSTERS': {
      says: 'the nodes belong to different clusters: their CA certificates differ',
      means: 'The file mixes nodes of two clusters; the lines say who belongs together.',
      todo: 'Take the nodes of the other cluster out of the file. If that cluster is gone, on each of its nodes: `sudo sh reset.mjs`; `kubestrap reset` takes down only what belongs to the cluster of the file.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-CONTROL-PLANES-UNSEEN': {
      says: 'a cluster is begun only when every control plane of the file was looked at',
      means: 'A control plane could not be reached, and it may hold the cluster.',
      todo: 'Bring it up, or take it out of the file.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-CLUSTER-SILENT': {
      says: 'there is a cluster, but none of its API servers answers',
      means:
        'After a restart it takes a minute or two. Longer: etcd has no quorum, or the kubelets do not run.',
      todo: 'On a control plane: `systemctl status kubelet crio containerd`, `journalctl -u kubelet -n 50`, `crictl ps -a`, and of the containers that end again and again `crictl logs ID`. More than half of the control planes must be up.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-HALF-JOIN': {
      says: 'a join was begun here, and etcd holds data of that cluster: no other one is begun over it',
      means:
        'etcd copies everything to a control plane that joins. If the others are lost, this machine may hold the last copy, and init would delete it.',
      todo: 'Bring a control plane of that cluster back and join again. If all of them are gone for good, save `/var/lib/etcd` elsewhere, then `sudo sh reset.mjs` and init.',
      unchanged: 'Nothing was initialised.',
    },
    'KS-NOT-TO-CREATE': {
      says: 'a cluster is not begun like this',
      means:
        'For example with an even number of control planes: two are worse than one, since losing either stops etcd.',
      todo: 'One, three or five control planes.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-VERSION-LIVING': {
      says: 'the cluster runs <1.36.3>, the cluster file wants <1.37>',
      means: '`up` does not upgrade.',
      todo: 'Set `kubernetesVersion` to what runs.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-ROLE': {
      says: '<NODE> is a <worker> of the cluster, the cluster file calls it <control-plane>',
      means: 'A node does not change its role.',
      todo: 'Correct the file; or `kubestrap reset NODE`, then `up` with the new role.',
      unchanged: 'Nothing on this node.',
    },
    'KS-KUBECTL': {
      says: 'kubectl <VERB> did not succeed',
      means:
        'On a control plane kubectl was to create, approve, read or bind something for `kubeconfig user`. The lines are its own.',
      todo: '`kubestrap status`; a webhook or a policy of the cluster may also refuse. Then the same command again.',
    },
    'KS-NOT-SIGNED': {
      says: 'the cluster did not sign the certificate of <USER> within 10 seconds',
      means:
        'The request was approved, but kube-controller-manager signed nothing: it does not run, or has no CA key (an external CA).',
      todo: '`kubectl -n kube-system get pods -l component=kube-controller-manager`, its log, then the same command again. The request was deleted.',
    },
    'KS-NO-CONTROL-PLANE': {
      says: 'no control plane of the file has an API server that answers',
      means: 'What was asked for needs a living cluster.',
      todo: '`kubestrap status` shows what each node says.',
    },
    'KS-NO-KUBECONFIG': {
      says: 'there is no administrator kubeconfig on this control plane',
      means: '`/etc/kubernetes/admin.conf` is missing there.',
      todo: '`kubestrap status`: is it really a member?',
    },
    'KS-NO-CA': {
      says: '<NODE> has no CA certificate: it is no control plane of a cluster',
      means: 'Credentials can only be made where the cluster’s CA is.',
      todo: 'Run it on a healthy control plane.',
    },
  },
  messages: [],
}
