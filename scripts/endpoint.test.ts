import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { failure } from '../test/failure.ts'
import { endpointAnswers } from './endpoint.ts'
import type { Session } from './session.ts'
import type { ExecResult } from './ssh.ts'

const cluster = plainCluster()
const [one, other] = cluster.nodes
assert.ok(one && other)

const lost: ExecResult = { exitCode: 255, lost: true, stdout: '', stderr: 'Connection closed' }
const says = (answer: string): ExecResult => ({
  exitCode: 0,
  stdout: `endpoint=${answer}\n`,
  stderr: '',
})

/** A session in which the nodes give these answers, one after the other. */
function session(answers: Record<string, ExecResult[]>) {
  const opened: string[] = []
  const ssh = {
    open: async ({ name }: { name: string }) => void opened.push(name),
    exec: async ({ name }: { name: string }) => answers[name]?.shift() ?? assert.fail(name),
  }
  const bundles = { read: () => '' }
  return { opened, session: { cluster, ssh, bundles } as unknown as Session }
}

test('a connection that broke while a node asked says nothing of the endpoint: it asks again', async () => {
  const { opened, session: ours } = session({
    [one.name]: [lost, says('ready')],
    [other.name]: [says('ready')],
  })
  await endpointAnswers(ours, [one, other])
  assert.deepEqual(opened, [one.name])
})

test('a node that hears nothing at the endpoint is named', async () => {
  const { session: ours } = session({ [one.name]: [says('ready')], [other.name]: [says('000')] })
  const { details } = await failure(endpointAnswers(ours, [one, other]))
  assert.equal(details.id, 'KS-ENDPOINT-SILENT')
  assert.deepEqual(details.lines, [`from ${other.name}: 000`])
})
