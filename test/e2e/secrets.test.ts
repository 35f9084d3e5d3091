import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { containerName } from '../../lab/layout.ts'
import { joinStep } from '../../lib/phases.ts'
import { encryptionFile } from '../../lib/render/encryption-config.ts'
import {
  bytesOf,
  type Found,
  filesIn,
  formsOf,
  formsOfKey,
  namesIn,
  type Secrets,
  search,
  searchFolder,
  textOf,
} from '../leaks/search.ts'
import { rootOf, type Watched, watch } from '../leaks/watch.ts'
import {
  clusterFile,
  ended,
  freshLab,
  kubectl,
  lab,
  labDo,
  onceShown,
  type Ran,
  root,
  run,
  start,
} from './support.ts'

/**
 * A cluster is raised, interrupted once, with a worker and a second control plane, and Secrets
 * encrypted. Then every credential of these runs is looked for wherever a run leaves something, on
 * both sides. A canary that was put into each of these places, and is no secret, shows that the
 * search can find.
 */

const state = join(root, '.lab', lab, '.kubestrap', lab)
const temporary = mkdtempSync(join(tmpdir(), 'ks-e2e-'))
const canary = randomBytes(16).toString('hex')
const watching = watch()
/** What was printed, by the name of the place. */
const printed = new Map<string, string>()
let machines: readonly Watched[] = []

const named = (name: string): Watched => {
  const argv = ['inspect', '--format', '{{.State.Pid}}', containerName(lab, name)]
  const pid = Number(execFileSync('podman', argv, { encoding: 'utf8' }))
  return { name, pid, temporary: ['/tmp', '/var/tmp'] }
}
const machine = (name: string) => machines.find((one) => one.name === name) as Watched
/** Not over ssh: what is seen here must not land in a log of the tests. */
const inside = ({ name }: Watched, ...argv: string[]) =>
  execFileSync('podman', ['exec', containerName(lab, name), ...argv], {
    maxBuffer: 512 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const env = { TMPDIR: temporary, XDG_RUNTIME_DIR: '', TERM: 'xterm' }
const orchestrate = (argv: readonly string[]) => [
  ...['dist/orchestrate.mjs', ...argv],
  ...['--config', clusterFile],
]
const consent = ['--yes', '--accept-new-host-keys']

function keep(place: string, { stdout, stderr }: Ran): void {
  printed.set(place, `${printed.get(place) ?? ''}${stdout}${stderr}`)
}

async function kubestrap(place: string, argv: readonly string[], terminal = false): Promise<Ran> {
  const words = [process.execPath, ...orchestrate(argv)]
  // A terminal that nobody looks at has no size.
  const onTerminal = `stty rows 40 columns 120; exec ${words.join(' ')}`
  const [program = '', ...rest] = terminal
    ? ['script', '--quiet', '--return', '--command', onTerminal, '/dev/null']
    : words
  const ran = await run(program, rest, { env })
  keep(place, ran)
  return ran
}

/** `up`, and Ctrl-C as soon as this is shown. */
async function interrupted(mark: RegExp): Promise<Ran> {
  const child = start(process.execPath, orchestrate(['up', ...consent]), env)
  onceShown(child, mark, () => child.kill('SIGINT'))
  const ran = await ended(child, `up, interrupted at ${mark}`, 600_000)
  keep('interrupted', ran)
  return ran
}

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '1')
  appendFileSync(clusterFile, 'security: { encryptSecrets: true }\n')
  machines = ['k-master-1', 'k-worker-1'].map(named)
  watching.add({ name: 'here', pid: process.pid, temporary: [temporary] })
  for (const one of machines) watching.add(one)
})

