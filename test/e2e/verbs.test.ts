import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { StatusReport } from '../../scripts/status-report.ts'
import {
  clusterFile,
  copyTo,
  ended,
  eventually,
  freshLab,
  kubectl,
  kubestrap,
  labDo,
  onNode,
  onTerminal,
  type Ran,
  root,
  run,
  start,
  up,
} from './support.ts'

/** Verbs for a cluster that lives: status and its watch, kubeconfigs of the admin and of others. */

const node = 'k-master-1'
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`
const folder = mkdtempSync(join(tmpdir(), 'kubestrap-verbs-'))

before(async () => {
  await freshLab('--control-planes', '1', '--workers', '1')
  const ran = await up()
  equal(ran.exitCode, 0, said(ran))
})

after(async () => {
  rmSync(folder, { recursive: true })
  if (process.env.KUBESTRAP_KEEP_LAB) return
  await labDo('down')
})

const report = async () => JSON.parse((await kubestrap('status', '--json')).stdout) as StatusReport

/** Every key of the document, at any depth. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)])
}

test('status --json: certificates, API servers, and no field that docs/status.md does not tell', async () => {
  const seen = await eventually('the cluster is healthy', 120_000, async () => {
    const one = await report()
    return one.healthy ? one : undefined
  })
  deepEqual(seen.apiServers, [{ node, answer: 'ok' }])
  deepEqual(seen.skew, [])
  const [plane, worker] = seen.nodes
  const days = (path: string) =>
    plane?.certificates?.find((one) => one.path === path)?.daysLeft ?? Number.NaN
  // kubeadm's are valid for a year, its CA for ten.
  for (const name of ['pki/apiserver.crt', 'pki/etcd/peer.crt', 'admin.conf', 'kubelet.conf'])
    ok(days(`/etc/kubernetes/${name}`) >= 363 && days(`/etc/kubernetes/${name}`) <= 365, name)
  ok(days('/etc/kubernetes/pki/ca.crt') > 3600)
  ok((plane?.certificates?.length ?? 0) >= 14, JSON.stringify(plane?.certificates))
  ok(worker?.certificates?.some(({ path }) => path === '/etc/kubernetes/kubelet.conf'))
  const page = readFileSync(join(root, 'docs/status.md'), 'utf8')
  for (const key of new Set(keysOf(seen))) match(page, new RegExp(`[\`.]${key}[\`\\[.]`), key)
})

