import type { Symptom } from './page.ts'

export const joining: Symptom = {
  title: 'A node does not join',
  about:
    'Run `up` again first: credentials are made anew for every join, and a half join of ours is cleared before the next one. Certificates "uploaded for two hours" and tokens of yesterday are no topic here.',
  errors: {
    'KS-JOIN-CREDENTIALS': {
      says: 'the join credentials are not in their exact form: <FIELDS>',
      means:
        'A file that was edited or cut, or a node that hands back what no credentials look like. The values are never printed.',
      todo: 'Issue new ones on a healthy control plane: `sh join-credentials.mjs issue`.',
    },
    'KS-CREDENTIALS-ENDED': {
      says: 'what the node was to join with is not valid any more: it was taken back or has ended',
      means:
        'The token was refused, or the uploaded certificates are gone: somebody else ran `up` or deleted them meanwhile, the machine slept for longer than they live (minutes), or a clock is far off.',
      todo: 'Run the same command again: it makes new ones. By hand: `sh join-credentials.mjs issue` anew.',
      unchanged: 'The rest of the cluster: the half join is cleared before the next one.',
    },
    'KS-NODE-DELETED': {
      says: 'the cluster does not know <NODE> any more: its Node object was deleted, but the machine works on',
      means:
        'Somebody ran `kubectl delete node`, or the node was taken out with `reset --gone` and the machine came back. A kubelet that starts anew would register itself, with another range for its pods: those and the bridge of before would fit no more.',
      todo: '`kubestrap reset NODE`, then `up` joins it anew. If it shall stay out: take it out of the cluster file.',
      unchanged: 'Nothing on that node.',
    },
    'KS-KUBELET-UNHEALTHY': {
      says: 'the kubelet does not become healthy, so kubeadm gave up',
      means:
        'kubeadm writes the configuration of the kubelet, starts it, and waits some minutes. Why it does not start stands in its own journal, of which the error shows the end: a full disk, swap, a wrong flag, a runtime that does not answer.',
      todo: '`journalctl --unit kubelet` on the node; mend that and run the same command again: the half join is cleared before the next one.',
      unchanged: 'The rest of the cluster: the node is no member.',
    },
    'KS-MEMBER-LIVES': {
      says: 'the etcd member <NODE> answers, yet the node looked as if it held nothing',
      means:
        'What is left of a former life of a node is removed before it joins; but this one lives.',
      todo: 'Two machines with one name? Look at the node; if it is to go: `kubestrap reset NODE`.',
      unchanged: 'No member was removed.',
    },
    'KS-POD-RANGES': {
      says: 'some nodes were given no pod range within 30 s',
      means:
        'The controller manager gives each node a part of `networking.podSubnet`. It does not run, or the range is used up.',
      todo: '`kubectl -n kube-system logs -l component=kube-controller-manager`; "range is full" means that `podSubnet` is too small.',
    },
  },
  messages: [
    {
      from: 'kubeadm join, by hand',
      says: 'could not find a JWS signature in the cluster-info ConfigMap for token ID',
      means: 'The token has ended or was revoked, or it is of another cluster.',
      todo: '`up` makes a new one. By hand: `join-credentials.mjs issue` anew. A clock that is far off ends tokens early.',
    },
    {
      from: 'kubeadm join',
      says: "couldn't validate the identity of the API Server",
      means:
        'The hash of the CA does not fit: the endpoint leads to another cluster, or it is not reached at all (the rest of the line says).',
      todo: '`curl -k https://ENDPOINT:6443/readyz` from the node; see [the endpoint](#the-endpoint-does-not-answer).',
    },
    {
      from: 'kubeadm join --control-plane',
      says: 'Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired.',
      means:
        'kubeadm deletes uploaded certificates after two hours. kubestrap uploads them just before each join.',
      todo: '`up` again; by hand `join-credentials.mjs issue --for control-plane`.',
    },
    {
      from: 'kubeadm join --control-plane',
      says: 'error decoding secret data with provided key',
      means: 'The certificates were uploaded again with another key in between.',
      todo: 'Issue new credentials, and use only those.',
    },
    {
      from: 'kubeadm join',
      says: 'a Node with name "<NODE>" and status "Ready" already exists in the cluster.',
      means: 'Another machine has this name and lives.',
      todo: 'Give this one another name; or if the other is to go: `kubestrap reset NODE`.',
    },
    {
      from: 'kubeadm init or join, by hand',
      says: '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
      means: 'The rest of an earlier try.',
      todo: 'kubestrap clears what it began itself. What you began with kubeadm: `sudo sh reset.mjs --config cluster.yaml --node NODE`.',
    },
    {
      from: 'kubeadm join --control-plane, by hand',
      says: '[ERROR DirAvailable--etc-kubernetes-manifests]: /etc/kubernetes/manifests is not empty',
      means: 'A kube-vip manifest was placed before the join.',
      todo: 'Place it after the join, as kubestrap does.',
    },
    {
      from: 'kubeadm init or join',
      says: '[kubelet-check] The kubelet is not healthy after',
      means: 'The kubelet does not stay up: swap, cgroups, or the container runtime.',
      todo: '`journalctl -u kubelet -n 30 --no-pager`: the last `E` or `F` line says why.',
    },
    {
      from: 'kubeadm init',
      says: '[control-plane-check] kube-apiserver is not healthy after',
      means:
        'The API server was started and does not answer: often etcd (a slow disk), or the image could not be pulled.',
      todo: '`crictl ps -a`, `crictl logs ID` of kube-apiserver and etcd.',
    },
  ],
}
