import { randomBytes } from 'node:crypto'
import type { Cluster, ClusterNode } from '../lib/cluster.ts'
import type { EtcdClient } from '../lib/etcd-client.ts'
import { readInspection } from '../lib/node-messages.ts'
import { type ClusterView, type Facts, type Inspection, parseFacts } from '../lib/observed.ts'
import type { ObservedForPhase, PhaseInput } from '../lib/phase-input.ts'
import { virtualAddress } from '../lib/preflight/endpoint.ts'
import type { Clock } from '../lib/preflight/finding.ts'
import { questionsFor } from '../lib/preflight/questions.ts'
import { endpointOf } from '../lib/render/kubeadm-config.ts'
import { callWith, throughStdin } from './as-root.ts'
import { type Bundles, bundleCommand } from './bundles.ts'
import { type Connections, remote } from './ssh.ts'
import { type SshProblem, sshProblem } from './ssh-problems.ts'

/** What was seen of one node; `problem` when nothing could be. */
export interface SeenNode {
  readonly node: ClusterNode
  readonly problem?: SshProblem
  readonly facts?: Facts
  readonly inspection?: Inspection
  readonly clock?: Clock
  /** Lines `TYPE KEY`. */
  readonly hostKeys?: readonly string[]
}

export interface Observer {
  readonly cluster: Cluster
  readonly ssh: Connections
  readonly bundles: Bundles
  readonly manifests: Readonly<Record<string, string>>
  /** For control planes; holds a private key. */
  readonly etcdClient?: EtcdClient
  /** Taken before it is looked at: what is seen then stays true. Absent for verbs that only look. */
  readonly hold?: (node: ClusterNode) => Promise<void>
}

// Node.js may be where sudo's own PATH does not reach; the same places as in the phases' header.
const throughNode = remote(
  "sudo -n -- /bin/sh -c 'PATH=/usr/local/bin:$PATH; for n in node node-24 node-22; do command -v $n > /dev/null && exec $n --input-type=module - query; done; exit 127'",
)
/** Looking takes seconds; a node that hangs must not hang everybody. */
const lookLimit = 60_000

/**
 * Connects to all nodes at once and looks at each. Control planes are asked first: what they know
 * of the cluster (version, nodes, pod ranges) is what the workers are then judged by.
 */
export async function observeAll(
  observer: Observer,
  nodes: readonly ClusterNode[],
  { options = {}, preflight = false }: LookOptions = {},
): Promise<SeenNode[]> {
  const opened = new Map(nodes.map((node) => [node, observer.ssh.open(node)]))
  const look = async (node: ClusterNode, known: Known): Promise<SeenNode> => {
    const problem = await opened.get(node)
    if (problem) return { node, problem }
    await observer.hold?.(node)
    return observe(observer, node, { ...known, options, preflight })
  }
  const planes = nodes.filter(({ role }) => role === 'control-plane')
  const seen = await Promise.all(planes.map((node) => look(node, {})))
  const view = seen.find(({ inspection }) => inspection?.cluster)?.inspection?.cluster
  const known = view ? { observed: observedOf(view, observer.cluster) } : {}
  const others = nodes.filter(({ role }) => role !== 'control-plane')
  return [...seen, ...(await Promise.all(others.map((node) => look(node, known))))]
}

export interface LookOptions {
  /** For inspect.mjs. */
  readonly options?: Readonly<Record<string, string>>
  /** Nodes that are to join are asked about their way to others, too: a few seconds. */
  readonly preflight?: boolean
}

interface Known extends LookOptions {
  readonly observed?: ObservedForPhase
}

/** What phases are told of a living cluster. */
export function observedOf({ nodes, proxyMode }: ClusterView, cluster: Cluster): ObservedForPhase {
  const version = nodes.find(({ controlPlane }) => controlPlane)?.kubeletVersion
  const known = proxyMode ? { proxyMode } : {}
  return { kubernetesVersion: version ?? cluster.kubernetesVersion, nodes, ...known }
}

