import { readFileSync, writeFileSync } from 'node:fs'
import { addressOf, clusterFile, kubestrap, lab, labDo, run, up } from '../../e2e/support.ts'
import { leave, must, plane, runs, sleep, upWith, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'

/** What happens to the cluster: its members, its secrets, its endpoint, its packages. */

/** As a machine that was made anew under the same address: nothing of the cluster, other keys. */
const wipe = `systemctl stop kubelet containerd
for pid in $(pgrep -f containerd-shim); do kill -9 $pid; done; pkill -9 -x etcd; pkill -9 kube-
sleep 1; rm -rf /etc/kubernetes/* /var/lib/etcd/* /var/lib/kubelet/config.yaml /var/lib/kubelet/pki /var/lib/kubestrap /etc/cni/net.d/*
mkdir -p /etc/kubernetes/manifests; systemctl start containerd`

const knownHosts = clusterFile.replace(/cluster\.yaml$/, `.kubestrap/${lab}/known_hosts`)
const labKnownHosts = clusterFile.replace(/cluster\.yaml$/, 'known_hosts')

const wiped: Fault = {
  name: 'control plane wiped, same address, other host key',
  always: false,
  exitCode: 12,
  says: /its host key is not the one that was seen before/,
  takes: [plane],
  async happen() {
    await must(plane, `${wipe}; rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh`)
    return up()
  },
  async mend() {
    const address = addressOf(plane)
    await run('ssh-keygen', ['-R', address, '-f', knownHosts])
    await run('ssh-keygen', ['-R', address, '-f', labKnownHosts])
    const { stdout } = await run('ssh-keyscan', ['-t', 'ed25519', address])
    writeFileSync(labKnownHosts, `${readFileSync(labKnownHosts, 'utf8')}${stdout}`)
  },
}

/** etcdctl out of etcd's own container. */
const etcdctl = (words: string) =>
  `nsenter --target "$(pgrep -x etcd | head -1)" --mount /usr/local/bin/etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key ${words}`

const stale = (kind: 'learner' | 'member', always: boolean): Fault => ({
  name: `stale etcd ${kind} of a control plane that is not there`,
  always,
  exitCode: 0,
  async happen() {
    await leave(plane)
    const flag = kind === 'learner' ? '--learner ' : ''
    const add = `member add ${plane} ${flag}--peer-urls https://${addressOf(plane)}:2380`
    await must('k-master-1', etcdctl(add))
    return up()
  },
})

const quorumLost: Fault = {
  name: 'quorum lost: two of three control planes are off',
  always: false,
  exitCode: 18,
  says: /none of its API servers answers[\s\S]*k-master-2/,
  async happen() {
    await leave(worker)
    await labDo('kill', 'k-master-2')
    await labDo('kill', plane)
    return up()
  },
  async mend() {
    await labDo('start', 'k-master-2')
    await labDo('start', plane)
    await sleep(20_000)
  },
}

const resetWithoutQuorum: Fault = {
  name: 'reset that would cost the quorum',
  always: false,
  exitCode: 18,
  says: /etcd would lose its quorum without k-master-2/,
  async happen() {
    await labDo('kill', plane)
    return kubestrap('reset', 'k-master-2', '--confirm', lab)
  },
  async mend() {
    await labDo('start', plane)
    await sleep(15_000)
  },
}

const asAdmin = 'kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system delete secret'

const tokenGone: Fault = {
  name: 'join token gone before it was used',
  always: false,
  exitCode: [0, 15, 16],
  says: /worker-join/,
  async happen() {
    await leave(worker)
    return upWith(runs(worker, 'worker-join', 'kubeadm join'), () =>
      must('k-master-1', `${asAdmin} --field-selector type=bootstrap.kubernetes.io/token`),
    )
  },
}

const certificatesGone: Fault = {
  name: 'uploaded certificates gone before they were used',
  always: false,
  exitCode: [0, 15, 16],
  says: /kubeadm-certs|control-plane-join/,
  async happen() {
    await leave(plane)
    return upWith(runs(plane, 'control-plane-join', 'kubeadm join'), () =>
      must('k-master-1', `${asAdmin} kubeadm-certs`),
    )
  },
}

const endpoint = `kubestrap-${lab}-k-endpoint`

const endpointDown: Fault = {
  name: 'endpoint down before a join',
  always: false,
  exitCode: [10, 15, 16, 18],
  says: /endpoint|10\.\d+\.0\.5/,
  async happen() {
    await leave(worker)
    await run('podman', ['pause', endpoint])
    return up()
  },
  mend: () => run('podman', ['unpause', endpoint]),
}

const wrongSignature: Fault = {
  name: 'packages signed with another key than the file names',
  always: true,
  exitCode: 17,
  says: /the signing key at .* is not the expected one/,
  async happen() {
    await leave(worker, '--purge')
    const text = readFileSync(clusterFile, 'utf8')
    // Beside the real one: its key and its known hosts are named relative to it.
    const wrong = clusterFile.replace(/cluster\.yaml$/, 'wrong.yaml')
    writeFileSync(wrong, text.replace(/fingerprint: "[0-9A-F]{8}/, 'fingerprint: "00000000'))
    return up('--config', wrong)
  },
}

const dnfLocked: Fault = {
  name: 'somebody else holds the lock of rpm for 20 s',
  always: false,
  exitCode: 0,
  async happen() {
    await leave(worker, '--purge')
    const hold =
      "import fcntl,time; f=open('/var/lib/rpm/.rpm.lock','a'); fcntl.lockf(f,fcntl.LOCK_EX); time.sleep(20)"
    await must(worker, `setsid python3 -c "${hold}" > /dev/null 2>&1 &`)
    return up()
  },
}

const altered = (name: string, always: boolean, change: string): Fault => ({
  name: `phase scripts on the node ${name}`,
  always,
  exitCode: 0,
  async happen() {
    await leave(worker)
    await must(worker, `cd /var/lib/kubestrap/bundles/* && ${change}`)
    return up()
  },
})

export const clusterFaults: readonly Fault[] = [
  altered('altered', true, 'echo "// altered" >> worker-join.mjs'),
  altered('cut short, as by a broken upload', false, 'truncate -s 5000 worker-join.mjs'),
  wrongSignature,
  dnfLocked,
  stale('learner', false),
  stale('member', false),
  wiped,
  tokenGone,
  certificatesGone,
  endpointDown,
  resetWithoutQuorum,
  quorumLost,
]
