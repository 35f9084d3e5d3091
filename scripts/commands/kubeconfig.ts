import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { type Merged, mergeKubeconfig } from '../../lib/kubeconfig.ts'
import { closest } from '../../lib/suggest.ts'
import { type Options, usage } from '../arguments.ts'
import { adminAccess, fetchKubeconfig } from '../kubeconfig-file.ts'
import { fileExists, writePrivate } from '../local-state.ts'
import { type Session, withSession } from '../session.ts'
import { meetSteward } from '../steward.ts'

/** The administrator's kubeconfig, in a file of its own or in one's own; or another user's. */
export async function kubeconfig(options: Options): Promise<number> {
  refuseMixture(options)
  if (options.words.length > 0)
    return (await import('./kubeconfig-user.ts')).kubeconfigUser(options)
  return withSession(options, async (session) => {
    const path = options.out ? resolve(options.out) : session.state.kubeconfig
    if (options.out && existsSync(path) && !options.force) throw fileExists(path)
    const { node } = await meetSteward(session)
    if (options.merge) await merge(session, await adminAccess(session, node))
    else session.print(await fetchKubeconfig(session, node, path))
    return exitCodes.ok
  })
}

/** Flags of one way with another would be accepted and ignored. */
function refuseMixture({ words: [word], merge: merging, out, access }: Options): void {
  const near = closest(word ?? '', ['user'])
  const problems = [
    ...(word === undefined || word === 'user'
      ? []
      : [`kubeconfig takes no ${word}${near ? `, did you mean ${near}?` : ''}`]),
    ...(merging && out !== undefined ? ['--merge writes into your own file: leave --out out'] : []),
    ...(merging && word === 'user' ? ['--merge is for the administrator; a user gets a file'] : []),
  ]
  const { groups, ...single } = access
  const ofUsers = groups.length > 0 || Object.values(single).some((value) => value !== undefined)
  if (word === undefined && ofUsers)
    problems.push('--group, --days, --role, --namespace are for kubeconfig user NAME')
  if (problems.length > 0) throw usage(problems, 'kubestrap kubeconfig --help')
}

/** Where kubectl itself writes. https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ */
function ownFile(): string {
  const [first] = (process.env.KUBECONFIG ?? '').split(delimiter).filter(Boolean)
  const path = resolve(first ?? join(homedir(), '.kube', 'config'))
  // Renamed over a link, the file would take the link's place.
  return existsSync(path) ? realpathSync(path) : path
}

async function merge(session: Session, admin: Parameters<typeof mergeKubeconfig>[1]) {
  const { name } = session.cluster
  const path = ownFile()
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  const names = { cluster: name, user: `${name}-admin`, context: name }
  const merged = mergedOrRefused(path, () => mergeKubeconfig(before, admin, names))
  if (!merged.changed) return session.print(`${path} has it already: context ${name}`)
  await agreed(session, path, merged)
  if (before !== undefined) {
    const backup = `${path}.before-${new Date().toISOString().replace(/[:.]/g, '-')}`
    writePrivate(backup, before)
    session.print(`kept what was there: ${backup}`)
  }
  writePrivate(path, merged.text)
  session.print(`${path} now has the context ${name}`)
  if (merged.current !== name)
    session.print(`in use is ${merged.current}; change with: kubectl config use-context ${name}`)
}

function mergedOrRefused(path: string, work: () => Merged): Merged {
  try {
    return work()
  } catch (error) {
    throw new KubestrapError({
      id: 'KS-NOT-A-KUBECONFIG',
      exit: 'usage',
      what: `${path} cannot be read as a kubeconfig`,
      lines: [(error as Error).message],
      unchanged: 'nothing was written',
      remedy: 'mend the file, or fetch the kubeconfig into a file of its own, without --merge',
    })
  }
}

/** @throws KubestrapError KS-CONTEXT-EXISTS when nobody says that it may be replaced */
async function agreed({ options, confirm, print }: Session, path: string, { replaced }: Merged) {
  if (replaced.length === 0 || options.force) return
  print(
    `${path} already has another ${replaced.join(', another ')}.`.replace(
      /another the/g,
      'another',
    ),
  )
  if (await confirm('Replace?')) return
  throw new KubestrapError({
    id: 'KS-CONTEXT-EXISTS',
    exit: 'usage',
    what: `${path} has other entries of these names: ${replaced.join(', ')}`,
    unchanged: 'nothing was written',
    remedy: 'rename them there (kubectl config rename-context), or replace them with --force',
  })
}
