import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { ClusterView } from '../../lib/observed.ts'
import { sickPod } from './manifests.ts'
import { differences, type Snapshot, snapshotOf } from './snapshot.ts'
import {
  addressOf,
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

/** `reset` proven: what it refuses, that it may be killed, and all that it leaves on a machine. And `diagnose`. */

const planes = ['k-master-1', 'k-master-2', 'k-master-3'] as const
const nodes = [...planes, 'k-worker-1']
const bare = new Map<string, Snapshot>()
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`
const reset = (...words: readonly string[]) => kubestrap('reset', ...words, '--confirm', lab)

before(async () => {
  await freshLab('--control-planes', '3', '--workers', '1')
  for (const node of nodes) bare.set(node, await snapshotOf(node))
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

/** What differs from the bare machine, without what is allowed to: each with its reason. */
async function leftOn(node: string, allowed: readonly RegExp[]): Promise<readonly string[]> {
  const now = await snapshotOf(node)
  const all = differences(bare.get(node) ?? new Map(), now)
  return all.filter((line) => !allowed.some((one) => one.test(line)))
}

/** Whatever is done: the machine lives on. */
const always = [
  /^. \/(run\/systemd|run\/udev|var\/log\/journal|var\/lib\/systemd|var\/tmp\/systemd-private)/,
  /^~ \/(run|var\/log|var\/lib|etc)( |\/(sudo|dhclient|NetworkManager))/,
  // The reset itself: its output in memory, until the next boot. But no secret of a phase.
  /^. \/run\/(kubestrap(?!\/secret)|xtables\.lock|netns)/,
  // Installed on the way, and of use to any machine: Node.js, the right time, completion of the shell.
  /^. (content of )?\/(etc\/dnf|var\/lib\/(rpm|dnf)|usr\/local\/share\/bash-completion(\/completions)? d)/,
  /^. \/var\/(cache|log\/(dnf|hawkey))/,
  /chrony|systemd-timedat/,
  // Folders of packages, empty.
  /^\+ (\/etc\/kubernetes|\/opt\/cni(\/bin)?|\/opt\/containerd(\/\w+)?|\/var\/log\/(pods|containers)|\/var\/lib\/(cni|kubelet|etcd)) d /,
  /^\+ \/home\/kubernetesadmin\/\.kube d /,
  // podman's folder of leases, which it makes anew.
  /^- \/var\/lib\/cni/,
  // This test asks with kubectl as root on one of them.
  /^\+ \/root\/\.kube/,
  // The kubelet sets them in the running kernel when it starts; nobody has noted what they were.
  /^~ sysctl (vm\.overcommit_memory|kernel\.panic|kernel\.panic_on_oops) /,
  // Images: large, and perhaps of other containers as well.
  /^. \/var\/lib\/container(d|s)\b/,
  /^. \/run\/(nri|containerd)\b/,
]

/** Without --purge the machine stays prepared for the next join. */
const prepared = [
  /^. (content of )?\/etc\/(NetworkManager\/conf\.d\/kubestrap|containerd|kubestrap|modules-load\.d\/kubestrap|pki\/rpm-gpg|sysconfig\/kubelet|sysctl\.d\/90-kubestrap|yum\.repos\.d\/kubestrap)/,
  /^. (content of )?\/etc\/systemd\/(system\/|zram-generator)/,
  /^. (content of )?\/etc\/cni\/net\.d\/(87-podman|cni\.lock)/,
  // Rules of the API server, nothing secret; the audit log is evidence.
  /^. (content of )?\/(etc\/kubernetes\/(kubestrap|manifests d)|var\/log\/kubernetes)/,
  /^. (content of )?\/(opt\/cni\/bin|usr\/local\/share\/bash-completion|var\/lib\/kubestrap)/,
  // Folders for volume plugins, empty.
  /^\+ \/usr\/libexec\/kubernetes\S* d /,
  /^\+ unit (containerd|kubelet)\.service enabled|^\+ unit swap\.target masked|^\+ process containerd /,
  /^~ (sysctl|content of \/etc\/(fstab|hosts|hostname))/,
]

test('a reset that would cost the quorum is refused, and changes nothing', async () => {
  await labDo('kill', 'k-master-1')
  const refused = await reset('k-master-2')
  assert.equal(refused.exitCode, 18, said(refused))
  assert.match(said(refused), /KS-QUORUM/)
  // Not even drained: the refusal comes first.
  const own = `--server https://${addressOf('k-master-2')}:6443`
  const asked = await kubectl(`${own} get node k-master-2 -o jsonpath={.spec.unschedulable}`)
  assert.equal(asked.exitCode, 0, said(asked))
  assert.equal(asked.stdout, '')
  await labDo('start', 'k-master-1')
  await healthy()
  assert.equal((await status()).etcd?.members.length, 3)
})

