import { KubestrapError } from '../../lib/errors.ts'
import {
  clusterFilePath,
  hashOf,
  nodeNames,
  readClusterFile,
  withNodes,
  writeClusterFile,
} from '../cluster-file.ts'
import { machineNamed } from '../layout.ts'
import type { Report } from '../report.ts'
import { readState, writeState } from '../state.ts'
import { noSuchLab } from './machine.ts'
import { up } from './up.ts'

export interface AddOptions {
  readonly lab: string
  readonly names: readonly string[]
  readonly bare: boolean
  readonly say: Report
}

/** Raises more machines by name and adds them to the cluster file; spare ones are not added. */
export async function add({ lab, names, bare, say }: AddOptions): Promise<void> {
  const octet = readState(lab)?.octet
  if (octet === undefined) throw noSuchLab(lab)
  const machines = names.flatMap((name) => machineNamed(name, octet) ?? [])
  const unknown = names.filter((name) => machineNamed(name, octet) === undefined)
  if (unknown.length > 0) throw badNames(unknown)
  await up({ lab, counts: {}, more: names, bare, say })
  const text = readClusterFile(lab) ?? ''
  const there = await nodeNames(text)
  const missing = machines.filter(({ name, role }) => role !== 'spare' && !there.includes(name))
  if (missing.length === 0) return
  const edited = hashOf(text) !== readState(lab)?.clusterFile
  const hash = writeClusterFile(lab, await withNodes(text, missing))
  const state = readState(lab)
  if (!edited && state) writeState(lab, { ...state, clusterFile: hash })
  say(`${missing.map(({ name }) => name).join(' ')} added to ${clusterFilePath(lab)}`)
}

const badNames = (names: readonly string[]) =>
  new KubestrapError({
    id: 'KS-LAB-NAME',
    exit: 'usage',
    what: `not the name of a machine: ${names.join(' ')}`,
    remedy: 'k-master-1 to k-master-9, k-worker-1 to k-worker-20, k-spare-1 to k-spare-9',
  })
