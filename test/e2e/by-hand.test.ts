import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { parse } from 'yaml'
import { parseCluster } from '../../lib/cluster.ts'
import {
  addressOf,
  clusterFile,
  eventually,
  freshLab,
  lab,
  labDo,
  onNode,
  type Ran,
  root,
  run,
} from './support.ts'

/** A cluster of two bare machines, made with single bundles and flags alone: no orchestrator. */

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '1', '--spare', '1')
})

after(async () => {
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`
const bundle = (name: string) => readFileSync(join(root, 'dist/node', `${name}.mjs`), 'utf8')
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

interface LabFile {
  readonly endpoint: { readonly address: string }
  readonly networking: Readonly<Record<string, string>>
  readonly sources: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly kubelet: unknown
  readonly kubeProxy: unknown
  readonly preflight: { readonly ignore: readonly string[] }
}

const labFile = () => parse(readFileSync(clusterFile, 'utf8')) as LabFile

/** All that the lab's cluster file says, as flags. */
function flags(node: string, role: string, sources = labFile().sources): string[] {
  const { endpoint, networking, kubelet, kubeProxy, preflight } = labFile()
  const set = (path: string, value: unknown) => ['--set', `${path}=${JSON.stringify(value)}`]
  return [
    ...['--node', node, '--address', addressOf(node), '--role', role],
    ...['--endpoint', endpoint.address, '--service-subnet', networking.serviceSubnet ?? ''],
    ...['--endpoint-provider', 'external', '--runtime', 'containerd', '--pod-network', 'bridge'],
    ...set('sources', sources),
    ...set('kubelet', kubelet),
    ...set('kubeProxy', kubeProxy),
    ...preflight.ignore.flatMap((check) => ['--ignore', check]),
  ]
}

/** Copies a bundle to a machine and runs it there, as a person would. */
async function byHand(node: string, name: string, words: readonly string[]): Promise<Ran> {
  const copy = `mkdir -p /root/kit; cat > /root/kit/${name}.mjs <<'BUNDLE_END_0815'\n${bundle(name)}\nBUNDLE_END_0815\n`
  return onNode(
    node,
    `${copy}cd /root/kit && sh ${name}.mjs ${words.map(quoted).join(' ')} < /dev/null`,
  )
}

test('--help and --dry-run on a bare machine say that Node.js is missing, and install nothing', async () => {
  for (const word of ['--help', '--dry-run', '--explain']) {
    const ran = await byHand('k-spare-1', 'prerequisites', [word])
    assert.equal(ran.exitCode, 2, said(ran))
    assert.match(ran.stderr, /needs Node\.js 20 or newer, and installs nothing/)
  }
  assert.notEqual((await onNode('k-spare-1', 'command -v node')).exitCode, 0)
})

test('a key with another fingerprint is refused before it is imported', async () => {
  const sources = labFile().sources
  const wrong = { ...sources, kubernetes: { ...sources.kubernetes, fingerprint: 'A'.repeat(40) } }
  const ran = await byHand('k-spare-1', 'prerequisites', flags('k-spare-1', 'worker', wrong))
  assert.equal(ran.exitCode, 17, said(ran))
  assert.match(ran.stderr, /KS-KEY-FINGERPRINT/)
  assert.notEqual((await onNode('k-spare-1', 'rpm -q kubelet')).exitCode, 0)
  assert.notEqual(
    (await onNode('k-spare-1', 'test -e /etc/pki/rpm-gpg/RPM-GPG-KEY-kubestrap-kubernetes'))
      .exitCode,
    0,
  )
})

for (const repository of ['unsigned', 'wrong-key']) {
  test(`a package from the repository "${repository}" is refused by what the kit writes for dnf`, async () => {
    const { kubernetes } = labFile().sources
    const base = new URL(kubernetes?.baseurl?.replaceAll('{minor}', '1.36') ?? '')
    const ran = await onNode(
      'k-spare-1',
      `sed -e 's#^baseurl=.*#baseurl=${base.origin}/${repository}/#' -e 's/kubestrap-kubernetes/refused/' > /etc/yum.repos.d/refused.repo <<'REPO'
[kubestrap-kubernetes]
name=refused
baseurl=x
enabled=1
gpgcheck=1
gpgkey=${kubernetes?.gpgkey?.replaceAll('{minor}', '1.36')}
REPO
      dnf -y --disablerepo='*' --enablerepo=refused install kubestrap-lab-hello; code=$?
      rm /etc/yum.repos.d/refused.repo; rpm -q kubestrap-lab-hello; exit $code`,
    )
    assert.notEqual(ran.exitCode, 0, said(ran))
    assert.match(
      said(ran),
      /not signed|GPG check FAILED|not installed\. Failing|is not correct|Error: GPG/i,
    )
    assert.match(ran.stdout, /kubestrap-lab-hello is not installed/)
  })
}

test('bare machines do prerequisites with flags alone, Node.js included', async () => {
  const nodes = [
    ['k-master-1', 'control-plane'],
    ['k-worker-1', 'worker'],
    ['k-spare-1', 'worker'],
  ] as const
  const runs = await Promise.all(
    nodes.map(([node, role]) => byHand(node, 'prerequisites', flags(node, role))),
  )
  for (const ran of runs) assert.equal(ran.exitCode, 0, said(ran))
  const version = await onNode('k-worker-1', 'kubelet --version; node --version')
  assert.match(version.stdout, /Kubernetes v1\.36\.3\nv22\./)
})

test('a dry run after it finds nothing to do, and neither it nor inspect writes anything', async () => {
  await onNode('k-spare-1', 'touch /run/by-hand-stamp')
  const planned = await byHandAgain('k-spare-1', 'prerequisites', [
    ...flags('k-spare-1', 'worker'),
    '--dry-run',
  ])
  assert.match(planned.stdout, /prerequisites: 0 of \d+ steps would do something/, said(planned))
  const looked = await byHandAgain('k-spare-1', 'inspect', [
    ...flags('k-spare-1', 'worker'),
    '--json',
  ])
  assert.equal(looked.exitCode, 0, said(looked))
  const written = await onNode(
    'k-spare-1',
    'find / -xdev -newer /run/by-hand-stamp -type f ! -path "/proc/*" ! -path "/sys/*" ! -path "/var/log/*" ! -path "/root/kit/*"; find /var/lib -xdev -newer /run/by-hand-stamp -type f ! -path "/var/lib/containerd/*" ! -path "/var/lib/systemd/*" ! -name "rpmdb.sqlite-shm"',
  )
  assert.equal(written.stdout.trim(), '')
})

/** Runs without a new copy when it is there already: only what the run itself writes counts. */
async function byHandAgain(node: string, name: string, words: readonly string[]): Promise<Ran> {
  await onNode(
    node,
    `mkdir -p /root/kit; [ -e /root/kit/${name}.mjs ] || cat > /root/kit/${name}.mjs <<'BUNDLE_END_0815'\n${bundle(name)}\nBUNDLE_END_0815\n`,
  )
  return onNode(node, `cd /root/kit && sh ${name}.mjs ${words.map(quoted).join(' ')} < /dev/null`)
}

test('--until stops after a step', async () => {
  await onNode('k-spare-1', 'rm /etc/sysctl.d/90-kubestrap.conf /etc/containerd/config.toml')
  const ran = await byHandAgain('k-spare-1', 'prerequisites', [
    ...flags('k-spare-1', 'worker'),
    '--until',
    'Apply the kernel settings',
  ])
  assert.equal(ran.exitCode, 0, said(ran))
  assert.equal((await onNode('k-spare-1', 'ls /etc/sysctl.d/90-kubestrap.conf')).exitCode, 0)
  assert.notEqual((await onNode('k-spare-1', 'ls /etc/containerd/config.toml')).exitCode, 0)
})

test('init, join credentials, join, pod network and routes by hand make a cluster', async () => {
  const master = (name: string, ...more: string[]) =>
    byHand('k-master-1', name, [...flags('k-master-1', 'control-plane'), ...more])
  const worker = (name: string, ...more: string[]) =>
    byHand('k-worker-1', name, [...flags('k-worker-1', 'worker'), ...more])
  const init = await master('control-plane-init')
  assert.equal(init.exitCode, 0, said(init))
  const second = await byHand(
    'k-spare-1',
    'control-plane-init',
    flags('k-spare-1', 'control-plane'),
  )
  assert.equal(second.exitCode, 19, `a second init must be refused: ${said(second)}`)
  const issued = await master(
    'join-credentials',
    '--for',
    'worker',
    '--out',
    '/root/kit/join.json',
    'issue',
  )
  assert.equal(issued.exitCode, 0, said(issued))
  const mode = await onNode('k-master-1', 'stat -c %a /root/kit/join.json; cat /root/kit/join.json')
  assert.match(mode.stdout, /^600\n/)
  const without = await worker('worker-join')
  assert.equal(without.exitCode, 2, said(without))
  await onNode(
    'k-worker-1',
    `umask 077; cat > /root/kit/join.json <<'JSON'\n${mode.stdout.slice(4)}\nJSON`,
  )
  const joined = await worker('worker-join', '--join', '/root/kit/join.json')
  assert.equal(joined.exitCode, 0, said(joined))
  const revoked = await master('join-credentials', 'revoke')
  assert.equal(revoked.exitCode, 0, said(revoked))
  for (const ran of [await master('pod-network'), await worker('pod-network')])
    assert.equal(ran.exitCode, 0, said(ran))
  const seen = await byHand('k-master-1', 'inspect', [
    ...flags('k-master-1', 'control-plane'),
    '--out',
    '/root/kit/observed.json',
  ])
  assert.equal(seen.exitCode, 0, said(seen))
  const observed = (await onNode('k-master-1', 'cat /root/kit/observed.json')).stdout
  await onNode('k-worker-1', `cat > /root/kit/observed.json <<'JSON'\n${observed}\nJSON`)
  for (const ran of [
    await master('pod-routes'),
    await worker('pod-routes', '--observed', '/root/kit/observed.json'),
  ])
    assert.equal(ran.exitCode, 0, said(ran))
  await eventually('both nodes are Ready', 60_000, async () => {
    const { stdout } = await onNode(
      'k-master-1',
      'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes',
    )
    return stdout.match(/ Ready /g)?.length === 2 ? true : undefined
  })
  const route = await onNode('k-worker-1', 'ip route')
  assert.match(route.stdout, new RegExp(`10\\.244\\.0\\.0/24 via ${addressOf('k-master-1')}`))
})

test('the law of steps: as wanted after their phase, and still so when applied again', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/e2e/law-of-steps.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  const program = outputFiles[0]?.text ?? ''
  const cluster = await parseCluster(readFileSync(clusterFile, 'utf8'), clusterFile)
  const observed = JSON.parse(
    (await onNode('k-master-1', 'cat /root/kit/observed.json')).stdout,
  ) as { observed: unknown }
  for (const node of ['k-master-1', 'k-worker-1']) {
    const input = { cluster, node, observed: observed.observed, options: { first: 'k-master-1' } }
    await onNode(node, `cat > /root/kit/law.mjs <<'PROGRAM_END'\n${program}\nPROGRAM_END\n`)
    const ran = await onNode(
      node,
      `node /root/kit/law.mjs <<'JSON'\n${JSON.stringify(input)}\nJSON`,
    )
    assert.equal(ran.exitCode, 0, said(ran))
    const { checked, broken } = JSON.parse(ran.stdout) as { checked: string[]; broken: string[] }
    assert.deepEqual(broken, [], node)
    assert.ok(checked.length > 20, `only ${checked.length} steps were looked at`)
  }
})

test('reset by hand leaves a machine that can join again', async () => {
  const ran = await byHand('k-worker-1', 'reset', flags('k-worker-1', 'worker'))
  assert.equal(ran.exitCode, 0, said(ran))
  assert.match(said(ran), /kubectl .*delete node k-worker-1|node-delete\.mjs/)
  const again = await byHand('k-worker-1', 'reset', flags('k-worker-1', 'worker'))
  assert.match(said(again), /ok +Run kubeadm reset/, said(again))
})

test('zx runs the orchestrator from source on Node 22 and 24', async () => {
  const found = await run('sh', [
    '-c',
    `ls -d "\${XDG_CACHE_HOME:-$HOME/.cache}"/kubestrap/node/*/node`,
  ])
  const binaries = found.stdout.trim().split('\n')
  const versions = new Set<string>()
  for (const node of binaries) {
    const { stdout: version } = await run(node, ['--version'])
    if (!/^v2[24]\./.test(version)) continue
    versions.add(version.slice(1, 3))
    const args = [
      'node_modules/zx/build/cli.js',
      'scripts/orchestrate.ts',
      'plan',
      '--offline',
      '--config',
      clusterFile,
    ]
    const ran = await run(node, args)
    assert.equal(ran.exitCode, 0, said(ran))
    assert.match(ran.stdout, /control-plane-init: Begin the cluster/)
    const live = await run(node, [
      ...args.slice(0, 3),
      '--accept-new-host-keys',
      '--config',
      clusterFile,
    ])
    assert.equal(live.exitCode, 0, said(live))
    assert.match(live.stdout, new RegExp(`Cluster ${lab}: lives`))
  }
  assert.deepEqual([...versions].sort(), ['22', '24'])
})
