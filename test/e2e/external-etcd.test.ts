import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ensureGoPrograms } from '../../lab/artifacts/go-programs.ts'
import { makeCa, makeCertificate, textOf } from '../certificates.ts'
import {
  addressOf,
  asUser,
  clusterFile,
  copyTo,
  freshLab,
  healthy,
  kubectl,
  kubestrap,
  lab,
  labDo,
  logFolder,
  onNode,
  type Ran,
  root,
  run,
  status,
  up,
} from './support.ts'

/**
 * A cluster whose state is in an etcd of its own machine: real etcd with client certificates, which
 * openssl makes here. One control plane, one worker; k-spare-1 is the etcd.
 */

const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`
const state = join(root, '.lab', lab)
const endpoint = () => `https://${addressOf('k-spare-1')}:2379`

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '1', '--spare', '1')
  const ca = makeCa(join(state, 'etcd'), 'ca')
  makeCa(ca.folder, 'strangers')
  // clientAuth too: with it etcd's JSON gateway asks the member it belongs to.
  makeCertificate(ca, 'server', 'serverAuth,clientAuth', addressOf('k-spare-1'))
  makeCertificate(ca, 'client', 'clientAuth')
  makeCertificate({ ...ca, name: 'strangers' }, 'stranger', 'clientAuth')
  await startEtcd(ca.folder)
  withEtcd('client')
})