after(async () => {
  watching.stop()
  rmSync(temporary, { recursive: true, force: true })
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

test('a cluster is raised, with Ctrl-C in a join, then one control plane more on a terminal', async () => {
  // Not before kubeadm has joined: its token is taken back then, and it would try for minutes.
  const joined = new RegExp(`k-worker-1 +worker-join +changed: ${joinStep}`)
  const stopped = await interrupted(joined)
  equal(stopped.exitCode, 130, stopped.stdout + stopped.stderr)
  const first = await kubestrap('output', ['up', ...consent])
  equal(first.exitCode, 0, first.stdout + first.stderr)
  await labDo('add', 'k-master-2')
  machines = [...machines, named('k-master-2')]
  watching.add(machine('k-master-2'))
  const plan = await kubestrap('plan --json', ['plan', '--json', '--accept-new-host-keys'])
  equal(plan.exitCode, 0, plan.stdout + plan.stderr)
  const second = await kubestrap('live view', ['up', ...consent], true)
  equal(second.exitCode, 0, second.stdout + second.stderr)
  match(second.stdout, /k-master-2 +control-plane-join +.* \d:\d\d/, 'there was no live view')
  await kubestrap('status --json', ['status', '--json'])
})

// Without revoking, at the end of each run, the last token and the uploaded certificates are there.
test('no means to join is left in the cluster', async () => {
  const tokens = await kubectl(
    '-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name',
    'k-master-1',
  )
  equal(tokens.exitCode, 0, tokens.stderr)
  equal(tokens.stdout.trim(), '')
  const certificates = await kubectl('-n kube-system get secret kubeadm-certs', 'k-master-1')
  match(certificates.stderr, /not found/)
})

/** Every credential of the runs, by a name that may be shown. */
function everySecret(): Secrets {
  const hoard = watching.hoard().join('\n')
  const all = (name: string, form: RegExp) =>
    [...new Set([...hoard.matchAll(form)].map(([, value = '']) => value))].map(
      (value, index) => [`${name} ${index + 1}`, formsOf(value)] as const,
    )
  const encryption = machines.flatMap((one) =>
    [...textOf(rootOf(one) + encryptionFile).matchAll(/secret: (\S+)/g)].map(([, key = '']) => key),
  )
  return new Map([
    // The part after the dot is the secret one.
    ...all('join token', /[tT]oken"?: ?"?[a-z0-9]{6}\.([a-z0-9]{16})\b/g),
    ...all('certificate key', /certificateKey"?: ?"?([0-9a-f]{64})\b/g),
    ...encryption.map((key) => ['encryption key', formsOf(key)] as const),
    ...machines.flatMap(keysOf),
    ['canary', formsOf(canary)],
  ])
}

/** Private keys of a node, from the files where they belong. */
function keysOf(one: Watched): (readonly [string, readonly string[]])[] {
  const files = ['/etc/kubernetes', '/var/lib/kubelet/pki'].flatMap((folder) =>
    filesIn(rootOf(one) + folder),
  )
  return files.flatMap((path) => {
    const text = textOf(path)
    const [, inConfig = ''] = /client-key-data: (\S+)/.exec(text) ?? []
    const pem = /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?-----END [A-Z ]*KEY-----/.exec(
      inConfig ? Buffer.from(inConfig, 'base64').toString() : text,
    )?.[0]
    return pem ? [[`key of ${placeOn(one, path)}`, formsOfKey(pem)] as const] : []
  })
}

const placeOn = (one: Watched, path: string) => `${one.name}:${path.slice(rootOf(one).length)}`

const searchedOnNodes = [
  ...['/etc', '/home', '/root', '/tmp', '/var/tmp', '/dev/shm', '/var/log', '/var/spool'],
  ...['/var/lib/kubestrap', '/var/lib/kubelet', '/run/kubestrap', '/run/systemd', '/run/user'],
]

/** Where keys are on purpose, each for root or for the user whose kubeconfig it is. */
const meant = [
  /^k-[a-z0-9-]+:\/etc\/kubernetes\/(?:pki\/|[a-z-]+\.conf$|kubestrap\/encryption\.yaml$)/,
  /^k-[a-z0-9-]+:\/var\/lib\/kubelet\/pki\//,
  /^k-[a-z0-9-]+:\/home\/kubernetesadmin\/\.kube\/config$/,
  /^here:\/kubeconfig$/,
]

const asAdmin = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf']
/** Secrets are left out: they are where secrets belong. */
const allObjects =
  'get configmaps,events,nodes,pods,leases,csr --all-namespaces --output yaml'.split(' ')

/** Puts the canary into every place that is searched, by the way things get there. */
async function plantCanaries(): Promise<void> {
  for (const place of ['output', 'interrupted', 'plan --json', 'status --json'])
    await kubestrap(place, ['status', canary])
  await kubestrap('live view', ['status', canary], true)
  const [oldest = ''] = namesIn(join(state, 'runs'))
  const here = join(state, 'runs', oldest)
  const said = { at: new Date().toISOString(), kind: 'said', line: canary }
  appendFileSync(join(here, 'events.jsonl'), `${JSON.stringify(said)}\n`)
  await kubestrap('output', ['report', oldest])
  writeFileSync(join(temporary, 'canary'), canary)
  for (const one of machines) {
    inside(one, 'logger', canary)
    // Named as a phase's, but too short to be taken for one.
    const name = '--unit=kubestrap-run-canary'
    const unit = ['systemd-run', '--quiet', `--setenv=CANARY=${canary}`, name]
    inside(one, ...unit, '/bin/sh', '-c', 'sleep 900; true', canary)
    for (const folder of searchedOnNodes.filter((path) => namesIn(rootOf(one) + path).length > 0))
      writeFileSync(`${rootOf(one)}${folder}/canary`, canary)
    for (const run of runsOf(one)) {
      const path = `${rootOf(one)}/run/kubestrap/runs/${run}`
      const event = { run, seq: 999_999, at: said.at, kind: 'notice', text: canary }
      appendFileSync(`${path}/events.jsonl`, `${JSON.stringify(event)}\n`)
      appendFileSync(`${path}/output`, `${canary}\n`)
    }
  }
  inside(
    machine('k-master-1'),
    ...asAdmin,
    'create',
    'configmap',
    'canary',
    `--from-literal=a=${canary}`,
  )
  const seen = { stdio: 'ignore', env: { ...process.env, CANARY: canary } } as const
  const short = spawn('/bin/sh', ['-c', 'sleep 2; true', canary], seen)
  await new Promise((ended) => short.on('exit', ended))
  rmSync(join(temporary, 'canary'))
}

const runsOf = (one: Watched) => namesIn(`${rootOf(one)}/run/kubestrap/runs`)

/** Searches everything, and says what was found where. */
async function searchAll(): Promise<readonly Found[]> {
  const archive = join(temporary, 'diagnosis.tar.gz')
  await kubestrap('output', ['diagnose', '--out', archive])
  watching.stop()
  const secrets = everySecret()
  return [
    ...[...printed].flatMap(([place, text]) => search(secrets, place, text)),
    ...searchFolder(secrets, state, 'here:'),
    ...search(secrets, 'archive of diagnose', gunzipSync(bytesOf(archive) ?? Buffer.alloc(0))),
    ...watching.search(secrets),
    ...search(secrets, 'objects', inside(machine('k-master-1'), ...asAdmin, ...allObjects)),
    ...machines.flatMap((one) => [
      ...search(secrets, `journal, ${one.name}`, inside(one, 'journalctl', '--output=export')),
      ...search(secrets, `systemctl show, ${one.name}`, inside(one, 'systemctl', 'show', '*')),
      ...searchedOnNodes.flatMap((folder) =>
        searchFolder(secrets, rootOf(one) + folder, `${one.name}:${folder}`),
      ),
      ...runsOf(one).flatMap((name) =>
        search(secrets, `events of ${name}, ${one.name}`, eventsOf(one, name)),
      ),
    ]),
  ]
}

/** As the orchestrator reads them. */
function eventsOf(one: Watched, run: string): Buffer {
  const [bundles = ''] = namesIn(`${rootOf(one)}/var/lib/kubestrap/bundles`)
  const script = `/var/lib/kubestrap/bundles/${bundles}/prerequisites.mjs`
  return inside(one, '/bin/sh', script, 'follow', run, '--from', '0')
}

/** Phases whose units are there for long enough to be seen for certain, by the place where they are. */
const longPhases = [
  ['units of phases, k-master-1', /^Id=kubestrap-run-control-plane-init-/m],
  ['units of phases, k-master-2', /^Id=kubestrap-run-control-plane-join-/m],
  ['units of phases, k-worker-1', /^Id=kubestrap-run-worker-join-/m],
] as const

test('no credential of these runs is in any place that is searched, and the canary is in all', async () => {
  await plantCanaries()
  const found = await searchAll()
  const names = [...everySecret().keys()]
  const count = (name: string) => names.filter((one) => one.startsWith(name)).length
  // The first control plane's own, the worker's, the second control plane's: each is in a file for as
  // long as kubeadm runs, which is many looks.
  ok(count('join token') >= 3, `only ${count('join token')} of the tokens were seen`)
  ok(count('certificate key') >= 1, 'the certificate key was not seen')
  equal(count('encryption key'), 1)
  ok(count('key of k-master-1') >= 12, `${count('key of k-master-1')} keys of k-master-1`)
  ok(watching.looks() > 100, `${watching.looks()} looks`)
  for (const [place, unit] of longPhases) ok(watching.saw(place, unit), `${place}: ${unit}`)
  const leaks = found.filter(
    ({ secret, place }) => secret !== 'canary' && !meant.some((form) => form.test(place)),
  )
  deepEqual(leaks, [])
  // The forms of real keys are found where they are on purpose.
  const admin = found.filter(
    ({ secret }) => secret === 'key of k-master-1:/etc/kubernetes/admin.conf',
  )
  ok(admin.some(({ place }) => place === 'here:/kubeconfig'))
  const seen = found.filter(({ secret }) => secret === 'canary').map(({ place }) => place)
  const missing = canaryPlaces().filter((place) => !seen.some((one) => one.startsWith(place)))
  deepEqual(missing, [], 'the search finds nothing there')
})

function canaryPlaces(): string[] {
  const [oldest = ''] = namesIn(join(state, 'runs'))
  return [
    ...['output', 'interrupted', 'live view', 'plan --json', 'status --json'],
    ...['objects', 'archive of diagnose', 'temporary file, here'],
    ...['events.jsonl', 'report.html'].map((file) => `here:/runs/${oldest}/${file}`),
    ...['here', ...machines.map(({ name }) => name)].flatMap((name) => [
      `arguments of a process, ${name}`,
      `environment of a process, ${name}`,
    ]),
    ...machines.flatMap((one) => [
      ...[`journal, ${one.name}`, `systemctl show, ${one.name}`, `units of phases, ${one.name}`],
      `temporary file, ${one.name}`,
      ...runsOf(one).map((name) => `events of ${name}, ${one.name}`),
      ...searchedOnNodes
        .filter((folder) => readableFolder(rootOf(one) + folder))
        .map((folder) => `${one.name}:${folder}/canary`),
    ]),
  ]
}

const readableFolder = (folder: string) => namesIn(folder).includes('canary')