/** A reset of k-master-3 that goes on until it shows the mark. */
async function resetUntil(mark: RegExp, what: (child: ChildProcess) => void): Promise<Ran> {
  const child = start(process.execPath, [
    ...['dist/orchestrate.mjs', 'reset', 'k-master-3', '--confirm', lab, '--plain'],
    ...['--config', `.lab/${lab}/cluster.yaml`],
  ])
  onceShown(child, mark, () => what(child))
  const ran = await ended(child, `reset k-master-3, until ${mark}`, 300_000)
  assert.match(ran.stdout, mark)
  return ran
}

test('Ctrl-C in a reset says what goes on; the same command reads along, killed again on both sides it ends all', async () => {
  const stopped = await resetUntil(/k-master-3 +reset +\$ kubeadm reset/, (child) =>
    child.kill('SIGINT'),
  )
  assert.equal(stopped.exitCode, 130, said(stopped))
  assert.match(stopped.stdout, /reset goes on on k-master-3 .*kubestrap-run-reset-/)
  const killed = await resetUntil(
    /k-master-3: reset-\w+ still runs from an earlier start/,
    (child) => child.kill('SIGKILL'),
  )
  assert.notEqual(killed.exitCode, 0)
  await onNode('k-master-3', 'systemctl kill --signal=KILL "kubestrap-run-*"')
  const again = await reset('k-master-3')
  assert.equal(again.exitCode, 0, said(again))
  assert.equal((await status()).etcd?.members.length, 2)
  const { stdout } = await kubectl('get nodes -o name')
  assert.doesNotMatch(stdout, /k-master-3/)
  assert.deepEqual(await leftOn('k-master-3', [...always, ...prepared]), [])
})

