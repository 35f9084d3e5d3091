import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { manifestFiles } from '../lib/calico-releases.ts'
import { type Cluster, type ClusterNode, parseCluster, warnings } from '../lib/cluster.ts'
import { exitCodes, KubestrapError } from '../lib/errors.ts'
import { type EtcdClient, otherClientCa, readEtcdClient } from '../lib/etcd-client.ts'
import { told } from '../lib/texts/told.ts'
import type { Options } from './arguments.ts'
import { ownBundles } from './bundles.ts'
import { learnHostKeys } from './host-keys.ts'
import { endLeftConnections } from './left-connections.ts'
import { type LocalState, localState } from './local-state.ts'
import type { Observer } from './observe.ts'
import { type Connections, connections } from './ssh.ts'
import type { SshProblem } from './ssh-problems.ts'
import { sudoPassword, sudoPasswordFrom } from './sudo-password.ts'

/** What every verb that works on nodes needs: the checked file, connections, bundles. */
export interface Session extends Observer {
  /** By their names; empty where the nodes fetch them. */
  readonly calicoManifests: Readonly<Record<string, string>>
  readonly file: string
  readonly state: LocalState
  readonly ssh: Connections
  readonly options: Options
  readonly print: (line: string) => void
  readonly confirm: (question: string) => Promise<boolean>
}

/** Reads and checks the cluster file. @throws KubestrapError KS-CLUSTER-FILE with all problems */
export async function loadCluster(file: string): Promise<Cluster> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new KubestrapError({
      id: 'KS-NO-CLUSTER-FILE',
      exit: 'usage',
      what: `there is no cluster file ${file}`,
      unchanged: 'nothing, on no node',
      remedy: 'kubestrap new writes one to begin with; give another place with --config FILE',
    })
  }
  return parseCluster(text, file)
}

/** Opens a session, does the work, and closes its connections whatever happens. */
export async function withSession<T>(
  options: Options,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const file = resolve(options.config)
  const cluster = await loadCluster(options.config)
  // JSON owns standard output; what is meant for people then goes to standard error.
  const out = options.json ? process.stderr : process.stdout
  const print = (line: string) => void out.write(`${line}\n`)
  for (const warning of warnings(cluster)) print(`${told('warning')}: ${told(warning)}`)
  const [bundles, manifests] = [await ownBundles(), manifestTexts(cluster, file)]
  const calicoManifests = calicoTexts(cluster, file)
  const etcdClient = etcdClientTexts(cluster, file)
  for (const warning of etcdClient ? otherClientCa(etcdClient) : [])
    print(`${told('warning')}: ${told(warning)}`)
  const state = localState(file, cluster.name)
  await endLeftConnections(dirname(state.sockets))
  const sudo = sudoPassword(sudoPasswordFrom(options.sudoPasswordFile))
  const ssh = connections(state, file, sudo)
  const closing = () => void ssh.close()
  process.once('exit', closing)
  try {
    return await work({
      ...{
        cluster,
        file,
        bundles,
        manifests,
        calicoManifests,
        state,
        ssh,
        options,
        print,
        confirm,
      },
      ...(etcdClient ? { etcdClient } : {}),
    })
  } finally {
    process.off('exit', closing)
    await ssh.close()
  }
}

/** Host keys of all nodes known, or learned with consent. @returns nodes that did not answer */
export async function meet(session: Session, nodes: readonly ClusterNode[]) {
  return learnHostKeys({ ...session, nodes, accept: session.options.acceptNewHostKeys })
}

function manifestTexts({ podNetwork }: Cluster, file: string): Record<string, string> {
  const { manifests } = podNetwork
  return Object.fromEntries(
    manifests.map((path) => [path, manifestText(file, path, 'podNetwork.manifests')]),
  )
}

/** Calico's manifests, where the cluster file keeps them in a folder beside it. */
function calicoTexts({ podNetwork, sources }: Cluster, file: string): Record<string, string> {
  const folder = sources.manifests.calico
  if (!podNetwork.calico || /^https?:/.test(folder)) return {}
  const key = 'sources.manifests.calico'
  return Object.fromEntries(
    manifestFiles.map((name) => [name, manifestText(file, `${folder}/${name}`, key)]),
  )
}

/** @param key of the cluster file that names it */
function manifestText(file: string, path: string, key: string): string {
  const text = textBeside(file, path)
  if (text !== undefined) return text
  throw new KubestrapError({
    id: 'KS-NO-MANIFEST',
    exit: 'usage',
    what: `there is no manifest ${path}`,
    unchanged: 'nothing, on no node',
    remedy: `correct ${key} in ${file}; paths are relative to it`,
  })
}

/** The files of etcd.external. @throws KubestrapError KS-ETCD-CLIENT */
function etcdClientTexts({ etcd }: Cluster, file: string): EtcdClient | undefined {
  return etcd.external && readEtcdClient(etcd.external, (path) => textBeside(file, path))
}

function textBeside(file: string, path: string): string | undefined {
  try {
    return readFileSync(resolve(dirname(file), path), 'utf8')
  } catch {
    return undefined
  }
}

/** Asks on the terminal; where there is none the answer is no. */
async function confirm(question: string): Promise<boolean> {
  const [yes, inFull] = [told('y'), told('yes')]
  const said = withoutAccents(await ask(`${question} [${yes}/N] `))
  return ['y', 'yes', yes, withoutAccents(inFull)].includes(said)
}

/** Not every keyboard has them. */
const withoutAccents = (word: string) =>
  word
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')

/**
 * A line from the terminal; nothing where there is none, or at its end (Ctrl-D). After Ctrl-C it
 * gives no answer at all: that is for whoever listens to signals, else it ends this process.
 */
export async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) return ''
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve) => {
    // readline takes Ctrl-C off the terminal, and keeps it to itself.
    terminal.on('SIGINT', () => {
      terminal.removeAllListeners('close')
      terminal.close()
      process.stderr.write('\n')
      process.kill(process.pid, 'SIGINT')
    })
    terminal.on('close', () => resolve(''))
    terminal.question(question, (line) => {
      resolve(line)
      terminal.close()
    })
  })
}

/** One error for all nodes that cannot be worked on; the gravest kind gives the exit code. */
export function unreachable(problems: readonly SshProblem[]): KubestrapError {
  const rank = (problem: SshProblem) => exitCodes[problem.exit]
  const worst = [...problems].sort((a, b) => rank(b) - rank(a))[0] as SshProblem
  const nodes = problems.length === 1 ? 'one node' : `${problems.length} nodes`
  return new KubestrapError({
    id: worst.id,
    exit: worst.exit,
    what: `${nodes} cannot be worked on`,
    lines: problems.map(({ node, what, remedy }) => `${node}: ${what} (${remedy})`),
    unchanged: 'nothing, on no node',
    remedy: 'run again when they answer, or leave them out with --nodes',
  })
}
