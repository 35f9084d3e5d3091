import type { Symptom } from './page.ts'

export const endpoint: Symptom = {
  title: 'The endpoint does not answer',
  about:
    'The endpoint is the one address behind which all API servers stand. Ask it from a node: `curl -k https://ENDPOINT:6443/readyz` says `ok`. Then ask each control plane’s own address: who answers tells where to look.',
  errors: {
    'KS-ENDPOINT-SILENT': {
      says: 'the endpoint <ADDRESS:6443> cannot be relied on',
      means:
        'After an init or a join every node asks the endpoint until it has answered three times in a row. The lines say which node got which answer.',
      todo: 'With a load balancer: it must forward to 6443 of every control plane, checked by `/readyz`, and not to those that do not exist yet. With kube-vip: see the messages below.',
    },
    'KS-ENDPOINT-ANSWERS': {
      says: 'a cluster already answers at <ENDPOINT>',
      means:
        'A new cluster was to be begun, but an API server that is none of ours answers there. A second cluster behind one endpoint would be the worst that can happen.',
      todo: 'Correct the endpoint, or add the control planes of that cluster to the file. A forgotten machine of an older try: `ip neigh show ADDRESS` gives its MAC.',
      unchanged: 'Nothing, on no node.',
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
      todo: '`ip -brief address` on each control plane: exactly one must have it. `ip neigh flush to ADDRESS` on your computer after it has moved.',
    },
    {
      from: 'kubectl',
      says: 'tls: failed to verify certificate: x509: certificate is valid for <...>, not <NAME>',
      means: 'You reach the API server by a name or an address that is not in its certificate.',
      todo: 'Use the endpoint; or add the name to `apiServer.certSANs` before the cluster is begun.',
    },
  ],
}
