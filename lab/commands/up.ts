import { join, resolve } from 'node:path'
import { type Artifacts, ensureArtifacts, readBrought } from '../artifacts/artifacts.ts'
import { namesOf, partLines } from '../artifacts/parts.ts'
import {
  clusterFilePath,
  clusterFileText,
  judgeFile,
  nodeNames,
  readClusterFile,
  writeClusterFile,
} from '../cluster-file.ts'
import { checkHost, installMissingTools } from '../host.ts'
import { diskAt, hostFacts } from '../host-facts.ts'
import { ensureKeys } from '../keys.ts'
import {
  type Counts,
  containerName,
  type LabMachine,
  machineNamed,
  machinesFor,
} from '../layout.ts'
import { withLock } from '../lock.ts'
import { createMachine, waitForMachine } from '../machines.ts'
import { newOctet, protectHost } from '../network.ts'
import { ensureImages, type Images } from '../nodes/image.ts'
import { clusterQuirks } from '../nodes/quirks.ts'
import { type Container, containersOf, podman } from '../podman.ts'
import { labFolder } from '../project.ts'
import type { Report } from '../report.ts'
import { endpointService, ensureService, sourcesService } from '../services.ts'
import { defaultStack, type Stack } from '../stack.ts'
import { type LabState, readState, writeState } from '../state.ts'

export interface UpOptions {
  readonly lab: string
  /** Only what was asked for; the rest is as the lab was, or the default. */
  readonly counts: Partial<Counts>
  readonly stack?: Partial<Stack>
  /** Machines beyond the counts, by name. */
  readonly more?: readonly string[]
  /** Machines only: no packages and images are built or served. */
  readonly bare?: boolean
  readonly say: Report
}

const defaults: Counts = { controlPlanes: 3, workers: 3, spare: 0 }

/** Raises the machines of a lab; those that run already are left alone. */
export async function up(options: UpOptions): Promise<void> {
  const { lab, counts, more = [], bare = false, say } = options
  const stack = { ...defaultStack, ...readState(lab)?.stack, ...withWholePath(options.stack) }
  const wanted = { ...defaults, ...readState(lab)?.counts, ...counts }
  const brought = bare ? {} : await readBrought(stack)
  await checkHost(wanted, bare)
  await installMissingTools(say)
  if (!bare) for (const line of partLines(stack, await namesOf(brought.given))) say(line)
  await withLock(join(labFolder(lab), 'lock'), `the lab "${lab}"`, say, async () => {
    const [images, artifacts] = await both(
      ensureImages(say),
      bare ? Promise.resolve(undefined) : ensureArtifacts(brought, say),
    )
    await raise({ lab, wanted, stack, more, images, artifacts, say })
  })
}

/** The folder is remembered for the next call, which may come from somewhere else. */
const withWholePath = (stack: Partial<Stack> = {}): Partial<Stack> =>
  stack.artifacts === undefined ? stack : { ...stack, artifacts: resolve(stack.artifacts) }

/** Waits for both even if one fails: what the other makes is not lost, and the error stands last. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other])
  return Promise.all([one, other])
}

interface Raise {
  readonly lab: string
  readonly wanted: Counts
  readonly stack: Stack
  readonly more: readonly string[]
  readonly images: Images
  readonly artifacts: Artifacts | undefined
  readonly say: Report
}

async function raise(what: Raise): Promise<void> {
  const { lab, wanted, stack, images, artifacts, say } = what
  const octet = readState(lab)?.octet ?? (await newOctet(lab))
  const state: LabState = { ...readState(lab), octet, counts: wanted, stack }
  writeState(lab, state)
  await protectHost(lab, octet)
  const present = await containersOf(lab)
  const machines = await allMachines(what, octet, present)
  await ensureKeys(lab, machines)
  if (stack.endpoint === 'external') {
    await ensureService(lab, endpointService(octet), images.services)
  }
  if (artifacts) await ensureService(lab, sourcesService(octet, artifacts), images.services)
  await startMachines({ lab, octet, images, artifacts, machines, present, say })
  await writeFile(lab, { ...state, stack }, machines, artifacts, say)
}

/** What is asked for, what is there, and what the cluster file names. */
async function allMachines(
  { lab, wanted, more }: Raise,
  octet: number,
  present: readonly Container[],
): Promise<readonly LabMachine[]> {
  const asked = machinesFor(wanted, octet).map(({ name }) => name)
  const named = await nodeNames(readClusterFile(lab) ?? '')
  const names = [...asked, ...more, ...named, ...present.map(({ machine }) => machine)]
  const machines = [...new Set(names)].map((name) => machineNamed(name, octet))
  return machines
    .filter((machine) => machine !== undefined)
    .sort((a, b) => order(a.address) - order(b.address))
}

const order = (address: string) => Number(address.split('.')[3])

interface Start {
  readonly lab: string
  readonly octet: number
  readonly images: Images
  readonly artifacts: Artifacts | undefined
  readonly machines: readonly LabMachine[]
  readonly present: readonly Container[]
  readonly say: Report
}

async function startMachines(start: Start): Promise<void> {
  const { lab, machines, present, say } = start
  const stateOf = (name: string) => present.find(({ machine }) => machine === name)?.state
  const running = machines.filter(({ name }) => stateOf(name) === 'running')
  const others = machines.filter((machine) => !running.includes(machine))
  if (running.length > 0) say(`running already: ${running.map(({ name }) => name).join(' ')}`)
  if (others.length === 0) return
  say(`starting ${others.map(({ name }) => name).join(' ')}`)
  const results = await Promise.allSettled(
    others.map(async (machine) => {
      await startOne(start, machine, stateOf(machine.name))
      await waitForMachine(lab, machine, say)
      say(`${machine.name.padEnd(12)} ${machine.address.padEnd(12)} up`)
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

async function startOne(start: Start, machine: LabMachine, state: string | undefined) {
  const { lab, octet, images, artifacts } = start
  const container = containerName(lab, machine.name)
  if (state === 'paused') return podman('unpause', container)
  // "created" and no more: an earlier run was killed before it had given the machine its identity.
  if (state === 'created') await podman('rm', '--force', container)
  if (state === undefined || state === 'created') {
    const key = artifacts && join(artifacts.rpms, 'appstream/RPM-GPG-KEY-lab')
    await createMachine(machine, { lab, octet, image: images.node }, key)
  }
  return podman('start', container)
}

async function writeFile(
  lab: string,
  state: LabState & { readonly stack: Stack },
  machines: readonly LabMachine[],
  artifacts: Artifacts | undefined,
  say: Report,
): Promise<void> {
  const { used } = await diskAt(labFolder(lab))
  const quirks = clusterQuirks(hostFacts(), used)
  const { octet, stack } = state
  const parts = { name: lab, octet, stack, machines, quirks, sources: artifacts }
  const text = clusterFileText(parts)
  const verdict = judgeFile(readClusterFile(lab), text, state.clusterFile)
  if (verdict === 'edited') {
    say(`${clusterFilePath(lab)} was edited: left as it is`)
    return
  }
  if (verdict === 'write') writeState(lab, { ...state, clusterFile: writeClusterFile(lab, text) })
  say(`cluster file: ${clusterFilePath(lab)}`)
}
