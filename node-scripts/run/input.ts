import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { release } from 'node:os'
import { dirname, resolve } from 'node:path'
import { manifestFiles } from '../../lib/calico-releases.ts'
import { type Cluster, clusterFromFlags, isMinor, parseCluster } from '../../lib/cluster.ts'
import { joinCredentials } from '../../lib/credentials.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { readEtcdClient } from '../../lib/etcd-client.ts'
import type { ObservedForPhase, PhaseInput } from '../../lib/phase-input.ts'
import { proxyModeFor } from '../../lib/proxy-mode.ts'
import { proxyEnvironment } from '../../lib/render/proxy.ts'
import { knownNode, localApi, nodeObjects } from '../kube/api.ts'
import { adminConf } from '../kube/kubeconfig.ts'
import { livingProxyMode } from '../kube/living-settings.ts'
import type { Arguments } from './arguments.ts'
import type { Command } from './command.ts'
import { query } from './commands.ts'
import { readText } from './files.ts'
import { thisMachine } from './machine.ts'

/** Makes by hand the same input that the orchestrator sends: from a file, or from flags alone. */
export async function inputByHand(args: Arguments): Promise<PhaseInput> {
  const cluster = args.config ? await clusterFromFile(args) : await clusterFromFlags(args.flags)
  const node = args.node ?? onlyNode(cluster)
  const join = args.join === undefined ? {} : { join: await joinFrom(args.join) }
  const observed = await observedFrom(args, cluster, node)
  const manifests = await manifestTexts(cluster, args.config)
  const etcdClient = etcdClientTexts(cluster, node, args.config)
  const calicoManifests = await calicoTexts(cluster, args.config)
  const texts = { manifests, calicoManifests, ...etcdClient }
  return { cluster, node, observed, ...texts, ...join, options: args.options }
}

/** The cluster of `--config`, with what flags say over it. @throws KubestrapError */
export async function clusterFromFile(args: Arguments): Promise<Cluster> {
  const file = args.config ?? ''
  const text = await readText(file)
  if (text === undefined) {
    throw usage(`there is no file ${file}`, 'give the cluster file with --config FILE')
  }
  return parseCluster(text, file, { flags: args.flags })
}

function onlyNode(cluster: Cluster): string {
  const [only, second] = cluster.nodes
  if (only && !second) return only.name
  const names = cluster.nodes.map(({ name }) => name).join(', ')
  throw usage('which node is this?', `give --node NAME, one of: ${names}`)
}

async function joinFrom(source: string) {
  const text = source === '-' ? await readStdin() : await readText(source)
  if (text === undefined)
    throw usage(`there is no file ${source}`, 'copy it from the control plane')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw usage(
      'the join credentials are no JSON',
      'take the file that join-credentials.mjs made, as it is',
    )
  }
  return joinCredentials(value).reveal()
}

export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** `--observed FILE` (from inspect.mjs), else what this machine can see itself. */
async function observedFrom(
  args: Arguments,
  cluster: Cluster,
  name: string,
): Promise<ObservedForPhase> {
  if (args.observed !== undefined) {
    const text = await readText(args.observed)
    if (text === undefined) throw usage(`there is no file ${args.observed}`, howToObserve)
    return observedIn(text)
  }
  const on = thisMachine(() => undefined)
  const address = cluster.nodes.find((node) => node.name === name)?.address ?? ''
  const kube = (await readText(adminConf)) === undefined ? undefined : await localApi(on, address)
  const nodes = ((kube && (await nodeObjects(kube))) ?? []).map(knownNode)
  const proxyMode = (kube && (await livingProxyMode(kube))) ?? proxyModeFor(cluster, [release()])
  const known = nodes[0]?.kubeletVersion ?? (await installedVersion(cluster))
  // A dry run asks no repository: dnf would write its caches.
  const version = known ?? (args.dryRun ? cluster.kubernetesVersion : await newestVersion(cluster))
  return { kubernetesVersion: version, nodes, proxyMode }
}

const howToObserve =
  'on a control plane: sudo sh inspect.mjs --config cluster.yaml --out observed.json'

