import { KubestrapError } from '../../lib/errors.ts'
import { closest } from '../../lib/suggest.ts'
import { containersOf } from '../podman.ts'
import { type Report, waitUntil } from '../report.ts'
import { defaultStack } from '../stack.ts'
import { type LabState, readState } from '../state.ts'
import { exercises } from './all.ts'
import type { Exercise } from './exercise.ts'
import {
  doLines,
  forgetFiles,
  healthyCluster,
  keepFiles,
  type Looked,
  look,
  restoreFiles,
  tryLines,
} from './on-machines.ts'
import { readRecord, writeRecord } from './record.ts'

/** Nothing here takes longer than a rollout on a slow computer. */
const patience = 240_000

/** @throws KubestrapError KS-LAB-NO-EXERCISE with the one that was probably meant */
export function exerciseNamed(name: string): Exercise {
  const found = exercises.find((one) => one.name === name)
  if (found) return found
  const names = exercises.map((one) => one.name)
  const meant = closest(name, names)
  throw new KubestrapError({
    id: 'KS-LAB-NO-EXERCISE',
    exit: 'usage',
    what: `there is no exercise "${name}"`,
    lines: meant === undefined ? [`there are: ${names.join(' ')}`] : [`did you mean ${meant}?`],
    remedy: 'npm run lab -- exercise',
  })
}

/**
 * Breaks the cluster, after it was seen to be healthy, and waits until the damage shows.
 * @throws KubestrapError when the lab does not fit, another exercise is open, or it is not healthy
 */
export async function breakCluster(lab: string, exercise: Exercise, say: Report): Promise<void> {
  const record = readRecord(lab)
  const { open } = record
  if (open && open.name !== exercise.name) throw alreadyOpen(lab, open.name)
  if (!open) await requireHealthy(lab, exercise, say)
  say(`preparing "${exercise.name}" ...`)
  await keepFiles(lab, exercise)
  // Noted first: what was begun can be undone, also when it is interrupted here.
  const since = open?.since ?? new Date().toISOString()
  writeRecord(lab, {
    ...record,
    open: { ...open, name: exercise.name, since, hints: open?.hints ?? 0 },
  })
  if (!open) await doLines(lab, exercise.break)
  const shows = await until(lab, exercise, say, 'the damage shows', (looked) => !allOk(looked))
  if (!shows) throw notBroken(exercise)
}

async function requireHealthy(lab: string, exercise: Exercise, say: Report): Promise<void> {
  const lacking = await lacks(lab, exercise, readState(lab))
  if (lacking.length > 0) throw doesNotFit(lab, exercise, lacking)
  say('looking whether the cluster is healthy ...')
  const healthy = await waitUntil(
    { what: 'a healthy cluster', limit: 120_000, every: 2000 },
    say,
    async () => allOk(await look(lab, [healthyCluster])),
  )
  if (!healthy) throw notHealthy(lab)
}

/** What an exercise needs and this lab does not have. */
async function lacks(
  lab: string,
  { needs = {} }: Exercise,
  state: LabState | undefined,
): Promise<readonly string[]> {
  const { controlPlanes = 1, ...parts } = needs
  const running = (await containersOf(lab)).filter((one) => one.state === 'running')
  const count = (prefix: string) =>
    running.filter(({ machine }) => machine.startsWith(prefix)).length
  const stack = { ...defaultStack, ...state?.stack }
  const keys = Object.keys(parts) as (keyof typeof parts)[]
  return [
    ...(count('k-master-') < controlPlanes ? [`${controlPlanes} running control planes`] : []),
    ...(count('k-worker-') < 1 ? ['a running worker'] : []),
    ...keys.filter((key) => stack[key] !== parts[key]).map((key) => `${parts[key]}`),
  ]
}

/** Looks once; a repair that is seen closes the exercise. */
export async function checkRepair(lab: string, exercise: Exercise): Promise<readonly Looked[]> {
  const looked = await look(lab, exercise.checks)
  if (allOk(looked)) await close(lab, exercise)
  return looked
}

