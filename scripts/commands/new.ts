import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cluster, parseCluster, warnings } from '../../lib/cluster.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { type DraftParts, type DraftSsh, draftOf } from '../../lib/new-cluster/draft.ts'
import { clusterFileText } from '../../lib/new-cluster/file-text.ts'
import { type FromInventory, readInventory } from '../../lib/new-cluster/inventory.ts'
import { readMachines } from '../../lib/new-cluster/machines.ts'
import { count, plainLine } from '../../lib/text.ts'
import { type NewClusterOptions, type Options, usage } from '../arguments.ts'
import { fileExists } from '../local-state.ts'

const remedy =
  'kubestrap new --control-planes 192.168.9.121-123 --workers 192.168.9.141-143 --endpoint 192.168.9.120'

/** Writes a commented cluster file from a few flags, or from an Ansible inventory. */
export async function newCluster({ fresh, out }: Options): Promise<number> {
  const file = out ?? 'cluster.yaml'
  if (out !== '-' && existsSync(file)) throw fileExists(file)
  const { nodes, notes } = nodesOf(fresh)
  const { shared, own } = sharedSsh(nodes)
  const ssh = { ...shared, ...(fresh.user === undefined ? {} : { user: fresh.user }) }
  const { draft, problems } = draftOf({ ...fresh, ssh, nodes: own })
  if (!draft) throw usage(problems, remedy)
  const text = clusterFileText(draft, out === '-' ? schemaPath : schemaFrom(file))
  const cluster = await checked(text)
  if (out === '-') process.stdout.write(text)
  else writeNew(file, text)
  const lines = [...notes, ...warnings(cluster).map((one) => `warning: ${one}`)]
  for (const line of [...lines, ...next(cluster, file)])
    process.stderr.write(`${plainLine(line)}\n`)
  return exitCodes.ok
}

function nodesOf(fresh: NewClusterOptions): Pick<FromInventory, 'nodes' | 'notes'> {
  if (fresh.fromInventory === undefined) return { nodes: listed(fresh), notes: [] }
  if (fresh.controlPlanes !== undefined || fresh.workers !== undefined)
    throw usage(['--from-inventory brings the nodes: leave --control-planes and --workers out'])
  return inventory(fresh.fromInventory)
}

function listed({ controlPlanes = '', workers }: NewClusterOptions): DraftParts['nodes'] {
  const planes = readMachines(controlPlanes)
  const others = workers === undefined ? { machines: [], problems: [] } : readMachines(workers)
  const problems = [
    ...planes.problems.map((problem) => `--control-planes ${problem}`),
    ...others.problems.map((problem) => `--workers ${problem}`),
  ]
  if (problems.length > 0) throw usage(problems, remedy)
  return [
    ...planes.machines.map((machine) => ({ ...machine, role: 'control-plane' as const })),
    ...others.machines.map((machine) => ({ ...machine, role: 'worker' as const })),
  ]
}

/** @throws KubestrapError KS-INVENTORY with all problems at once */
function inventory(file: string): Pick<FromInventory, 'nodes' | 'notes'> {
  const { nodes, notes, problems } = readInventory(inventoryText(file))
  const neighbours = ['group_vars', 'host_vars'].filter((name) =>
    existsSync(resolve(dirname(file), name)),
  )
  const unread = neighbours.map((name) => `not read: the folder ${name} beside ${file}`)
  if (problems.length === 0) return { nodes, notes: [...notes, ...unread] }
  throw new KubestrapError({
    id: 'KS-INVENTORY',
    exit: 'usage',
    what: `${count(problems.length, 'problem')} in the inventory ${file}`,
    lines: problems.map(plainLine),
    unchanged: 'nothing was written',
    remedy: 'correct it, or name the machines with --control-planes and --workers',
  })
}

function inventoryText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw usage([`--from-inventory: there is no file ${file}`])
  }
}

/** Settings that all nodes have alike stand once in the file. */
function sharedSsh(nodes: DraftParts['nodes']) {
  const [first, ...rest] = nodes
  const alike = Object.entries(first?.ssh ?? {}).filter(([key, value]) =>
    rest.every(({ ssh }) => ssh?.[key as keyof DraftSsh] === value),
  )
  const shared: DraftSsh = Object.fromEntries(alike)
  const own = nodes.map(({ ssh, ...node }) => {
    const entries = Object.entries(ssh ?? {}).filter(([key]) => !Object.hasOwn(shared, key))
    return entries.length === 0 ? node : { ...node, ssh: Object.fromEntries(entries) as DraftSsh }
  })
  return { shared, own }
}

/** The file's own rules, before it is written: what was given may be wrong in itself. */
async function checked(text: string): Promise<Cluster> {
  try {
    return await parseCluster(text, 'the new file')
  } catch (error) {
    if (!(error instanceof KubestrapError)) throw error
    throw new KubestrapError({ ...error.details, unchanged: 'nothing was written', remedy })
  }
}

/** Beside dist/ and scripts/ alike. */
const schemaPath = fileURLToPath(new URL(schemaUrl(), import.meta.url))
function schemaUrl() {
  return import.meta.url.includes('/scripts/commands/')
    ? '../../schema/cluster.schema.json'
    : '../schema/cluster.schema.json'
}

/** Relative inside of the kit's own folder, which travels as a whole; absolute elsewhere. */
function schemaFrom(file: string): string {
  const folder = dirname(resolve(file))
  const kit = dirname(dirname(schemaPath))
  const isInside = folder === kit || folder.startsWith(`${kit}/`)
  return isInside ? relative(folder, schemaPath) : schemaPath
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(file)
    throw usage([`--out ${file}: ${(error as Error).message}`])
  }
}

function next({ name, nodes, endpoint }: Cluster, file: string): string[] {
  const planes = nodes.filter(({ role }) => role === 'control-plane').length
  const numbers = `${count(planes, 'control plane')}, ${count(nodes.length - planes, 'worker')}`
  const carried = endpoint.provider === 'kube-vip' ? 'a virtual IP that kube-vip moves' : 'as it is'
  const config = file === 'cluster.yaml' ? '' : ` --config ${file === '-' ? 'FILE' : file}`
  return [
    `${file === '-' ? 'checked' : `${file} written`}: cluster ${name}, ${numbers}, endpoint ${endpoint.address} (${carried})`,
    `next: kubestrap doctor${config}, then kubestrap plan${config}, then kubestrap up${config}`,
  ]
}
