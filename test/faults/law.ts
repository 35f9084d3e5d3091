import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { healthy, kubectl, onNode, status } from '../e2e/support.ts'
import { nodes, planes, said } from './actions.ts'

/** What must be true after every fault, when the same command has run once more. */

const keepsake = `apiVersion: v1
kind: ConfigMap
metadata: { name: keepsake }
data: { text: written before anything broke }
---
apiVersion: v1
kind: Secret
metadata: { name: keepsake }
stringData: { text: written before anything broke }
`

/** What a fault must not take: objects under the UIDs that they had before. */
export interface Kept {
  readonly objects: string
  /** UIDs of the Node objects, by name. */
  readonly nodes: ReadonlyMap<string, string>
}

const uidsOf = async () =>
  (await kubectl('get configmap/keepsake secret/keepsake -o jsonpath={.items[*].metadata.uid}'))
    .stdout

/** Writes objects into the cluster. @returns what {@link lawHolds} compares with */
export async function writeKeepsakes(): Promise<Kept> {
  const made = await kubectl('apply -f -', 'k-master-1', keepsake)
  assert.equal(made.exitCode, 0, said(made))
  const objects = await uidsOf()
  assert.match(objects, /^[0-9a-f-]{36} [0-9a-f-]{36}$/)
  return { objects, nodes: await nodeUids() }
}

const nodeLines = `'{range .items[*]}{.metadata.name} {.metadata.uid} {.spec.unschedulable}{"\\n"}{end}'`

/** UIDs of the Node objects by name. Whoever drains a node must not forget it: none is cordoned. */
async function nodeUids(): Promise<ReadonlyMap<string, string>> {
  const asked = await kubectl(`get nodes -o jsonpath=${nodeLines}`)
  assert.equal(asked.exitCode, 0, said(asked))
  const lines = asked.stdout.trim().split('\n')
  assert.deepEqual(
    lines.filter((line) => line.endsWith(' true')),
    [],
    'a node is left cordoned',
  )
  return new Map(lines.map((line) => line.split(' ') as [string, string]))
}

/**
 * @param taken nodes whose Node objects may be others than before
 * @param sockets where this computer's ssh connections are kept
 * @returns what there is now, for the next fault
 */
export async function lawHolds(
  before: Kept,
  taken: ReadonlySet<string>,
  sockets: string,
): Promise<Kept> {
  await healthy()
  const members = (await status()).etcd?.members ?? []
  assert.deepEqual(
    members.map(({ name, learner, answers }) => `${name} ${learner} ${answers}`).sort(),
    planes.map((name) => `${name} false true`),
  )
  assert.equal(await uidsOf(), before.objects, 'an object was lost, or made anew')
  const uids = await nodeUids()
  for (const [name, uid] of before.nodes)
    if (!taken.has(name)) assert.equal(uids.get(name), uid, `${name} has another Node object`)
  await Promise.all([noJoinSecrets(), ...nodes.map(nothingLeft)])
  assert.deepEqual(readdirSync(sockets), [], 'connections are left open on this computer')
  return { ...before, nodes: uids }
}

async function noJoinSecrets(): Promise<void> {
  const { stdout, exitCode } = await kubectl('-n kube-system get secrets -o name')
  assert.equal(exitCode, 0)
  assert.doesNotMatch(stdout, /bootstrap-token-/, 'a bootstrap token is left')
  assert.doesNotMatch(stdout, /kubeadm-certs/, 'the uploaded certificates are left')
}

/** Secrets, half files, the mark of a half join, locks of a dead holder, units that run or failed. */
const look = `ls -A /run/kubestrap/secret /var/lib/kubestrap/begun /run/kubestrap/orchestrator 2> /dev/null
ls -d /var/lib/kubestrap/bundles/.new.* /tmp/kubestrap* 2> /dev/null
ls /run/kubestrap/runs/*/input.json 2> /dev/null
systemctl list-units --all --plain --no-legend --state=active,activating,failed "kubestrap-run-*"
true`

async function nothingLeft(node: string): Promise<void> {
  const { stdout } = await onNode(node, look)
  assert.equal(stdout.trim(), '', `left on ${node}`)
}
