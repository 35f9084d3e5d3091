import type { Symptom } from './page.ts'

export const endpoint: Symptom = {
  title: 'The endpoint does not answer',
  about:
    'The endpoint is the one address behind which all API servers stand. Ask it from a node: `curl -k https://ENDPOINT:6443/readyz` says `ok`. Then ask each control plane’s own address: who answers tells where to look.',
  errors: {
    'KS-ENDPOINT-SILENT': {
      says: 'the endpoint <ADDRESS:6443> cannot be relied on',
      means:
        'After an init and after the join of a control plane every node asks the endpoint until it has answered three times in a row, after the join of a worker that worker. The lines say which node got which answer. Before and after the join of a control plane it is asked from a control plane as well: all else is healthy then.',
      todo: 'With a load balancer: it must forward to 6443 of every control plane, checked by `/readyz`, and not to those that do not exist yet. With kube-vip: [endpoint.md](endpoint.md#when-it-does-not-come-up).',
    },
    'KS-ENDPOINT-ANSWERS': {
      says: 'a cluster already answers at <ENDPOINT>',
      means:
        'A new cluster was to be begun, but an API server that is none of ours answers there. A second cluster behind one endpoint would be the worst that can happen.',
      todo: 'Correct the endpoint, or add the control planes of that cluster to the file. A forgotten machine of an older try: `ip neigh show ADDRESS` gives its MAC.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-INTERFACE': {
      says: 'there is no network interface <ens18>',
      means:
        'kube-vip puts the virtual IP on an interface of the control plane. The one that was named is not there or is down, or none has the address of the node; those that are there stand in the lines.',
      todo: '`ip -brief address` on the node. Name it as `endpoint.interface`, or for one node as `nodes[].interface`; or leave it out: then it is the one with the address of the node.',
      unchanged: 'Nothing on this node.',
    },
    'KS-KUBE-VIP-MANIFEST': {
      says: 'the generator of kube-vip <VERSION> makes another manifest than this kubestrap knows',
      means:
        'What podman and kube-vip’s own generator make is compared with our template, so that both ways lead to the same pod. The lines show where they differ: an image that was changed, or a version that was not tried.',
      todo: '`endpoint.kubeVip.version: v1.2.3`, or `endpoint.kubeVip.manifest: template`. See [endpoint.md](endpoint.md#how-the-manifest-is-made).',
      unchanged: 'No manifest was written.',
    },
    'KS-KUBEADM-OLD': {
      says: 'Kubernetes <VERSION> does not go with endpoint.provider kube-vip',
      means:
        'Up to 1.35.5 and 1.36.2 `kubeadm init` asked the API server through the endpoint, which kube-vip can only bring up after it.',
      todo: 'Take a newer patch; a mirror may be behind.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-NO-KUBE-VIP': {
      says: 'the endpoint of <CLUSTER> is not carried by kube-vip',
      means:
        'The phase `kube-vip` was started by hand for a cluster with a load balancer of its own.',
      todo: 'Nothing has to be done; or set `endpoint.provider: kube-vip`.',
      unchanged: 'Nothing on this node.',
    },
  },
  messages: [
    {
      from: 'kube-vip',
      says: 'leases.coordination.k8s.io "plndr-cp-lock" is forbidden: User "kubernetes-admin" cannot get resource "leases"',
      means:
        'For some seconds during the first init this is normal: the right is given at its end. If it stays, Kubernetes is older than 1.35.6 or 1.36.3.',
      todo: 'Take a newer patch. kubestrap places the manifest after init and join, so it is rarely seen.',
    },
    {
      from: 'kube-vip',
      says: 'error retrieving resource lock kube-system/plndr-cp-lock',
      means: 'kube-vip cannot reach the API server of its own node, which it asks for its lease.',
      todo: 'On that control plane `crictl ps -a --name kube-apiserver` and `crictl logs ID`: the API server is what has to be mended.',
    },
    {
      from: 'kubectl',
      says: 'Unable to connect to the server: dial tcp <192.168.9.120:6443>: connect: no route to host',
      means:
        'Nobody answers for the virtual IP by ARP: no control plane holds it, or you are in another network without a way there.',
      todo: '`kubestrap status` says who holds it; by `ip -brief address` exactly one control plane must have it. `ip neigh flush to ADDRESS` on your computer after it has moved.',
    },
    {
      from: 'kubectl',
      says: 'tls: failed to verify certificate: x509: certificate is valid for <...>, not <NAME>',
      means: 'You reach the API server by a name or an address that is not in its certificate.',
      todo: 'Use the endpoint; or add the name to `apiServer.certSANs` before the cluster is begun.',
    },
  ],
}
