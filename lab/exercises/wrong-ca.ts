import type { Exercise } from './exercise.ts'
import { master } from './parts.ts'

const admin = '/etc/kubernetes/admin.conf'

export const wrongCa: Exercise = {
  name: 'wrong-ca',
  title: 'certificate signed by unknown authority',
  level: 2,
  minutes: 15,
  symptom: `On ${master}, as root, \`kubectl get nodes\` says "tls: failed to verify certificate: x509: certificate signed by unknown authority". On other computers kubectl works. \`--insecure-skip-tls-verify\` does not count as a repair.`,
  hints: [
    `Both sides have a say: which CA signed what the API server shows, and which CA does ${admin} believe in?`,
    `\`kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d | openssl x509 -noout -subject -fingerprint\`, and the same of /etc/kubernetes/pki/ca.crt`,
    '`kubectl config set-cluster` has `--certificate-authority` and `--embed-certs`.',
  ],
  keeps: { on: master, paths: [admin] },
  break: [
    {
      on: master,
      run: `openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=kubernetes \\
  -keyout /dev/null -out /run/other-ca.crt 2> /dev/null
kubectl config set-cluster "$(kubectl config view -o jsonpath='{.clusters[0].name}')" \\
  --certificate-authority=/run/other-ca.crt --embed-certs=true
rm /run/other-ca.crt`,
    },
  ],
  checks: [
    {
      says: `kubectl on ${master} reaches the cluster`,
      on: master,
      test: 'kubectl get nodes --request-timeout=8s',
    },
    {
      says: 'and verifies whom it talks to',
      on: master,
      test: `kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' \\
  | base64 -d | cmp - /etc/kubernetes/pki/ca.crt
! grep insecure-skip ${admin}`,
    },
  ],
  solution: [
    {
      on: master,
      run: `kubectl config set-cluster "$(kubectl config view -o jsonpath='{.clusters[0].name}')" \\
  --certificate-authority=/etc/kubernetes/pki/ca.crt --embed-certs=true`,
    },
  ],
  explanation:
    'Both authorities are named "kubernetes", and yet they are different keys: a name in a certificate is only a name. This happens when a kubeconfig of an earlier cluster stays in ~/.kube/config after everything was made anew. Who switches verification off sends credentials to whoever answers.',
  links: [
    'https://kubernetes.io/docs/setup/best-practices/certificates/',
    'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/troubleshooting-kubeadm/#tls-certificate-errors',
  ],
}