/** @returns the last look; it closes the exercise when all is repaired */
export async function waitForRepair(
  lab: string,
  exercise: Exercise,
  say: Report,
  limit = patience,
): Promise<boolean> {
  const done = await until(lab, exercise, say, 'the repair', allOk, limit)
  if (done) await close(lab, exercise)
  return done
}

/** Does what is documented. @returns whether the checks agree that it repairs */
export async function solve(lab: string, exercise: Exercise, say: Report): Promise<boolean> {
  const record = readRecord(lab)
  if (record.open) writeRecord(lab, { ...record, open: { ...record.open, shown: true } })
  await doLines(lab, exercise.solution)
  return waitForRepair(lab, exercise, say)
}

/** Puts back what was broken, whatever became of it since. @returns whether all is well again */
export async function undo(lab: string, exercise: Exercise, say: Report): Promise<boolean> {
  const problems = [
    ...(await restoreFiles(lab, exercise)),
    ...(await tryLines(lab, exercise.undo ?? exercise.solution)),
    ...(await tryLines(lab, exercise.clean ?? [])),
  ]
  for (const problem of problems) say(`  | ${problem}`)
  const well = await waitUntil(
    { what: 'a healthy cluster', limit: patience, every: 2000 },
    say,
    async () => allOk(await look(lab, [healthyCluster, ...lasting(exercise)])),
  )
  if (!well) return false
  await forgetFiles(lab, exercise)
  const { open, ...rest } = readRecord(lab)
  writeRecord(lab, open?.name === exercise.name || !open ? rest : { ...rest, open })
  return true
}

/** Checks that hold without what the exercise brought along and took away again. */
const lasting = ({ checks, clean }: Exercise) => (clean ? [] : checks)

async function close(lab: string, exercise: Exercise): Promise<void> {
  await tryLines(lab, exercise.clean ?? [])
  await forgetFiles(lab, exercise)
  const { open, solved } = readRecord(lab)
  const counts = open?.name === exercise.name && !open.shown
  const at = new Date().toISOString()
  writeRecord(lab, { solved: counts ? { ...solved, [exercise.name]: at } : solved })
}

export const allOk = (looked: readonly Looked[]) => looked.every(({ ok }) => ok)

const until = (
  lab: string,
  { checks }: Exercise,
  say: Report,
  what: string,
  wanted: (looked: readonly Looked[]) => boolean,
  limit = patience,
) => waitUntil({ what, limit, every: 1500 }, say, async () => wanted(await look(lab, checks)))

const verb = (lab: string) => `npm run lab -- ${lab === 'lab' ? '' : `--name ${lab} `}`

const alreadyOpen = (lab: string, name: string) =>
  new KubestrapError({
    id: 'KS-LAB-EXERCISE-OPEN',
    exit: 'conflict',
    what: `the exercise "${name}" is still open`,
    remedy: `repair it, or: ${verb(lab)}exercise ${name} --undo`,
  })

const notHealthy = (lab: string) =>
  new KubestrapError({
    id: 'KS-LAB-UNHEALTHY',
    exit: 'unhealthy',
    what: `the cluster of lab "${lab}" is not healthy, so nothing is broken on purpose`,
    lines: [healthyCluster.says],
    unchanged: 'nothing was broken',
    remedy: `npm start raises one; what it lacks: ${verb(lab)}kubectl get nodes,pods -A`,
  })

const doesNotFit = (lab: string, { name }: Exercise, lacking: readonly string[]) =>
  new KubestrapError({
    id: 'KS-LAB-EXERCISE-NEEDS',
    exit: 'usage',
    what: `the exercise "${name}" does not fit lab "${lab}"`,
    lines: lacking.map((one) => `it needs: ${one}`),
    unchanged: 'nothing was broken',
    remedy: `the default lab has all of it: ${verb(lab)}start`,
  })

const notBroken = ({ name }: Exercise) =>
  new KubestrapError({
    id: 'KS-LAB-EXERCISE-WHOLE',
    exit: 'timeout',
    what: `"${name}" was broken, but the cluster does not show it`,
    remedy: 'a fault of the exercise: --undo, and tell us',
  })
