import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterNode } from '../lib/cluster.ts'
import { plainCluster } from '../lib/example-cluster.ts'
import { failure } from '../test/failure.ts'
import { credentialsService } from './credentials-service.ts'
import type { Remote } from './remote.ts'
import type { ExecOptions } from './ssh.ts'

const cluster = plainCluster()
const [steward, joining] = cluster.nodes as [ClusterNode, ClusterNode]

const secrets = {
  endpoint: '192.168.9.120:6443',
  token: 'abcdef.0123456789abcdef',
  caCertHash: `sha256:${'a'.repeat(64)}`,
  caCertificate: Buffer.from(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(400)}`).toString('base64'),
}

/** A steward that answers one question after the other; `undefined` is a result without secrets. */
function service(...gives: readonly unknown[]) {
  const verbs: string[] = []
  const stop = new AbortController()
  const remote = {
    ssh: {
      async exec(_node: ClusterNode, _command: string, { stdin = '', onLine }: ExecOptions = {}) {
        const { run, input } = JSON.parse(String(stdin))
        const given = input.options.verb === 'issue' ? gives[verbs.length] : undefined
        verbs.push(input.options.verb)
        const result = { run, phase: 'join-credentials', outcome: 'done', changed: [], steps: 1 }
        onLine?.(JSON.stringify({ result: given ? { ...result, gives: given } : result }))
        return { exitCode: 0, stdout: '', stderr: '' }
      },
    },
    bundles: { folder: '/x', hash: 'a'.repeat(64), read: () => '' },
    stands: async () => undefined,
    logOf: () => '/log',
    ...{ turns: new Map(), running: new Set(), seen: new Map() },
    equipped: new Map([[steward.name, Promise.resolve()]]),
  } as unknown as Remote
  const observed = { kubernetesVersion: '1.36.3', nodes: [] }
  const source = { remote, cluster, steward, observed, workers: [], leftOver: false }
  return { ...credentialsService({ ...source, stopped: stop.signal }), verbs, stop }
}

test('secrets that were on their way when the connection broke are made anew, once', async () => {
  const { forControlPlane, verbs } = service(undefined, secrets)
  const made = await forControlPlane(joining, false)
  assert.equal(made.reveal().token, secrets.token)
  assert.deepEqual(verbs, ['issue', 'issue'])
  const never = service(undefined, undefined)
  const error = await failure(never.forControlPlane(joining, false))
  assert.equal(error.details.id, 'KS-JOIN-CREDENTIALS')
})

test('after Ctrl-C nothing is issued any more; what was is taken back', async () => {
  const { forWorker, revoke, verbs, stop } = service(secrets)
  await forWorker()
  stop.abort('SIGINT')
  await revoke()
  assert.deepEqual(verbs, ['issue', 'revoke'])
  const late = service(secrets)
  late.stop.abort('SIGINT')
  await assert.rejects(late.forWorker(), (error) => error === 'SIGINT')
  await late.revoke()
  assert.deepEqual(late.verbs, ['revoke'])
})

test('workers that join together share one set, and it is taken back once', async () => {
  const { forWorker, revoke, verbs } = service(secrets)
  const both = await Promise.all([forWorker(), forWorker()])
  assert.equal(both[0], both[1])
  await Promise.all([revoke(), revoke()])
  await revoke()
  assert.deepEqual(verbs, ['issue', 'revoke'])
})
