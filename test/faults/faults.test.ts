import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { clock } from '../../lib/text.ts'
import { clusterFile, healthy, labDo, type Ran, status, up } from '../e2e/support.ts'
import { endAll, nodes, said, takenOut } from './actions.ts'
import { type Fault, killed } from './fault.ts'
import { type Kept, lawHolds, writeKeepsakes } from './law.ts'
import { allPartsFaults } from './list/all-parts.ts'
import { arrivalFaults } from './list/arrivals.ts'
import { clusterFaults } from './list/cluster.ts'
import { diskFaults } from './list/disks.ts'
import { killFaults } from './list/kills.ts'
import { machineFaults } from './list/machines.ts'
import { nodeFaults } from './list/nodes.ts'
import { orchestratorFaults } from './list/orchestrator.ts'
import { allParts, plain, type Setting } from './settings.ts'
import { firstLine, type Row, showTable, writeTable } from './table.ts'

const all = process.env.KUBESTRAP_FAULTS_ALL === '1'
const only = process.env.KUBESTRAP_FAULTS_ONLY ?? ''
const write = process.env.KUBESTRAP_FAULTS_WRITE === '1'
const keep = process.env.KUBESTRAP_KEEP_LAB === '1'
const seed = Number(process.env.KUBESTRAP_FAULTS_SEED) || Math.floor(Math.random() * 1_000_000)

const faults = [
  ...killFaults,
  ...orchestratorFaults,
  ...nodeFaults,
  ...diskFaults,
  ...machineFaults,
  ...arrivalFaults,
  ...clusterFaults,
  // With a cluster of their own, after all others.
  ...allPartsFaults,
]
const chosen = faults.filter(({ name, always }) =>
  only === '' ? all || always : new RegExp(only).test(name),
)
const names = faults.map(({ name }) => name)
const began = Date.now()
/** What everybody waits for in CI. Milliseconds, with the lab. */
const fixedListLimit = 1_500_000
const rows: Row[] = []
let setting: Setting | undefined
/** Why no cluster could be raised: it would take all the others as long to find out. */
let hopeless: unknown
let kept: Kept = { objects: '', nodes: new Map() }

// Connections of this suite and of nobody else: what a killed run leaves can be seen.
const sockets = mkdtempSync(join(tmpdir(), 'kf-'))
process.env.XDG_RUNTIME_DIR = sockets

before(async () => {
  assert.ok(chosen.length > 0, `no fault has "${only}" in its name`)
  console.log(`${chosen.length} faults, seed ${seed} (again: --seed ${seed})`)
  const goesOn = keep && (await status().catch(() => undefined))?.healthy
  if (!goesOn) return
  const text = readFileSync(clusterFile, 'utf8')
  setting = [plain, allParts].find(({ isOf }) => isOf(text))
  kept = await writeKeepsakes()
})

after(async () => {
  endAll()
  for (const line of showTable(rows)) console.log(line)
  rmSync(sockets, { recursive: true, force: true })
  const took = Date.now() - began
  console.log(`${rows.length} faults in ${clock(took)}`)
  if (!keep) await labDo('down')
  if (process.env.CI && !all && only === '')
    assert.ok(took < fixedListLimit, `the fixed list took ${clock(took)}, longer than 25 minutes`)
})

/** A cluster, with something in it that must not get lost. */
async function raise(wanted: Setting): Promise<void> {
  if (hopeless) throw hopeless
  console.log(`a cluster: ${wanted.name}`)
  setting = undefined
  try {
    const ran = await wanted.raise()
    assert.equal(ran.exitCode, 0, said(ran))
    await healthy()
    kept = await writeKeepsakes()
  } catch (error) {
    hopeless = error
    throw error
  }
  setting = wanted
}

for (const fault of chosen) {
  const wanted = fault.setting ?? plain
  test(fault.name, { timeout: 1_800_000, skip: wanted.missing }, async () => {
    const began = Date.now()
    if (setting !== wanted) await raise(wanted)
    takenOut.clear()
    for (const node of fault.takes ?? []) takenOut.add(node)
    try {
      rows.push(await through(fault))
    } catch (error) {
      rows.push({ fault: fault.name, failed: firstLine(error), exitCode: 0, seen: '', seconds: 0 })
      await repair(fault, wanted)
      throw error
    } finally {
      // At once: what was seen is not lost when the rest is cut short.
      if (write) writeTable(rows, names)
      console.log(`  ${fault.name}: ${Math.round((Date.now() - began) / 1000)} s in all`)
    }
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
  if (fault.anew) kept = await writeKeepsakes()
  kept = await lawHolds(kept, takenOut, sockets)
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
  if (seen.exitCode === killed) return 'nothing: it was killed'
  const error = /^error: (.*)$/m.exec(said(seen))?.[1]
  const lines = seen.stdout.trim().split('\n')
  const last = lines.findLast((line) => / changed,|stopped by/.test(line))
  return error ?? last ?? lines.at(-1) ?? ''
}

/** After a fault that went wrong the next ones begin from a healthy cluster, a new one if need be. */
async function repair({ mend }: Fault, wanted: Setting): Promise<void> {
  endAll()
  for (const node of nodes) {
    for (const verb of ['mend', 'start']) await labDo(verb, node).catch(() => undefined)
  }
  // Over ssh: not before the nodes are up again.
  await mend?.().catch(() => undefined)
  const { exitCode } = await up()
  const whole = exitCode === 0 && (await lawHolds(kept, takenOut, sockets).catch(() => undefined))
  if (whole) kept = whole
  else await raise(wanted)
}
