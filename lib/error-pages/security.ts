import type { Symptom } from './page.ts'

export const security: Symptom = {
  title: 'Encryption of Secrets, certificates of kubelets',
  about:
    'Both are options of `security` in the cluster file, and count when a cluster is begun. [security.md](security.md) says what they do and cost.',
  errors: {
    'KS-ENCRYPTION-KEY': {
      says: 'the API server encrypts Secrets, but </etc/kubernetes/kubestrap/encryption.yaml> <is not there>',
      means:
        'Without the right key an API server cannot read any Secret. A new one would not help: what was encrypted with the old one stays unreadable. "is not as kubestrap writes it": keys were rotated by hand, and only a single one is relayed.',
      todo: 'Copy the file from another control plane, root-only: `sudo install -m 0600 encryption.yaml /etc/kubernetes/kubestrap/`. After a rotation by hand join further control planes by hand as well, with that file in its place before `kubeadm join`.',
      unchanged: 'The file is neither written nor removed.',
    },
    'KS-SERVING-REQUEST': {
      says: '<NODE> asks for a serving certificate that does not fit the cluster file',
      means:
        'The kubelet asks for another name or address than the file has for its node, as the lines say: an address that was changed on one side only, or somebody on that node who wants to pass for another machine.',
      todo: 'Look at the node. Correct the address in the file or on the machine, `kubectl delete csr NAME`, `systemctl restart kubelet` there, and run the same command again.',
      unchanged: 'Nothing of it was approved.',
    },
    'KS-NO-SERVING-CERTIFICATES': {
      says: 'security.kubeletServingCertificates is off: no kubelet asks for a certificate',
      means: '`kubestrap approve` has nothing to do in such a cluster.',
      todo: 'Nothing. The key counts when a cluster is begun.',
    },
  },
  messages: [
    {
      from: 'kubectl logs',
      says: 'remote error: tls: internal error',
      means:
        'The kubelet has no serving certificate yet: with `security.kubeletServingCertificates` it asks for one, and somebody must approve.',
      todo: '`kubestrap status` shows what waits, `kubestrap approve` approves what fits the file.',
    },
    {
      from: 'kubectl',
      says: 'would violate PodSecurity "baseline:latest"',
      means: 'A warning, not a refusal: the pod could take over its node.',
      todo: 'Take away what the warning names, if the pod does not need it. Where it does, label the namespace: `kubectl label namespace NAME pod-security.kubernetes.io/warn=privileged`.',
    },
  ],
}
