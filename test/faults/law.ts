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

const uidsOf = async () =>
  (await kubectl('get configmap/keepsake secret/keepsake -o jsonpath={.items[*].metadata.uid}'))
    .stdout

/** Writes objects into the cluster. @returns their UIDs, for {@link lawHolds} */
export async function writeKeepsakes(): Promise<string> {
  const made = await kubectl('apply -f -', 'k-master-1', keepsake)
  assert.equal(made.exitCode, 0, said(made))
  const uids = await uidsOf()
  assert.match(uids, /^[0-9a-f-]{36} [0-9a-f-]{36}$/)
  return uids
}

/** @param sockets where this computer's ssh connections are kept */
export async function lawHolds(uids: string, sockets: string): Promise<void> {
  await healthy()
  const members = (await status()).etcd?.members ?? []
  assert.deepEqual(
    members.map(({ name, learner, answers }) => `${name} ${learner} ${answers}`).sort(),
    planes.map((name) => `${name} false true`),
  )
  assert.equal(await uidsOf(), uids, 'an object was lost, or made anew')
  await Promise.all([noJoinSecrets(), ...nodes.map(nothingLeft)])
  assert.deepEqual(readdirSync(sockets), [], 'connections are left open on this computer')
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
