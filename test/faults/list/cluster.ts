import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { addressOf, clusterFile, kubestrap, lab, labDo, run, up } from '../../e2e/support.ts'
import {
  beginReset,
  kubectlAsAdmin,
  leave,
  must,
  plane,
  runWith,
  sleep,
  steward,
  worker,
} from '../actions.ts'
import { containerOf, podman } from '../containers.ts'
import type { Fault } from '../fault.ts'
import { later } from '../stand-ins.ts'
import { at, inPlaneJoin, inWorkerJoin, type Moment, over } from './moments.ts'

/** What happens to the cluster: its members, its secrets, its endpoint. */

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
    await must(steward, etcdctl(add))
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

const asAdmin = `${kubectlAsAdmin} -n kube-system delete secret`

/** Secrets go while the kubeadm that shall use them waits. @throws when there were none */
function secretsGone(name: string, moment: Moment, secrets: string, says: RegExp): Fault {
  const waiting = { ...moment, slow: [later('/usr/bin/kubeadm', 'join', 8)] }
  return {
    name,
    always: false,
    exitCode: 15,
    says,
    happen: () =>
      at(waiting, async () =>
        assert.match(await must(steward, `${asAdmin} ${secrets}`), / deleted/),
      ),
    mend: () => over(waiting),
  }
}

/**
 * kubeadm reads kubeadm-config with the token, and ends at once when that is refused. Had it come as
 * far as the kubelet's certificate, it would wait for that for five minutes: `up` is given eight.
 */
const tokenGone = secretsGone(
  'join token gone before it was used',
  inWorkerJoin,
  '--field-selector type=bootstrap.kubernetes.io/token',
  /KS-CREDENTIALS-ENDED[\s\S]*where: k-worker-1 +worker-join[\s\S]*?(Unauthorized|kubeadm-config)/,
)

const certificatesGone = secretsGone(
  'uploaded certificates gone before they were used',
  inPlaneJoin,
  'kubeadm-certs',
  /KS-CREDENTIALS-ENDED[\s\S]*where: k-master-3 +control-plane-join[\s\S]*?Secret "kubeadm-certs" was not found/,
)

/** The kubelet works on with its certificate; the cluster does not know it any more. */
const nodeDeleted = (node: string): Fault => ({
  name: `Node object of ${node} deleted by hand`,
  always: false,
  exitCode: 19,
  says: new RegExp(`does not know ${node} any more[\\s\\S]*next: .*kubestrap reset ${node}`),
  async happen() {
    await must(steward, `${kubectlAsAdmin} delete node ${node}`)
    return up()
  },
  mend: () => leave(node),
})

/** Its member is out, the machine as it was: nothing that `up` could go on with. */
const resetKilled: Fault = {
  name: 'reset of a control plane killed between its halves, then up',
  always: false,
  exitCode: 19,
  says: /the etcd member of k-master-3 was taken out[\s\S]*next: .*kubestrap reset k-master-3/,
  async happen() {
    await runWith(beginReset(plane), /node-drain +2 changed/, ({ child }) => child.kill('SIGKILL'))
    return up()
  },
  mend: () => leave(plane),
}

const endpoint = containerOf('k-endpoint')

const endpointDown: Fault = {
  name: 'endpoint down before a join',
  always: false,
  exitCode: 18,
  says: /the endpoint 10\.\d+\.0\.5:6443 cannot be relied on/,
  async happen() {
    await leave(worker)
    await podman('pause', endpoint)
    return up()
  },
  mend: () => podman('unpause', endpoint),
}

export const clusterFaults: readonly Fault[] = [
  stale('learner', false),
  stale('member', false),
  wiped,
  tokenGone,
  certificatesGone,
  endpointDown,
  nodeDeleted(worker),
  nodeDeleted(plane),
  resetKilled,
  resetWithoutQuorum,
  quorumLost,
]
