import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { healthy, kubectl, labDo, onNode, type Ran, status, up } from '../e2e/support.ts'
import type { Fault } from './fault.ts'
import { clusterFaults } from './list/cluster.ts'
import { nodeFaults } from './list/nodes.ts'
import { orchestratorFaults } from './list/orchestrator.ts'
import { type Row, showTable, writeTable } from './table.ts'

const all = process.env.KUBESTRAP_FAULTS_ALL === '1'
const only = process.env.KUBESTRAP_FAULTS_ONLY ?? ''
const seed = Number(process.env.KUBESTRAP_FAULTS_SEED) || Math.floor(Math.random() * 1_000_000)

const faults = [...orchestratorFaults, ...nodeFaults, ...clusterFaults]
const chosen = faults.filter(({ name, always }) =>
  only === '' ? all || always : name.includes(only),
)
const rows: Row[] = []

const nodes = ['k-master-1', 'k-master-2', 'k-master-3', 'k-worker-1']
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`

let uids = ''

before(async () => {
  assert.ok(chosen.length > 0, `no fault has "${only}" in its name`)
  console.log(`${chosen.length} faults, seed ${seed} (again: --seed ${seed})`)
  await labDo('down')
  await labDo('up', '--control-planes', '3', '--workers', '1')
  const ran = await up()
  assert.equal(ran.exitCode, 0, said(ran))
  await healthy()
  const made = await kubectl('create -f -', 'k-master-1', keepsake)
  assert.equal(made.exitCode, 0, said(made))
  uids = await keepsakes()
})

after(async () => {
  for (const line of showTable(rows)) console.log(line)
  if (all && only === '' && rows.length === chosen.length) writeTable(rows, seed)
  if (!process.env.KUBESTRAP_KEEP_LAB) await labDo('down')
})

/** What was in the cluster before must be there after each fault, as the same objects. */
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

const keepsakes = async () =>
  (await kubectl('get configmap/keepsake secret/keepsake -o jsonpath={.items[*].metadata.uid}'))
    .stdout

for (const fault of chosen) {
  test(fault.name, { timeout: 900_000 }, async () => {
    const row = await through(fault)
    rows.push(row)
  })
}

/** A fault and the law: the same command again, a healthy cluster, nothing lost, nothing left. */
async function through(fault: Fault): Promise<Row> {
  const seen = await fault.happen(seed).finally(() => fault.mend?.())
  const began = Date.now()
  const again = await up()
  const seconds = Math.round((Date.now() - began) / 100) / 10
  expected(fault, seen)
  assert.equal(again.exitCode, 0, `the same command again: ${said(again)}`)
  await healthy()
  const members = (await status()).etcd?.members ?? []
  assert.deepEqual(
    members.map(({ name, learner, answers }) => `${name} ${learner} ${answers}`).sort(),
    ['k-master-1', 'k-master-2', 'k-master-3'].map((name) => `${name} false true`),
  )
  assert.equal(await keepsakes(), uids, 'an object was lost, or made anew')
  await nothingLeft()
  const third = await up()
  assert.match(third.stdout, /, 0 changed,/, `one run more finds work: ${said(third)}`)
  return { fault: fault.name, seen: message(seen), exitCode: seen.exitCode, seconds }
}

function expected({ exitCode, says }: Fault, seen: Ran): void {
  const codes = typeof exitCode === 'number' ? [exitCode] : exitCode
  assert.ok(codes.includes(seen.exitCode), `exit code ${seen.exitCode}: ${said(seen)}`)
  if (says) assert.match(said(seen), says)
}

/** The line a person reads first: the error, or how it ended. */
function message(seen: Ran): string {
  const error = /^error: (.*)$/m.exec(said(seen))?.[1]
  const last = seen.stdout
    .trim()
    .split('\n')
    .findLast((line) => / changed,|stopped by/.test(line))
  return error ?? last ?? 'nothing: it was killed'
}

async function nothingLeft(): Promise<void> {
  const tokens = await kubectl(
    '-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name',
  )
  assert.equal(tokens.stdout.trim(), '', 'a bootstrap token is left')
  const certificates = await kubectl('-n kube-system get secret kubeadm-certs')
  assert.match(certificates.stderr, /not found/, 'the uploaded certificates are left')
  const look =
    'ls -A /run/kubestrap/secret /var/lib/kubestrap/begun /run/kubestrap/orchestrator 2> /dev/null; systemctl list-units --plain --no-legend --state=active,activating "kubestrap-run-*"; ls -d /var/lib/kubestrap/bundles/.new.* 2> /dev/null; true'
  for (const node of nodes) {
    const { stdout } = await onNode(node, look)
    assert.equal(stdout.trim(), '', `left on ${node}`)
  }
}
