import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Cluster,
  type ClusterNode,
  controlPlanes,
  parseCluster,
  workers,
} from '../../lib/cluster.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { phases } from '../../lib/phases.ts'
import { remarksIn } from '../../lib/texts/comments.ts'
import { phase as inspect, planned } from '../../node-scripts/inspect.ts'
import { phase as joinCredentials } from '../../node-scripts/join-credentials.ts'
import { phase as nodeDelete } from '../../node-scripts/node-delete.ts'
import { phase as nodeDrain } from '../../node-scripts/node-drain.ts'
import { phase as reset } from '../../node-scripts/reset.ts'
import { byHandInFull } from '../../node-scripts/run/converge.ts'
import { titleOf } from '../../node-scripts/run/perform.ts'
import { contextOf, type PhaseScript } from '../../node-scripts/run/phase-script.ts'

declare const __ROOT__: string

const examples = join(__ROOT__, 'examples')

/** What the examples do not show, as `--set` of a file that has all roles. */
const variants: Readonly<Record<string, readonly string[]>> = {
  bridge: ['podNetwork.provider=bridge', 'runtime=containerd', 'adminKubeconfig=false'],
  manifests: ['podNetwork={provider: none, manifests: [net.yaml]}'],
  cilium: ['podNetwork={provider: none}', 'timeSync=unmanaged'],
  closed: ['selinux=enforcing', 'firewall=managed', 'systemUpdate=true'],
  closedBridge: ['podNetwork.provider=bridge', 'firewall=managed'],
  open: ['selinux=unmanaged', 'firewall=unmanaged'],
  sealed: ['security={encryptSecrets: true, kubeletServingCertificates: true, auditLog: true}'],
  quiet: ['security.auditLog=false'],
  proxied: [
    'proxy={http: "http://10.0.0.3:3128", https: "http://10.0.0.3:3128"}',
    'sources.images={docker.io: "http://10.0.0.6:5000"}',
  ],
  calico: [
    'podNetwork={provider: calico, calico: {bgp: true, apiServer: false, calicoctl: false}}',
  ],
  named: ['endpoint.name=api.example.org', 'endpoint.hostsEntry=true'],
  template: ['endpoint.kubeVip.manifest=template'],
  pinned: ['kubernetesVersion=1.36.3'],
  labelled: ['nodes[0].labels={disk: ssd}', 'nodes[0].taints=[{key: a, effect: NoSchedule}]'],
}

/** Every cluster that texts are collected from: the examples as they are, and one varied. */
async function clusters(): Promise<readonly Cluster[]> {
  const files = readdirSync(examples).filter((file) => file.endsWith('.yaml'))
  const read = (file: string, sets: readonly string[] = []) => {
    const flags = sets.map((value) => ({ flag: '--set', path: [], value }))
    return parseCluster(readFileSync(join(examples, file), 'utf8'), file, { flags })
  }
  const varied = Object.values(variants).map((sets) => read('seed.yaml', sets))
  return Promise.all([...files.map((file) => read(file)), ...varied])
}

const scripts: readonly PhaseScript[] = [
  ...Object.values(planned),
  ...[inspect, joinCredentials, nodeDrain, reset, nodeDelete],
]

const inputFor = (cluster: Cluster, node: string, options: Record<string, string>): PhaseInput => ({
  cluster,
  node,
  observed: {
    kubernetesVersion: '1.36.3',
    nodes: cluster.nodes.map(({ name, address, role }, index) => ({
      ...{ name, address, podCIDR: `10.244.${index}.0/24`, ready: true },
      ...{ controlPlane: role === 'control-plane', kubeletVersion: '1.36.3' },
    })),
  },
  manifests: Object.fromEntries(cluster.podNetwork.manifests.map((path) => [path, 'kind: List\n'])),
  options,
})

/** One text a reader may meet, and where. */
export interface Shown {
  readonly text: string
  readonly from: string
}

/** A phase as it is told for one node of one cluster. */
export interface Lesson {
  readonly phase: PhaseScript
  readonly input: PhaseInput
}

/** Every phase on the first nodes of each role, in every cluster. */
export async function everyLesson(): Promise<readonly Lesson[]> {
  return (await clusters()).flatMap((cluster) =>
    scripts.flatMap((phase) =>
      kindsOf(cluster).flatMap((node) =>
        optionsOf(phase, cluster).map((options) => ({
          phase,
          input: inputFor(cluster, node.name, { for: node.role, ...options }),
        })),
      ),
    ),
  )
}

/** The first control plane begins, the second joins, and workers are alike. */
const kindsOf = (cluster: Cluster): readonly ClusterNode[] => [
  ...controlPlanes(cluster).slice(0, 2),
  ...workers(cluster).slice(0, 1),
]

/** Who goes, in both roles; and reset with everything. */
const optionsOf = ({ name }: PhaseScript, cluster: Cluster): readonly Record<string, string>[] => {
  if (name === 'reset') return [{}, { purge: 'true' }]
  if (phases.some((phase) => phase.name === name)) return [{}]
  return kindsOf(cluster).map((node) => ({ target: node.name }))
}

/** Every about, title, why, remark in commands and last word of every phase, each text once. */
export async function everyText(): Promise<readonly Shown[]> {
  const shown = new Map<string, string>()
  for (const { phase, input } of await everyLesson())
    for (const text of await textsOf(phase, input))
      if (!shown.has(text))
        shown.set(text, `${phase.name} on ${input.node} of ${input.cluster.name}`)
  return [...shown].map(([text, from]) => ({ text, from }))
}

async function textsOf(phase: PhaseScript, input: PhaseInput): Promise<readonly string[]> {
  const context = contextOf(input)
  const steps = phase.steps(context)
  const commands = await Promise.all(steps.map(byHandInFull))
  const handed = phase.givesByHand ? [await phase.givesByHand(context)] : []
  return [
    ...[titleOf(phase), phase.about],
    ...steps.flatMap(({ title, why }) => [title, why]),
    ...[...commands, ...handed].flatMap(remarksIn),
    // Indented is a command, the same in every language.
    ...(phase.afterwards?.(context) ?? []).filter((line) => !line.startsWith(' ')),
  ]
}
