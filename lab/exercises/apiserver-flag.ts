import type { Exercise } from './exercise.ts'
import { master } from './parts.ts'

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

export const apiserverFlag: Exercise = {
  name: 'apiserver-flag',
  title: 'One letter too few',
  level: 2,
  minutes: 20,
  symptom: `Somebody edited something on ${master} "and put it back". Since then \`curl --insecure https://127.0.0.1:6443/readyz\` there says "connection refused". With three control planes kubectl still works, and ${master} becomes NotReady after a minute; with one everything stands still, kubectl too.`,
  hints: [
    'Who starts the API server, when there is no API server to ask? Static Pods: /etc/kubernetes/manifests.',
    'Without kubectl one asks the runtime: `crictl ps -a`; what its containers wrote: `tail /var/log/pods/kube-system_kube-apiserver-*/*/*.log`.',
    '"unknown flag". Compare it with another control plane, or with the kube-apiserver reference.',
  ],
  keeps: { on: master, paths: [manifest] },
  break: [{ on: master, run: `sed -i 's/--etcd-servers=/--etcd-server=/' ${manifest}` }],
  checks: [
    {
      says: `the API server of ${master} is ready`,
      on: master,
      test: 'curl --silent --fail --insecure --max-time 5 https://127.0.0.1:6443/readyz',
    },
    {
      says: 'and its manifest is one that a kubelet can start again',
      on: master,
      test: `grep -e '--etcd-servers=' ${manifest}`,
    },
  ],
  solution: [
    {
      on: master,
      run: `sed -i 's/--etcd-server=/--etcd-servers=/' ${manifest}
systemctl restart kubelet   # or it waits out its back-off`,
    },
  ],
  explanation:
    'The control plane runs in static Pods: files that the kubelet watches and starts without an API server. A wrong flag ends the container at once, and the kubelet tries again, each time later. Never keep a copy in the same folder: the kubelet reads every file of it that does not begin with a dot.',
  links: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/',
    'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/',
  ],
}