function observedIn(text: string): ObservedForPhase {
  try {
    const { observed } = JSON.parse(text) as { observed?: ObservedForPhase }
    if (observed && Array.isArray(observed.nodes)) return observed
  } catch {
    // said below
  }
  throw usage('the --observed file is not what inspect.mjs writes', howToObserve)
}

/** The exact version of the file, or what is installed here of the minor that it names. */
async function installedVersion({ kubernetesVersion }: Cluster): Promise<string | undefined> {
  if (!isMinor(kubernetesVersion)) return kubernetesVersion
  const { stdout } = await query({ argv: ['rpm', '-q', '--qf', '%{VERSION}\\n', 'kubelet'] })
  const there = stdout.trim()
  return there.startsWith(`${kubernetesVersion}.`) ? there : undefined
}

/** The newest patch of the minor that the repository has. @throws KS-VERSION-UNKNOWN */
async function newestVersion(cluster: Cluster): Promise<string> {
  const { kubernetesVersion, sources } = cluster
  const baseurl = sources.kubernetes.baseurl.replaceAll('{minor}', kubernetesVersion)
  const question: Command = {
    argv: [
      'dnf',
      '--quiet',
      '--disablerepo=*',
      `--repofrompath=kubestrap-newest,${baseurl}`,
      '--enablerepo=kubestrap-newest',
      '--setopt=kubestrap-newest.gpgcheck=1',
      'repoquery',
      '--latest-limit=1',
      '--qf',
      '%{version}',
      'kubelet',
    ],
    timeout: 180_000,
  }
  const { stdout, stderr } = await query(question, proxyEnvironment(cluster))
  const version = stdout.trim().split('\n').at(-1) ?? ''
  if (/^\d+\.\d+\.\d+$/.test(version)) return version
  throw new KubestrapError({
    id: 'KS-VERSION-UNKNOWN',
    exit: 'phaseFailed',
    what: `the newest patch of Kubernetes ${kubernetesVersion} could not be asked from ${baseurl}`,
    lines: stderr.split('\n').slice(-5),
    unchanged: 'nothing was installed',
    remedy:
      'check that the repository can be reached (behind a proxy: --proxy URL), or give the exact version',
  })
}

/** Paths of the cluster file are relative to it; those of flags to where the command is typed. */
const folderOf = (config: string | undefined) => (config ? dirname(resolve(config)) : process.cwd())

/** The files of etcd.external, on control planes only. @throws KubestrapError KS-ETCD-CLIENT */
function etcdClientTexts(cluster: Cluster, node: string, config: string | undefined) {
  const { external } = cluster.etcd
  const role = cluster.nodes.find(({ name }) => name === node)?.role
  if (!external || role !== 'control-plane') return {}
  const read = (path: string) => {
    try {
      return readFileSync(resolve(folderOf(config), path), 'utf8')
    } catch {
      return undefined
    }
  }
  return { etcdClient: readEtcdClient(external, read) }
}

/** The texts of podNetwork.manifests, whose paths are relative to the cluster file. */
export async function manifestTexts(
  { podNetwork }: Cluster,
  config: string | undefined,
): Promise<Record<string, string>> {
  const folder = folderOf(config)
  const texts = podNetwork.manifests.map(async (path) => {
    const text = await readFile(resolve(folder, path), 'utf8').catch(() => undefined)
    if (text === undefined)
      throw usage(`there is no manifest ${path}`, 'correct podNetwork.manifests')
    return [path, text] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}

/** Calico's manifests where they are kept in a folder; only phase calico misses one that is not there. */
async function calicoTexts({ podNetwork, sources }: Cluster, config: string | undefined) {
  const folder = sources.manifests.calico
  if (!podNetwork.calico || /^https?:/.test(folder)) return {}
  const texts = manifestFiles.map(async (name) => {
    const text = await readText(resolve(folderOf(config), folder, name))
    return text === undefined ? [] : [[name, text] as const]
  })
  return Object.fromEntries((await Promise.all(texts)).flat())
}

function usage(what: string, remedy: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-USAGE',
    exit: 'usage',
    what,
    unchanged: 'nothing was done',
    remedy,
  })
}
