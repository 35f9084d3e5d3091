import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Cluster } from '../../lib/cluster.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { count, plainLine } from '../../lib/text.ts'
import type { Options } from '../arguments.ts'
import { ownBundles } from '../bundles.ts'
import {
  type Computer,
  clockFinding,
  type Finding,
  folderFindings,
  keyFindings,
  knownHostsFinding,
  programFindings,
  terminalFinding,
} from '../doctor.ts'
import { loadCluster } from '../session.ts'
import { table } from '../view/table.ts'

/** Looks at the admin's own computer: no node is asked, nothing is changed. */
export async function doctor({ config }: Options): Promise<number> {
  const { cluster, finding } = await clusterFile(config)
  const findings = [
    ...programFindings(thisComputer),
    await bundlesFinding(),
    finding,
    ...keyFindings(thisComputer, cluster, resolve(config)),
    ...(cluster ? [knownHostsFinding(cluster, knownHostsOf(cluster, config))] : []),
    ...folderFindings(thisComputer, config, tmpdir()),
    clockFinding(thisComputer),
    terminalFinding(thisComputer),
  ]
  for (const line of doctorText(findings)) process.stdout.write(`${plainLine(line)}\n`)
  return findings.some(({ state }) => state === 'wrong') ? exitCodes.preflight : exitCodes.ok
}

const thisComputer: Computer = {
  node: process.version,
  home: homedir(),
  env: process.env,
  terminal: { isTTY: process.stdout.isTTY === true, columns: process.stdout.columns },
  run(program, ...args) {
    const options = { encoding: 'utf8', timeout: 10_000, input: '' } as const
    const { error, status, stdout, stderr } = spawnSync(program, args, options)
    return error ? undefined : { exitCode: status ?? 1, text: stdout || stderr }
  },
}

async function bundlesFinding(): Promise<Finding> {
  try {
    return {
      what: 'phases',
      state: 'ok',
      found: `built, ${(await ownBundles()).hash.slice(0, 12)}`,
    }
  } catch (error) {
    return { what: 'phases', state: 'wrong', ...told(error) }
  }
}

async function clusterFile(config: string): Promise<{ cluster?: Cluster; finding: Finding }> {
  const what = 'cluster file'
  if (!existsSync(config)) {
    const remedy = 'kubestrap new writes one; another place: --config FILE'
    return { finding: { what, state: 'note', found: `there is no ${config}`, remedy } }
  }
  try {
    const cluster = await loadCluster(config)
    const found = `${config}: ${cluster.name}, ${count(cluster.nodes.length, 'node')}`
    return { cluster, finding: { what, state: 'ok', found } }
  } catch (error) {
    return { finding: { what, state: 'wrong', ...told(error) } }
  }
}

/** An error as a finding. @throws what is no expected error */
function told(error: unknown): { found: string; remedy: string } {
  if (!(error instanceof KubestrapError)) throw error
  const { what, id, remedy = '' } = error.details
  return {
    found: `${what}  [${id}]`,
    remedy: id === 'KS-CLUSTER-FILE' ? 'kubestrap plan --offline shows each with its line' : remedy,
  }
}

const knownHostsOf = ({ name }: Cluster, config: string) =>
  join(dirname(resolve(config)), '.kubestrap', name, 'known_hosts')

/** A line a finding, its remedy below it, and the sum. */
export function doctorText(findings: readonly Finding[]): string[] {
  const rows = table(findings.map(({ state, what, found }) => [state, what, found]))
  const lines = findings.flatMap(({ remedy }, index) => [
    rows[index] ?? '',
    ...(remedy ? [`       next: ${remedy}`] : []),
  ])
  const bad = findings.filter(({ state }) => state === 'wrong').length
  const sum = bad === 0 ? 'This computer is ready.' : `${count(bad, 'thing')} to mend.`
  return [...lines, '', sum]
}
