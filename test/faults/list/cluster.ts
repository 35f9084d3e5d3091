import { readFileSync, writeFileSync } from 'node:fs'
import { addressOf, clusterFile, kubestrap, lab, labDo, run, up } from '../../e2e/support.ts'
import { leave, must, runs, sleep, upWith } from '../actions.ts'
import type { Fault } from '../fault.ts'

const worker = 'k-worker-1'
const plane = 'k-master-3'

/** As a machine that was made anew under the same address: nothing of the cluster, other keys. */
const wipe = `systemctl stop kubelet containerd
for pid in $(pgrep -f containerd-shim); do kill -9 $pid; done; pkill -9 -x etcd; pkill -9 kube-
sleep 1; rm -rf /etc/kubernetes/* /var/lib/etcd/* /var/lib/kubelet/config.yaml /var/lib/kubelet/pki /var/lib/kubestrap /etc/cni/net.d/*
mkdir -p /etc/kubernetes/manifests; systemctl start containerd`

const knownHosts = clusterFile.replace(/cluster\.yaml$/, `.kubestrap/${lab}/known_hosts`)
const labKnownHosts = clusterFile.replace(/cluster\.yaml$/, 'known_hosts')

const wiped: Fault = {
  name: 'control plane wiped, same address, other host key',
  always: true,
  exitCode: 12,
  says: /its host key is not the one that was seen before/,
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

const etcdctl = (words: string) =>
  `ID=$(crictl --runtime-endpoint unix:///run/containerd/containerd.sock ps | awk '/ etcd /{print $1; exit}')
P=$(pgrep -x etcd | head -1)
nsenter --target $P --mount /usr/local/bin/etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key ${words}`

const stale = (kind: 'learner' | 'member'): Fault => ({
  name: `stale etcd ${kind} of a control plane that is not there`,
  always: kind === 'learner',
  exitCode: 0,
  async happen() {
    await leave(plane)
    const flag = kind === 'learner' ? '--learner ' : ''
    await must(
      'k-master-1',
      etcdctl(`member add ${plane} ${flag}--peer-urls https://${addressOf(plane)}:2380`),
    )
    return up()
  },
})

const quorumLost: Fault = {
  name: 'quorum lost: two of three control planes are off',
  always: true,
  exitCode: [11, 18],
  says: /k-master-2/,
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
  always: true,
  exitCode: 18,
  says: /quorum|healthy/i,
  async happen() {
    await labDo('kill', plane)
    return kubestrap('reset', 'k-master-2', '--confirm', lab)
  },
  async mend() {
    await labDo('start', plane)
    await sleep(15_000)
  },
}

const tokensGone: Fault = {
  name: 'join token deleted before it was used',
  always: false,
  exitCode: [15, 16],
  says: /worker-join/,
  async happen() {
    await leave(worker)
    return upWith(runs(worker, 'worker-join', 'kubeadm join'), () =>
      must(
        'k-master-1',
        'kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token',
      ),
    )
  },
}

const endpointDown: Fault = {
  name: 'endpoint down in worker-join',
  always: false,
  exitCode: [15, 16, 18],
  says: /k-worker-1|endpoint/,
  async happen() {
    await leave(worker)
    return upWith(runs(worker, 'worker-join', 'kubeadm join'), () =>
      run('podman', ['pause', `kubestrap-${lab}-k-endpoint`]),
    )
  },
  mend: () => run('podman', ['unpause', `kubestrap-${lab}-k-endpoint`]).then(() => undefined),
}

const wrongSignature: Fault = {
  name: 'packages signed with another key than the file names',
  always: true,
  exitCode: 17,
  says: /the signing key at .* is not the expected one/,
  async happen() {
    await leave(worker, '--purge')
    const text = readFileSync(clusterFile, 'utf8')
    const wrong = `${clusterFile}.wrong.yaml`
    writeFileSync(wrong, text.replace(/fingerprint: "[0-9A-F]{8}/, 'fingerprint: "00000000'))
    return up('--config', wrong)
  },
}

const dnfLocked: Fault = {
  name: 'somebody else holds the lock of rpm for 20 s',
  always: true,
  exitCode: 0,
  async happen() {
    await leave(worker, '--purge')
    await must(
      worker,
      `setsid python3 -c "import fcntl,time; f=open('/var/lib/rpm/.rpm.lock','a'); fcntl.lockf(f,fcntl.LOCK_EX); time.sleep(20)" > /dev/null 2>&1 &`,
    )
    return up()
  },
}

const alteredBundle: Fault = {
  name: 'a phase script on the node was altered',
  always: true,
  exitCode: 0,
  async happen() {
    await leave(worker)
    await must(
      worker,
      'f=$(ls -d /var/lib/kubestrap/bundles/*)/worker-join.mjs; [ -f "$f" ] && printf "\\n// altered\\n" >> "$f"',
    )
    return up()
  },
}

export const clusterFaults: readonly Fault[] = [
  alteredBundle,
  wrongSignature,
  dnfLocked,
  stale('learner'),
  stale('member'),
  wiped,
  resetWithoutQuorum,
  quorumLost,
  tokensGone,
  endpointDown,
]