test('a machine of another cluster under the address of a node is not taken down', async () => {
  const ca = '/etc/kubernetes/pki/ca.crt'
  const other = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 5 -subj /CN=kubernetes -keyout /dev/null -out ${ca}`
  const made = await onNode('k-worker-1', `cp -p ${ca} /root/ca.crt && ${other} 2> /dev/null`)
  assert.equal(made.exitCode, 0, said(made))
  for (const words of [['k-worker-1'], []]) {
    const refused = await reset(...words)
    assert.equal(refused.exitCode, 19, said(refused))
    assert.match(said(refused), /KS-TWO-CLUSTERS/)
  }
  await onNode('k-worker-1', `mv /root/ca.crt ${ca}`)
  const { stdout } = await kubectl('get node k-worker-1 -o jsonpath={.spec.unschedulable}')
  assert.equal(stdout, '', 'it was not even drained')
})

test('the node joins again; a route to a range that a node has given up goes', async () => {
  // Which range a node gets when it comes back depends on who leads the controller managers.
  const added = await onNode(
    'k-master-1',
    'via=$(ip -4 route show | sed -n "s/^10.244.* via \\([0-9.]*\\).*/\\1/p" | head -n 1); ip route add 10.244.200.0/24 via $via',
  )
  assert.equal(added.exitCode, 0, said(added))
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  assert.doesNotMatch((await onNode('k-master-1', 'ip route show')).stdout, /10\.244\.200\./)
  await healthy()
})

test('diagnose, with half of the nodes down: one archive, its first page, no secret', async () => {
  const key =
    '-----BEGIN RSA PRIVATE KEY-----\nMIICANARYCANARYCANARY\n-----END RSA PRIVATE KEY-----'
  const canaries = `token abcdef.0123456789abcdef\npassword: canary-canary-canary\n${key}`
  await onNode('k-master-1', `cat > /var/lib/kubestrap/results/canary <<'END'\n${canaries}\nEND`)
  const secrets = await onNode(
    'k-master-1',
    "sed -n 3p /etc/kubernetes/pki/ca.key; sed -n 's/.*client-key-data: //p' /etc/kubernetes/admin.conf | cut -c 100-160; swapon --show > /dev/null",
  )
  await plantSickPod()
  await labDo('kill', 'k-master-3')
  await labDo('kill', 'k-worker-1')
  const folder = mkdtempSync(join(tmpdir(), 'diagnose-'))
  try {
    const archive = join(folder, 'all.tar.gz')
    const ran = await kubestrap('diagnose', '--out', archive)
    assert.equal(ran.exitCode, 0, said(ran))
    assert.match(ran.stdout, /k-worker-1: not reachable/)
    assert.match(ran.stdout, /k-master-3: not reachable/)
    assert.equal(statSync(archive).mode & 0o777, 0o600)
    await run('tar', ['-xzf', archive, '-C', folder])
    const page = readFileSync(join(folder, 'README.md'), 'utf8')
    assert.match(page, /## What looks wrong\n\n- /)
    assert.match(page, /^- cluster: pod default\/sick on k-master-2: ErrImageNeverPull\./m)
    const { pods } = JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8')) as ClusterView
    assert.ok(
      pods?.some(({ namespace, name }) => namespace === 'default' && name === 'sick'),
      JSON.stringify(pods),
    )
    const runs = readFileSync(join(folder, 'nodes/k-master-1/runs.txt'), 'utf8')
    assert.match(runs, /^--- \/run\/kubestrap\/runs\/[a-z0-9-]+\/events\.jsonl$/m)
    assert.match(runs, /^\{"run":"[a-z0-9-]+","seq":\d+,.*"kind":"step-finished"/m)
    const log = readFileSync(join(folder, 'nodes/k-master-1/kubelet-log.txt'), 'utf8')
    assert.match(log, /kubelet/)
    assert.match(
      readFileSync(join(folder, 'nodes/k-master-2/nodes.txt'), 'utf8'),
      /k-master-1 .*Ready/,
    )
    const all = (await run('sh', ['-c', 'cat $(find "$0" -type f -not -name "*.gz")', folder]))
      .stdout
    assert.match(all, /--- \/var\/lib\/kubestrap\/results\/canary/)
    const planted = ['abcdef.0123456789abcdef', 'canary-canary-canary', 'MIICANARY']
    for (const secret of [...planted, ...secrets.stdout.trim().split('\n')]) {
      assert.ok(secret.length > 8, 'there is something to look for')
      assert.ok(!all.includes(secret), 'a secret is in the archive')
    }
    const again = await kubestrap('diagnose', '--out', archive)
    assert.equal(again.exitCode, 2, said(again))
  } finally {
    rmSync(folder, { recursive: true })
    await labDo('start', 'k-master-3')
    await labDo('start', 'k-worker-1')
  }
  const gone = await kubectl('delete pod sick')
  assert.equal(gone.exitCode, 0, said(gone))
  await healthy()
})

/** On a control plane that stays; comes back when the kubelet has said what ails it. */
async function plantSickPod(): Promise<void> {
  const node = 'k-master-2'
  const applied = await kubectl('apply -f -', node, sickPod(node))
  assert.equal(applied.exitCode, 0, said(applied))
  const reason = 'jsonpath={.status.containerStatuses[0].state.waiting.reason}'
  await eventually('the pod is sick', 60_000, async () => {
    const { stdout } = await kubectl(`get pod sick -o ${reason}`, node)
    return stdout === 'ErrImageNeverPull' ? true : undefined
  })
}

test('after the reset of the whole cluster only what prepares a machine is left', async () => {
  const ran = await reset()
  assert.equal(ran.exitCode, 0, said(ran))
  for (const node of ['k-master-1', 'k-worker-1'])
    assert.deepEqual(await leftOn(node, [...always, ...prepared]), [], node)
})

test('with --purge not even that', async () => {
  const ran = await reset('--purge')
  assert.equal(ran.exitCode, 0, said(ran))
  for (const node of ['k-master-1', 'k-worker-1'])
    assert.deepEqual(await leftOn(node, always), [], node)
})

test('what is left behind is seen', async () => {
  const leave = [
    'ip route add unreachable 10.244.0.0/16; touch /etc/kubernetes/left',
    'mkdir -p -m 0755 /usr/libexec/kubernetes /run/kubestrap/secret',
  ]
  await onNode('k-worker-1', leave.join('; '))
  const left = await leftOn('k-worker-1', always)
  assert.deepEqual(
    left.map((line) => line.split(' ').slice(0, 4).join(' ').slice(0, 35)).sort(),
    [
      '+ /etc/kubernetes/left f 0644',
      '+ content of /etc/kubernetes/left',
      '+ route unreachable 10.244.0.0/16',
      '+ /usr/libexec/kubernetes d 0755',
      '+ /run/kubestrap/secret d 0755',
    ].sort(),
  )
})
