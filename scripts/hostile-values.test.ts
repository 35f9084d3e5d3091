import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { Cluster } from '../lib/cluster.ts'
import { plainCluster } from '../lib/example-cluster.ts'
import { holds, hostileLine } from '../test/properties.ts'
import { bundleCommand } from './bundles.ts'
import { endpointAnswers } from './endpoint.ts'
import { externalEtcdUsable } from './external-etcd.ts'
import { kubectl } from './kubectl.ts'
import { newestVersion } from './newest-version.ts'
import { observe } from './observe.ts'
import type { Session } from './session.ts'
import type { Connections, RemoteCommand } from './ssh.ts'

/**
 * Values of the cluster file on their way to a node, whatever they hold: the commands and texts that
 * are made of them are run by real shells, as sshd and sudo would, and must read them as data. The
 * scripts on the node are replaced by one that tells what it was given.
 */

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-hostile-'))
after(() => rmSync(folder, { recursive: true }))

/** `sudo -n -- COMMAND` and `sudo ... COMMAND` without becoming anybody. */
const sudo = join(folder, 'sudo')
writeFileSync(sudo, '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
chmodSync(sudo, 0o755)

const tell = `main() {
  while IFS= read -r value; do printf '<%s>\\n' "$value"; done
}`
const shells = ['dash', 'bash', 'busybox'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
)

interface Told {
  readonly command: string
  readonly stdout: string
  readonly stderr: string
}

/** A node whose login shell is a real one. What it printed is kept; nobody is answered. */
function node(shell: string) {
  const told: Told[] = []
  const exec = async (
    _: unknown,
    command: RemoteCommand,
    { stdin = '' as string | Buffer } = {},
  ) => {
    const words = [...(shell === 'busybox' ? ['sh'] : []), '-c', command]
    const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder }
    const child = spawn(shell, words, { cwd: folder, env })
    const output = { stdout: '', stderr: '' }
    // A chunk may end in the middle of a character.
    child.stdout.setEncoding('utf8').on('data', (chunk) => (output.stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk) => (output.stderr += chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    await new Promise((closed) => child.on('close', closed))
    told.push({ command, ...output })
    return { exitCode: 0, ...output }
  }
  const ssh = { exec, open: async () => undefined } as unknown as Connections
  return { told, ssh }
}

const bundles = { folder, hash: 'a'.repeat(64), read: () => tell }
const session = (cluster: Cluster, ssh: Connections, more: object = {}): Session =>
  ({ cluster, ssh, bundles, manifests: {}, print: () => undefined, ...more }) as never

const values = (stdout: string) =>
  stdout.split('\n').flatMap((line) => (line.startsWith('<') ? [line.slice(1, -1)] : []))
const untouched = () => deepEqual(readdirSync(folder), ['sudo'], 'a value was run')

/** A cluster that no file could hold: every text of it hostile. */
function hostileCluster(text: string): Cluster {
  const replaced = (value: unknown): unknown => {
    if (typeof value === 'string') return text
    if (Array.isArray(value)) return value.map(replaced)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one)]))
  }
  const plain = plainCluster()
  // Roles and providers are picked from lists: another one is no branch of the program.
  const nodes = plain.nodes.map((one) => ({ ...(replaced(one) as typeof one), role: one.role }))
  const { provider } = plain.podNetwork
  const { runtime } = plain
  const cluster = replaced(plain) as Cluster
  return { ...cluster, nodes, runtime, podNetwork: { ...cluster.podNetwork, provider } }
}

for (const shell of shells) {
  test(`${shell}: what is asked of a node reaches it as data`, async () => {
    await holds(
      [hostileLine],
      async (text) => {
        const cluster = hostileCluster(text)
        const [first] = cluster.nodes
        ok(first)
        const { ssh, told } = node(shell)
        await observe(session(cluster, ssh), first, {})
        await newestVersion(session(cluster, ssh), first, '1.36').catch(() => undefined)
        await endpointAnswers(session(cluster, ssh), [first]).catch(() => undefined)
        const [facts, newest, endpoint] = told
        const got = values(facts?.stdout ?? '')
        equal(got.length, 9)
        deepEqual(got.slice(1, 3), [bundles.hash, text])
        ok(got[0]?.includes(text), got[0])
        equal(JSON.parse(got[8] ?? '').input.cluster.name, text)
        equal(values(newest?.stdout ?? '')[0], text.replaceAll('{minor}', '1.36'))
        deepEqual(values(endpoint?.stdout ?? ''), [got[0]])
        for (const { stderr } of told) equal(stderr, '')
        untouched()
      },
      25,
    )
  })

  test(`${shell}: so do addresses and files of an external etcd`, async () => {
    const text = hostileLine
    await holds(
      [text, text],
      async (endpoint, key) => {
        const etcd = { external: { endpoints: [endpoint], ca: 'a', certificate: 'b', key: 'c' } }
        const cluster = { ...plainCluster(), etcd } as Cluster
        const { ssh, told } = node(shell)
        const etcdClient = { ca: 'A', certificate: 'B', key }
        await externalEtcdUsable(
          session(cluster, ssh, { etcdClient }),
          cluster.nodes.slice(0, 1),
          false,
        ).catch(() => undefined)
        const got = values(told[0]?.stdout ?? '')
        equal(got[0], endpoint)
        equal(Buffer.from(got[4] ?? '', 'base64').toString(), key)
        equal(told[0]?.stderr, '')
        untouched()
      },
      25,
    )
  })
}

test('the remote command holds nothing of the file: it is the same for every cluster', async () => {
  const commands = async (cluster: Cluster) => {
    const { ssh, told } = node('sh')
    const [first] = cluster.nodes
    ok(first)
    await observe(session(cluster, ssh), first, {})
    await newestVersion(session(cluster, ssh), first, '1.36').catch(() => undefined)
    await endpointAnswers(session(cluster, ssh), [first]).catch(() => undefined)
    return told.map(({ command }) => command)
  }
  const wanted = await commands(plainCluster())
  equal(wanted.length, 3)
  await holds(
    [hostileLine],
    async (text) => deepEqual(await commands(hostileCluster(text)), wanted),
    10,
  )
})

test('kubectl is given objects on standard input, and none of their words in its command', async () => {
  await holds([hostileLine], async (text) => {
    const seen: { command: string; stdin: string }[] = []
    const exec = async (_: unknown, command: string, { stdin = '' } = {}) => {
      seen.push({ command, stdin })
      return { exitCode: 0, stdout: '', stderr: '' }
    }
    const [first] = plainCluster().nodes
    ok(first)
    const object = { metadata: { name: text } }
    await kubectl({ exec } as unknown as Connections, first, 'apply', [object])
    match(seen[0]?.command ?? '', /kubectl .* apply --server-side --field-manager=kubestrap -f -$/)
    deepEqual(JSON.parse(seen[0]?.stdin ?? '').items, [object])
  })
})

test('a run that a node names is a plain word, or none', async () => {
  const { parseFacts } = await import('../lib/observed.ts')
  const names = fc.oneof(hostileLine, fc.constant('prerequisites-0123456789ab'))
  await holds([names], (name) => {
    const unit = `kubestrap-run-${name}.service`
    const run = parseFacts(`facts=1\nunit=${unit}\nbundles=yes`)?.run ?? ''
    const command = bundleCommand(bundles, run, `follow ${run} --from 0`)
    match(command, /^sudo -n -- \/bin\/sh [a-z0-9/-]*\.mjs follow [a-z0-9-]* --from 0$/)
  })
})