const shortLived = '/etc/kubernetes/pki/short-lived.crt'
const makeShort = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 5 -subj /CN=short -keyout /dev/null -out ${shortLived}`

test('status --watch: one connection a node, lines of what has changed, Ctrl-C is 130', async () => {
  const logins = async () =>
    Number((await onNode(node, "journalctl -q | grep -c 'Accepted publickey'")).stdout)
  const before = await logins()
  const words = ['dist/orchestrate.mjs', 'status', '--watch', '--json', '--config', clusterFile]
  const child = start(process.execPath, words)
  let lines = 0
  child.stdout?.on('data', (chunk) => (lines += String(chunk).split('\n').length - 1))
  const watching = ended(child, 'status --watch --json', 120_000)
  await eventually('three looks', 100_000, async () => (lines >= 3 ? true : undefined))
  child.kill('SIGINT')
  const ran = await watching
  equal(ran.exitCode, 130, said(ran))
  for (const line of ran.stdout.trim().split('\n')) equal(JSON.parse(line).format, 1)
  // The watch's own one, and the one that counts.
  equal((await logins()) - before, 2)
})

test('a certificate that ends soon is told, in a watch as a line of its own', async () => {
  // Else a pod that gets well is news, too.
  await eventually('all pods are well', 120_000, async () =>
    (await report()).pods?.length === 0 ? true : undefined,
  )
  const child = start(process.execPath, [
    ...['dist/orchestrate.mjs', 'status', '--watch', '--config', clusterFile],
  ])
  let told = ''
  child.stdout?.on('data', (chunk) => (told += chunk))
  const watching = ended(child, 'status --watch', 120_000)
  await eventually('the first look', 60_000, async () => (told.includes('ETCD') ? 1 : undefined))
  const whole = told
  await onNode(node, makeShort)
  await eventually('the line', 60_000, async () => (told.includes('in 4 days') ? 1 : undefined))
  child.kill('SIGINT')
  await watching
  const news = told.slice(whole.length)
  match(
    news,
    /certificate \S+short-lived\.crt on k-master-1 ends on .*: on that node kubeadm certs/,
  )
  equal(news.includes('ENDPOINT') || news.includes('NODE  '), false, news)
  const once = await kubestrap('status')
  equal(once.exitCode, 0, 'ends soon, but has not ended')
  match(once.stdout, /k-master-1 .* 4 days/)
  await onNode(node, `rm ${shortLived}`)
})

test('kubeconfig user: a certificate of the cluster, its role, nothing beyond', async () => {
  const path = join(folder, 'ana.kubeconfig')
  const words = ['user', 'ana', '--group', 'students', '--days', '7']
  const role = ['--role', 'edit', '--namespace', 'ana', '--out', path]
  const made = await kubestrap('kubeconfig', ...words, ...role)
  equal(made.exitCode, 0, said(made))
  match(made.stdout, /may: edit in namespace ana/)
  match(made.stdout, new RegExp(`until ${inDays(7)}`))
  equal(statSync(path).mode & 0o777, 0o600)
  const text = readFileSync(path, 'utf8')
  const key = /client-key-data: (\S+)/.exec(text)?.[1] ?? ''
  ok(key.length > 100 && !said(made).includes(key))

  await copyTo(node, path, '/root/ana.kubeconfig')
  const asAna = (args: string) => onNode(node, `kubectl --kubeconfig /root/ana.kubeconfig ${args}`)
  match((await asAna('auth whoami')).stdout, /ana[\s\S]*students/)
  equal((await asAna('auth can-i create pods')).stdout.trim(), 'yes')
  equal((await asAna('auth can-i create pods -n default')).stdout.trim(), 'no')
  equal((await asAna('auth can-i get nodes')).stdout.trim(), 'no')
  const left = await kubectl('get csr -o name', node)
  equal(left.stdout.includes('kubestrap-user'), false, left.stdout)

  const again = await kubestrap('kubeconfig', ...words, ...role)
  equal(again.exitCode, 2)
  equal(readFileSync(path, 'utf8'), text)
  const masters = await kubestrap('kubeconfig', 'user', 'eva', '--group', 'system:masters')
  equal(masters.exitCode, 2)
  match(masters.stderr, /system:masters is Kubernetes' own/)
})

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

const own = `apiVersion: v1
kind: Config
current-context: work
clusters: [{ name: work, cluster: { server: https://work:6443 } }]
contexts: [{ name: work, context: { cluster: work, user: me } }]
users: [{ name: me, user: { token: abc } }]
`

test('kubeconfig --merge: a backup, the old context in use, and no silent replacing', async () => {
  const config = join(folder, 'config')
  writeFileSync(config, own, { mode: 0o600 })
  const merge = (...more: string[]) =>
    run(
      process.execPath,
      ['dist/orchestrate.mjs', 'kubeconfig', '--merge', '--config', clusterFile, ...more],
      { env: { KUBECONFIG: `${config}:/nowhere` } },
    )
  const first = await merge()
  equal(first.exitCode, 0, said(first))
  const backups = () => readdirSync(folder).filter((name) => name.startsWith('config.before-'))
  deepEqual(
    backups().map((name) => readFileSync(join(folder, name), 'utf8')),
    [own],
  )
  equal(statSync(config).mode & 0o777, 0o600)
  const name = (await report()).cluster
  match(readFileSync(config, 'utf8'), /current-context: work/)
  await copyTo(node, config, '/root/merged.kubeconfig')
  const used = await onNode(
    node,
    `kubectl --kubeconfig /root/merged.kubeconfig --context ${name} get nodes -o name`,
  )
  match(used.stdout, /node\/k-worker-1/, said(used))

  match((await merge()).stdout, /has it already/)
  const spoiled = readFileSync(config, 'utf8').replace(
    /server: https:\/\/10\S+/,
    'server: https://10.9.9.9:6443',
  )
  writeFileSync(config, spoiled)
  const refused = await merge()
  equal(refused.exitCode, 2, said(refused))
  match(refused.stderr, /KS-CONTEXT-EXISTS/)
  equal(readFileSync(config, 'utf8'), spoiled)
  const forced = await merge('--force')
  equal(forced.exitCode, 0, said(forced))
  equal(backups().length, 2)
  match((await merge()).stdout, /has it already/)
})

/** A verb on a terminal; Ctrl-C is typed when the question shows. */
async function interruptedAt(question: RegExp, verb: string, ...words: readonly string[]) {
  const command = [
    process.execPath,
    'dist/orchestrate.mjs',
    verb,
    ...words,
    '--config',
    clusterFile,
  ]
  const ran = await onTerminal(command.join(' '), [[question, '\u0003']])
  match(ran.stdout, question)
  return ran
}

test('Ctrl-C at a question ends with 130, and nothing was done', async () => {
  const asked = await interruptedAt(/Type the cluster/, 'reset', 'k-worker-1')
  equal(asked.exitCode, 130, said(asked))
  match(asked.stdout, /stopped by SIGINT; 0 tasks[\s\S]*Nothing goes on on any node/)
  await onNode('k-worker-1', 'sysctl -w net.ipv4.ip_forward=0')
  const again = await interruptedAt(/Do this\?/, 'up')
  equal(again.exitCode, 130, said(again))
  match(again.stdout, /stopped by SIGINT; 0 tasks[\s\S]*Nothing goes on on any node/)
  equal((await onNode('k-worker-1', 'sysctl -n net.ipv4.ip_forward')).stdout.trim(), '0')
  const mended = await up()
  match(mended.stdout, /, [1-9]\d* changed/, said(mended))
})
