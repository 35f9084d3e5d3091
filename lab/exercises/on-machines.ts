import { KubestrapError } from '../../lib/errors.ts'
import { lastLines } from '../../lib/text.ts'
import { containerName } from '../layout.ts'
import { type Answer, askPodman } from '../podman.ts'
import type { Check, Exercise, Lines } from './exercise.ts'
import { master } from './parts.ts'

const kubeconfig = 'KUBECONFIG=/etc/kubernetes/admin.conf'

/** Runs lines on a machine as root, not over the network: an exercise may have closed it. */
function ask(lab: string, { on, run }: Lines, seconds: number): Promise<Answer> {
  const bounded = ['timeout', '--kill-after=5', String(seconds), 'sh', '-ec', run]
  return askPodman('exec', '--env', kubeconfig, containerName(lab, on), ...bounded)
}

/** Does lines one machine after the other. @throws KubestrapError KS-LAB-EXERCISE-LINES */
export async function doLines(lab: string, parts: readonly Lines[]): Promise<void> {
  for (const part of parts) {
    const answer = await ask(lab, part, 240)
    if (answer.exitCode !== 0) throw failed(part, answer)
  }
}

const failed = ({ on, run }: Lines, { exitCode, stdout, stderr }: Answer) =>
  new KubestrapError({
    id: 'KS-LAB-EXERCISE-LINES',
    exit: 'phaseFailed',
    what: `a part of the exercise ended with ${exitCode} on ${on}`,
    lines: [...lastLines(run, 10), '', ...lastLines(stdout + stderr, 10)],
    remedy: 'look at the machine, then --undo; a lab that is beyond help: down, then npm start',
  })

/** The same where it does no harm that some of it fails: what went wrong, in words. */
export async function tryLines(lab: string, parts: readonly Lines[]): Promise<readonly string[]> {
  const problems: string[] = []
  for (const part of parts) {
    const answer = await ask(lab, part, 240)
    if (answer.exitCode !== 0) problems.push(...lastLines(`${part.on}: ${answer.stderr}`, 3))
  }
  return problems
}

/** A check and what became of it. */
export interface Looked {
  readonly says: string
  readonly ok: boolean
}

/** Looks at the living cluster once, at everything together. */
export function look(lab: string, checks: readonly Check[]): Promise<readonly Looked[]> {
  return Promise.all(
    checks.map(async ({ says, on, test }) => ({
      says,
      ok: (await ask(lab, { on, run: test }, 20)).exitCode === 0,
    })),
  )
}

/** What must be so before something is broken on purpose. */
export const healthyCluster: Check = {
  says: 'every node is Ready and the cluster’s DNS runs',
  on: master,
  test: `kubectl wait --for=condition=Ready node --all --timeout=8s
kubectl -n kube-system rollout status deployment/coredns --timeout=8s`,
}

const folder = '/var/lib/kubestrap-lab'
const archive = ({ name }: Exercise) => `${folder}/${name}.tar`

/** Keeps the files that an exercise is about to damage; a second time nothing, they may be damaged. */
export async function keepFiles(lab: string, exercise: Exercise): Promise<void> {
  if (!exercise.keeps) return
  const { on, paths } = exercise.keeps
  const kept = archive(exercise)
  const run = `umask 077
mkdir -p ${folder}
[ -e ${kept} ] && exit 0
tar --create --absolute-names --ignore-failed-read --file ${kept}.new ${paths.join(' ')} 2> /dev/null
mv ${kept}.new ${kept}`
  await doLines(lab, [{ on, run }])
}

/** Puts them back as they were. */
export async function restoreFiles(lab: string, exercise: Exercise): Promise<readonly string[]> {
  if (!exercise.keeps) return []
  const kept = archive(exercise)
  const run = `[ ! -e ${kept} ] || tar --extract --absolute-names --same-permissions --file ${kept}`
  return tryLines(lab, [{ on: exercise.keeps.on, run }])
}

/** Afterwards the kept files are old: the next time they are kept anew. */
export async function forgetFiles(lab: string, exercise: Exercise): Promise<void> {
  if (!exercise.keeps) return
  await tryLines(lab, [{ on: exercise.keeps.on, run: `rm -f ${archive(exercise)}` }])
}