after(async () => {
  writeFileSync(clusterFile, plain)
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

/** As in https://etcd.io/docs/v3.6/op-guide/security/, example 2: client certificates are asked for. */
async function startEtcd(folder: string): Promise<void> {
  const programs = await ensureGoPrograms(() => undefined)
  await copyTo('k-spare-1', join(programs.get('etcd') ?? '', 'etcd'), '/usr/local/bin/etcd')
  for (const name of ['ca.crt', 'server.crt', 'server.key'])
    await copyTo('k-spare-1', join(folder, name), `/etc/etcd/${name}`)
  const flags = [
    ...[
      '--name=outside',
      '--data-dir=/var/lib/etcd-outside',
      `--advertise-client-urls=${endpoint()}`,
    ],
    ...[`--listen-client-urls=${endpoint()}`, '--listen-peer-urls=http://127.0.0.1:2380'],
    ...['--client-cert-auth', '--trusted-ca-file=/etc/etcd/ca.crt'],
    ...['--cert-file=/etc/etcd/server.crt', '--key-file=/etc/etcd/server.key'],
  ]
  const unit = `[Service]\nType=notify\nExecStart=/usr/local/bin/etcd ${flags.join(' ')}\n`
  const started = await onNode(
    'k-spare-1',
    `printf '%s' '${unit}' > /etc/systemd/system/etcd.service && systemctl daemon-reload && systemctl start etcd`,
  )
  assert.equal(started.exitCode, 0, said(started))
}

let plain = ''

/** The lab's cluster file with this client certificate; paths are relative to it. */
function withEtcd(client: string, key = client, at = endpoint()): void {
  plain ||= readFileSync(clusterFile, 'utf8')
  writeFileSync(clusterFile, plain)
  const files = `ca: etcd/ca.crt, certificate: etcd/${client}.crt, key: etcd/${key}.key`
  appendFileSync(clusterFile, `etcd:\n  external: { endpoints: ["${at}"], ${files} }\n`)
}

/** Without the questions before the plan the packages would be there, or kubeadm would fail late. */
async function nothingChanged(): Promise<void> {
  for (const node of ['k-master-1', 'k-worker-1']) {
    const { exitCode } = await onNode(
      node,
      'command -v node || rpm -q kubelet || test -e /var/lib/kubestrap || ls -d /run/kubestrap-etcd.*',
    )
    assert.notEqual(exitCode, 0, node)
  }
}

test('a certificate that etcd does not trust is refused before anything is changed', async () => {
  withEtcd('stranger')
  const ran = await up()
  assert.equal(ran.exitCode, 17, said(ran))
  assert.match(said(ran), /KS-ETCD-EXTERNAL[\s\S]*from k-master-1: https:/)
  assert.match(said(ran), /warning: .* not signed by the given CA/)
  await nothingChanged()
})

test('so are the key of another certificate, and an endpoint where nobody listens', async () => {
  withEtcd('client', 'stranger')
  const other = await up()
  assert.equal(other.exitCode, 17, said(other))
  assert.match(said(other), /etcd\/stranger\.key is not the key of etcd\/client\.crt/)
  withEtcd('client', 'client', endpoint().replace('2379', '2399'))
  const silent = await up()
  assert.equal(silent.exitCode, 10, said(silent))
  assert.match(said(silent), /from k-master-1: https:\/\/[\d.]+:2399: /)
  await nothingChanged()
})

test('the cluster begins and both nodes are Ready', async () => {
  withEtcd('client')
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  await healthy()
  const { etcd } = await status()
  assert.deepEqual(
    etcd?.members.map(({ name, answers }) => [name, answers]),
    [[endpoint(), true]],
  )
})

/** How many keys there are in the etcd below a prefix, asked with the control plane's own files. */
async function keys(prefix: string): Promise<number> {
  const text = (value: string) => Buffer.from(value).toString('base64')
  const body = JSON.stringify({
    key: text(`${prefix}/`),
    range_end: text(`${prefix}0`),
    count_only: true,
  })
  const files = '--cacert ca.crt --cert client.crt --key client.key'
  const { stdout } = await onNode(
    'k-master-1',
    `cd /etc/kubernetes/pki/etcd-external && curl -sS ${files} --data '${body}' ${endpoint()}/v3/kv/range`,
  )
  return Number((JSON.parse(stdout) as { count?: string }).count ?? 0)
}

test('its state is there, and no etcd runs on the control plane', async () => {
  assert.ok((await keys('/registry/namespaces')) >= 4)
  const local = await onNode(
    'k-master-1',
    'ls /etc/kubernetes/manifests/etcd.yaml /var/lib/etcd/member; pgrep -x etcd; crictl images',
  )
  assert.doesNotMatch(local.stdout, /etcd/)
  const { stdout } = await kubectl('-n kube-system get pods -o name', 'k-master-1')
  assert.match(stdout, /kube-apiserver-k-master-1/)
  assert.doesNotMatch(stdout, /etcd/)
})

test('who logs in may use kubectl without sudo, with completion', async () => {
  const nodes = await asUser('k-master-1', 'kubectl get nodes -o name')
  assert.equal(nodes.stdout.trim(), 'node/k-master-1\nnode/k-worker-1', said(nodes))
  const mode = await asUser('k-master-1', 'stat -c "%a %U" ~/.kube ~/.kube/config')
  assert.equal(mode.stdout, '700 kubernetesadmin\n600 kubernetesadmin\n')
  const completion = await asUser(
    'k-master-1',
    'bash -c "source /usr/local/share/bash-completion/completions/kubectl; complete -p kubectl"',
  )
  assert.match(completion.stdout, /__start_kubectl kubectl/, said(completion))
  const worker = await asUser('k-worker-1', 'test -e ~/.kube/config || command -v kubectl')
  assert.notEqual(worker.exitCode, 0)
})

test('the same file again: 0 changed', async () => {
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(ran.stdout, /2 nodes, 0 changed/)
})

test('the key is for root on the control plane, and in no log, journal, command or unit', async () => {
  const mode = await onNode(
    'k-master-1',
    'stat -c "%a %U" /etc/kubernetes/pki/etcd-external/client.key',
  )
  assert.equal(mode.stdout.trim(), '600 root')
  const key = textOf({ folder: join(state, 'etcd'), name: 'ca' }, 'client.key')
  const line = key.split('\n')[1] ?? ''
  // As it is, and as it travels: base64 of the whole file.
  const inside = Buffer.from(key).toString('base64').slice(60, 120)
  const local = await run('grep', [
    '-rlF',
    '-e',
    line,
    '-e',
    inside,
    join(state, '.kubestrap'),
    logFolder,
  ])
  assert.equal(local.stdout, '')
  for (const node of ['k-master-1', 'k-worker-1']) {
    // Taken away from this list the file itself is found on k-master-1: the search can find.
    const places = '/var/lib/kubestrap /run /etc /tmp /var/log /root /home'
    // The patterns come from a file: in an argument grep would find itself.
    const found = await onNode(
      node,
      `p=/dev/shm/patterns; printf '%s\\n' '${line}' '${inside}' > $p
       grep -rlF -D skip -f $p ${places} 2> /dev/null | grep -v etcd-external/client.key
       { journalctl --no-pager; systemctl show '*'; } | grep -F -f $p
       cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | tr '\\0' '\\n' | grep -F -f $p
       rm $p`,
    )
    assert.equal(found.stdout, '', node)
  }
})

test('after reset the data is still there: another cluster is not begun over it', async () => {
  const reset = await kubestrap('reset', '--confirm', lab)
  assert.equal(reset.exitCode, 0, said(reset))
  assert.match(reset.stdout, /still in the external etcd; .* etcdctl del \/registry\/ --prefix/)
  const left = await asUser('k-master-1', 'test -e ~/.kube/config')
  assert.notEqual(left.exitCode, 0)
  const ran = await up()
  assert.equal(ran.exitCode, 19, said(ran))
  assert.match(said(ran), /KS-ETCD-NOT-EMPTY[\s\S]*etcdctl del \/registry\/ --prefix/)
})
