import type { Exercise } from './exercise.ts'
import { master } from './parts.ts'

const lost = 'k-master-3'
const etcdctl = `etcdctl() {
  kubectl -n kube-system exec etcd-${master} -- etcdctl --endpoints=https://127.0.0.1:2379 \\
    --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt \\
    --key=/etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}`

export const etcdMember: Exercise = {
  name: 'etcd-member',
  title: 'Two of three',
  level: 3,
  minutes: 30,
  needs: { controlPlanes: 3 },
  symptom: `A disk failed on ${lost}; it was replaced, and /var/lib/etcd is empty. kubectl still works, but etcd on ${lost} does not come up any more, its API server is not ready, and after a minute the node is NotReady as well. One more failure and the cluster stands still.`,
  hints: [
    `Where is the log of a static Pod that does not stay up? \`tail /var/log/pods/kube-system_etcd-*/etcd/*.log\` on ${lost}.`,
    `The two others still count ${lost} as a member, under an id whose data has gone. \`etcdctl member list\` runs inside their etcd Pods.`,
    `\`member remove\` the old id, \`member add\` the same name anew. Then etcd on ${lost} may begin with an empty folder: stop it by taking its manifest out of /etc/kubernetes/manifests, empty the folder, put the manifest back.`,
  ],
  keeps: { on: lost, paths: ['/etc/kubernetes/manifests/etcd.yaml'] },
  break: [
    {
      on: lost,
      run: `mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/etcd.yaml
for i in $(seq 60); do pgrep -x etcd > /dev/null || break; sleep 1; done
rm -rf /var/lib/etcd/member
mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/etcd.yaml`,
    },
  ],
  checks: [
    {
      says: 'etcd has three members with a vote, and all of them answer',
      on: master,
      test: `${etcdctl}
[ "$(etcdctl member list | grep --count 'started.*false$')" = 3 ]
etcdctl endpoint health --cluster`,
    },
    {
      says: `the API server of ${lost} is ready`,
      on: lost,
      test: 'curl --silent --fail --insecure --max-time 5 https://127.0.0.1:6443/readyz',
    },
  ],
  solution: [
    {
      on: lost,
      run: `mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/etcd.yaml
while pgrep -x etcd > /dev/null; do sleep 1; done
rm -rf /var/lib/etcd/member`,
    },
    {
      on: master,
      run: `${etcdctl}
etcdctl member list
line=$(etcdctl member list | grep ${lost})
etcdctl member remove "\${line%%,*}"
address=$(kubectl get node ${lost} -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}')
etcdctl member add ${lost} --peer-urls="https://$address:2380"`,
    },
    {
      on: lost,
      run: `grep initial-cluster /etc/kubernetes/etcd.yaml   # all three, and: existing
mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/etcd.yaml
systemctl restart kubelet   # or it waits out its back-off
while ! pgrep -x etcd > /dev/null; do sleep 1; done
pkill -x kube-apiserver || true   # so does the API server, with its etcd; the kubelet starts it anew`,
    },
  ],
  undo: [
    {
      on: lost,
      run: `[ ! -e /etc/kubernetes/manifests/etcd.yaml ] || mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/etcd.yaml
for i in $(seq 60); do pgrep -x etcd > /dev/null || break; sleep 1; done
rm -rf /var/lib/etcd/member`,
    },
    {
      on: master,
      run: `${etcdctl}
address=$(kubectl get node ${lost} -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}')
for id in $(etcdctl member list | grep "$address:2380" | cut -d , -f 1); do etcdctl member remove $id; done
etcdctl member add ${lost} --peer-urls="https://$address:2380"`,
    },
    {
      on: lost,
      run: `mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/etcd.yaml
systemctl restart kubelet
while ! pgrep -x etcd > /dev/null; do sleep 1; done
pkill -x kube-apiserver || true`,
    },
  ],
  explanation:
    'etcd agrees by majority: two of three. A member is an id that has promised things; with an empty disk it cannot keep them, so it may not simply begin again under the same id: it ends with "tocommit(...) is out of range [lastIndex(0)]. Was the raft log corrupted, truncated, or lost?". Remove first, then add: added first, the cluster would have four members of whom only two live, and no majority. kubestrap does all of this by itself: `kubestrap reset --nodes k-master-3`, then `kubestrap up`.',
  links: [
    'https://etcd.io/docs/v3.6/op-guide/runtime-configuration/#replace-a-failed-machine',
    'https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#replacing-a-failed-etcd-member',
  ],
}
