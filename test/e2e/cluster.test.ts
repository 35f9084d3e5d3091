import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { webManifest } from './manifests.ts'
import {
  addressOf,
  clusterFile,
  ended,
  eventually,
  freshLab,
  healthy,
  kubectl,
  kubestrap,
  lab,
  labDo,
  onceShown,
  onNode,
  type Ran,
  run,
  start,
  status,
  up,
} from './support.ts'

/** The whole life of a cluster on real Kubernetes, in one order: each test begins where the last ended. */

before(async () => {
  await freshLab('--control-planes', '3', '--workers', '2', '--spare', '1')
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

/** Starts `up` and kills it, SIGKILL, as soon as its output shows the mark. */
async function killedAt(mark: RegExp): Promise<string> {
  const args = [
    'dist/orchestrate.mjs',
    'up',
    '--config',
    clusterFile,
    '--yes',
    '--accept-new-host-keys',
    '--plain',
  ]
  const child = start(process.execPath, args)
  onceShown(child, mark, () => child.kill('SIGKILL'))
  const { exitCode, stdout, stderr } = await ended(child, `killed at ${mark}`, 400_000)
  assert.equal(exitCode, -1, `up ended before it could be killed: ${stdout}\n${stderr}`)
  assert.match(stdout, mark, `not seen before the time was over: ${stderr}`)
  return stdout
}

test('the orchestrator is killed in the middle of init; the phase goes on without it', async () => {
  await killedAt(/control-plane-init +\$ kubeadm init/)
  await eventually('the unit runs', 10_000, async () => {
    const { stdout } = await onNode(
      'k-master-1',
      "systemctl list-units --plain --no-legend 'kubestrap-run-control-plane-init*'",
    )
    return stdout.includes('running') ? true : undefined
  })
})

test('the same command goes on; it is killed again in the middle of a join', async () => {
  const seen = await killedAt(/k-master-2 +control-plane-join +\$ kubeadm join/)
  assert.match(seen, /k-master-1: control-plane-init-\w+ still runs from an earlier start/)
})

test('the same command finishes the cluster', async () => {
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(ran.stdout, /5 nodes, \d+ changed/)
})

test('all nodes are Ready, etcd has three healthy voters, no pod is unwell', async () => {
  await healthy()
  const { nodes, etcd } = await status()
  assert.deepEqual(
    nodes.map(({ known }) => known?.ready),
    [true, true, true, true, true],
  )
  assert.deepEqual(
    etcd?.members
      .map(({ name, learner, answers }) => ({ name, learner, answers }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    ['k-master-1', 'k-master-2', 'k-master-3'].map((name) => ({
      name,
      learner: false,
      answers: true,
    })),
  )
})

// After a run that was killed: its tokens were left. What a run leaves besides: secrets.test.ts.
test('no means to join is left', async () => {
  const tokens = await kubectl(
    '-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name',
  )
  assert.equal(tokens.stdout.trim(), '')
  const certs = await kubectl('-n kube-system get secret kubeadm-certs')
  assert.match(certs.stderr, /not found/)
})

test('the second run changes nothing: no file, no Secret, no token', async () => {
  const nodes = ['k-master-1', 'k-master-2', 'k-master-3', 'k-worker-1', 'k-worker-2']
  const secrets =
    "get secrets,configmaps -A -o jsonpath={range.items[*]}{.metadata.namespace}/{.metadata.name}={.metadata.resourceVersion}{'\\n'}{end}"
  const before = await kubectl(secrets.replaceAll("'\\n'", '" "'))
  for (const node of nodes) await onNode(node, 'touch /run/e2e-stamp')
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(ran.stdout, /Nothing to do/)
  assert.match(ran.stdout, /5 nodes, 0 changed/)
  for (const node of nodes) {
    const newer = await onNode(
      node,
      'find /etc /usr /opt /var/lib/kubelet/config.yaml -xdev -newer /run/e2e-stamp ! -path /etc/mtab',
    )
    assert.equal(newer.stdout.trim(), '', `${node} was written to`)
  }
  const afterwards = await kubectl(secrets.replaceAll("'\\n'", '" "'))
  assert.equal(afterwards.stdout, before.stdout)
  const planned = await kubestrap('plan', '--exit-code')
  assert.equal(planned.exitCode, 0, said(planned))
})

async function webPods() {
  const { stdout } = await kubectl(
    'get pods -l app=web -o jsonpath=\'{range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP} {.status.phase}{"\\n"}{end}\'',
  )
  const pods = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  return pods.map(([name = '', node = '', ip = '', phase = '']) => ({ name, node, ip, phase }))
}

const ask = (pod: string, url: string) => kubectl(`exec ${pod} -- web get ${url}`)

test('a pod resolves a Service, and reaches pods of other nodes through it', async () => {
  const applied = await kubectl('apply -f -', 'k-master-2', webManifest)
  assert.equal(applied.exitCode, 0, said(applied))
  await kubectl('rollout status daemonset/web --timeout=120s')
  const pods = await webPods()
  assert.equal(pods.length, 5)
  const [from] = pods.filter(({ node }) => node === 'k-worker-1')
  const resolved = await kubectl(`exec ${from?.name} -- web resolve web.default.svc.cluster.local`)
  assert.match(resolved.stdout, /^10\.96\./)
  const answered = new Set<string>()
  for (let tries = 0; tries < 12; tries += 1) {
    const { stdout } = await ask(from?.name ?? '', 'http://web.default.svc.cluster.local')
    answered.add(/^200 (\S+) saw/.exec(stdout)?.[1] ?? 'nobody')
  }
  assert.ok(
    [...answered].some((name) => name !== from?.name && pods.some((pod) => pod.name === name)),
    `only ${[...answered]} answered`,
  )
})

test('every pod reaches every other, and only by the route of its node', async () => {
  await everyPair()
  const pods = await webPods()
  const from = pods.find(({ node }) => node === 'k-worker-1')
  const to = pods.find(({ node }) => node === 'k-worker-2')
  const range = (await status()).nodes.find(({ name }) => name === 'k-worker-2')?.known?.podCIDR
  await onNode('k-worker-1', `ip route delete ${range}`)
  const without = await ask(from?.name ?? '', `http://${to?.ip}:8080`)
  assert.notEqual(without.exitCode, 0, `it answered without a route: ${said(without)}`)
  const planned = await kubestrap('plan', '--exit-code')
  assert.equal(planned.exitCode, 1, 'the plan must see the missing route')
  const mended = await up()
  assert.match(mended.stdout, /1 changed/)
  const again = await ask(from?.name ?? '', `http://${to?.ip}:8080`)
  assert.match(
    again.stdout,
    new RegExp(`^200 ${to?.name} saw ${from?.ip}:`),
    'pods see each other by their own addresses',
  )
})

async function everyPair(): Promise<void> {
  const pods = await webPods()
  for (const from of pods) {
    for (const to of pods) {
      const { stdout } = await ask(from.name, `http://${to.ip}:8080`)
      assert.match(stdout, new RegExp(`^200 ${to.name} saw`), `${from.node} to ${to.node}`)
    }
  }
}

test('the first control plane dies: the endpoint answers; it comes back: all is healthy', async () => {
  await labDo('kill', 'k-master-1')
  const endpoint = `https://${addressOf('k-master-1').replace(/\d+$/, '5')}:6443/readyz`
  await eventually('the endpoint answers', 60_000, async () => {
    const { stdout } = await run('curl', ['-ks', '--max-time', '3', endpoint])
    return stdout === 'ok' ? true : undefined
  })
  const down = await kubestrap('status')
  assert.equal(down.exitCode, 18, said(down))
  assert.match(down.stdout, /k-master-1 .*unreachable/)
  const refused = await up()
  assert.equal(refused.exitCode, 11, said(refused))
  await labDo('start', 'k-master-1')
  await healthy()
})

test('a node restarts: all pairs of pods still reach each other', async () => {
  await labDo('restart', 'k-worker-1')
  await healthy()
  await kubectl('rollout status daemonset/web --timeout=120s')
  await eventually('all pairs', 60_000, async () => {
    await everyPair()
    return true
  })
  const ran = await up()
  assert.match(ran.stdout, /0 changed/, said(ran))
})

test('a control plane and a worker are added: only they join, and the routes follow', async () => {
  const uid = await kubectl('get node k-worker-2 -o jsonpath={.metadata.uid}')
  await labDo('add', 'k-master-4', 'k-worker-3')
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.doesNotMatch(
    ran.stdout,
    /k-(master-[123]|worker-[12]) +(prerequisites|control-plane-join|worker-join) +started/,
  )
  assert.match(ran.stdout, /warning: 4 control planes survive/)
  await healthy()
  assert.equal((await status()).etcd?.members.length, 4)
  assert.equal(
    (await kubectl('get node k-worker-2 -o jsonpath={.metadata.uid}')).stdout,
    uid.stdout,
  )
  await kubectl('rollout status daemonset/web --timeout=120s')
  await everyPair()
})

test('a worker and a control plane are reset, and join again', async () => {
  const unconfirmed = await kubestrap('reset', 'k-worker-3')
  assert.equal(unconfirmed.exitCode, 2, said(unconfirmed))
  const ran = await kubestrap('reset', 'k-worker-3', 'k-master-4', '--confirm', lab)
  assert.equal(ran.exitCode, 0, said(ran))
  const left = await kubectl('get nodes -o name')
  assert.doesNotMatch(left.stdout, /k-worker-3|k-master-4/)
  assert.equal((await status()).etcd?.members.length, 3)
  const files = await onNode(
    'k-master-4',
    'ls -A /etc/kubernetes /etc/cni/net.d /var/lib/etcd 2>/dev/null | grep -v ":" | grep -v "^$"; ip link show cni0; nft list tables',
  )
  // /etc/kubernetes/kubestrap stays: rules of the API server, made by prerequisites for the next join.
  assert.doesNotMatch(files.stdout, /^pki$|\.conf(list)?$|^member$|^table .*kubestrap$|cni0:/m)
  const again = await up()
  assert.equal(again.exitCode, 0, said(again))
  await healthy()
  assert.equal((await status()).etcd?.members.length, 4)
})

test('the first control plane is wiped: it joins the same cluster, and makes no second one', async () => {
  const ca = await onNode('k-master-2', 'sha256sum < /etc/kubernetes/pki/ca.crt')
  await onNode(
    'k-master-1',
    `systemctl stop kubelet containerd
    for pid in $(pgrep -f containerd-shim); do kill -9 $pid; done; pkill -9 -x etcd; pkill -9 kube-
    sleep 1; rm -rf /etc/kubernetes/* /var/lib/etcd/* /var/lib/kubelet/config.yaml /var/lib/kubelet/pki /var/lib/kubestrap /etc/cni/net.d/*; mkdir -p /etc/kubernetes/manifests
    systemctl start containerd; true`,
  )
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.doesNotMatch(ran.stdout, /control-plane-init +started/)
  const now = await onNode('k-master-1', 'sha256sum < /etc/kubernetes/pki/ca.crt')
  assert.equal(now.stdout, ca.stdout)
  await healthy()
  const names = (await status()).etcd?.members.map(({ name }) => name).sort()
  assert.deepEqual(names, ['k-master-1', 'k-master-2', 'k-master-3', 'k-master-4'])
})