/** Looks at a node that is connected: facts, and the living system where Node.js is there. */
export async function observe(
  observer: Observer,
  node: ClusterNode,
  known: Known = {},
): Promise<SeenNode> {
  const { run, request } = inspectRequest(observer, node, known)
  const questions = known.preflight ? questionValues(observer.cluster, node) : noQuestions
  const values = [
    endpointOf(observer.cluster),
    observer.bundles.hash,
    node.address,
    ...questions,
    request,
  ]
  const stdin = callWith(observer.bundles.read('facts.sh'), values)
  const watch = clockWatch()
  const { stdout, stderr } = await observer.ssh.exec(node, throughStdin, {
    stdin,
    limit: lookLimit,
    onLine: watch.line,
  })
  const facts = parseFacts(stdout)
  if (!facts) return { node, problem: sshProblem(node.name, stderr) }
  const seen = { node, facts, ...watch.read() }
  const inspection = inspectionIn(stdout, run)
  if (inspection) return { ...seen, inspection }
  if (!/^v(2\d|[3-9]\d)\./.test(facts.node)) return seen
  return { ...seen, ...(await inspectWithout(observer, node, { run, request })) }
}

/** The living system alone, of a node that has the bundles: what changes while phases run. */
export async function inspectAgain(
  observer: Observer,
  node: ClusterNode,
  options: Readonly<Record<string, string>>,
): Promise<Inspection | undefined> {
  const { run, request } = inspectRequest(observer, node, { options })
  const command = bundleCommand(observer.bundles, 'inspect', 'query')
  const { stdout } = await observer.ssh.exec(node, command, { stdin: request, limit: lookLimit })
  return inspectionIn(stdout, run)
}

function inspectRequest(observer: Observer, node: ClusterNode, known: Known) {
  const run = `inspect-${randomBytes(6).toString('hex')}`
  return { run, request: JSON.stringify({ run, input: inspectInput(observer, node, known) }) }
}

/** Values of facts.sh that ask nobody else: interface, peers, name, virtual IP, servers. */
const noQuestions = ['', '', '', '', '']

function questionValues(cluster: Cluster, node: ClusterNode): readonly string[] {
  const { peers, servers } = questionsFor(cluster, node)
  const host = (address: string) => (address.includes(':') ? `[${address}]` : address)
  return [
    node.interface ?? '',
    peers.map(({ address, port }) => `${host(address)}:${port}`).join(' '),
    cluster.endpoint.name ?? '',
    virtualAddress(cluster, node) ?? '',
    servers.map(({ url, proxy }) => (proxy ? `${url}|${proxy}` : url)).join(' '),
  ]
}

/** The node tells its time in its first lines: what lies between question and line is the error. */
function clockWatch() {
  const asked = Date.now()
  const told: Clock[] = []
  return {
    line(line: string) {
      const [, seconds] = /^clock=(\d{9,11}(?:\.\d{1,9})?)$/.exec(line) ?? []
      if (seconds === undefined || told.length > 0) return
      const within = (Date.now() - asked) / 2000
      told.push({ ahead: Number(seconds) - asked / 1000 - within, within })
    },
    read: () => (told[0] ? { clock: told[0] } : {}),
  }
}

/** Node.js is there, the bundles are not: the program itself goes to standard input. */
async function inspectWithout(
  { ssh, bundles }: Observer,
  node: ClusterNode,
  { run, request }: { readonly run: string; readonly request: string },
) {
  const program = `globalThis.kubestrapRequest = ${request}\n${bundles.read('inspect.mjs')}`
  const javascript = program.replace(/#!\/bin\/sh\n":" \/\*[\s\S]*?\*\/;\n/, '')
  const { stdout } = await ssh.exec(node, throughNode, { stdin: javascript, limit: lookLimit })
  const inspection = inspectionIn(stdout, run)
  return inspection ? { inspection } : {}
}

function inspectInput(
  { cluster, manifests, etcdClient }: Observer,
  node: ClusterNode,
  { observed, options = {} }: Known,
): PhaseInput {
  const nothing = { kubernetesVersion: cluster.kubernetesVersion, nodes: [] }
  const input = { cluster, node: node.name, observed: observed ?? nothing, manifests, options }
  return { ...input, ...etcdClientFor(node, etcdClient) }
}

/** Workers have no business with etcd: the key is never sent there. */
export function etcdClientFor({ role }: ClusterNode, etcdClient: EtcdClient | undefined) {
  return role === 'control-plane' && etcdClient ? { etcdClient } : {}
}

/** The last line that is the result of this very question; anything else a node prints is passed over. */
function inspectionIn(stdout: string, run: string): Inspection | undefined {
  for (const line of stdout.split('\n').reverse()) {
    if (!line.startsWith('{"result":')) continue
    try {
      const { result } = JSON.parse(line) as {
        result: { run: string; outcome: string; gives?: unknown }
      }
      if (result.run === run && result.outcome === 'done') return readInspection(result.gives)
    } catch {
      // a cut line is no result
    }
  }
  return undefined
}
