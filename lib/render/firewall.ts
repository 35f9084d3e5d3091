import type { Cluster, ClusterNode } from '../cluster.ts'
import { type Opening, openingName, openings } from '../firewall.ts'
import { parseAddress } from '../networks.ts'

/** Names in firewalld; a policy's is at most 17 characters (man firewalld.policy). */
export const hostPolicy = 'kubestrap-host'
export const podPolicy = 'kubestrap-pods'
export const nodeSet = 'kubestrap-nodes'

export interface FirewallFile {
  readonly path: string
  readonly content: string
}

/** What a running firewalld must hold; texts as `firewall-cmd` prints them. */
export interface LivingFirewall {
  /** Of the policy for the node itself: `6443/tcp`. */
  readonly ports: readonly string[]
  readonly rules: readonly string[]
  /** Rules of the policy for packets to pods. */
  readonly podRules: readonly string[]
  readonly nodes: readonly string[]
}

type Family = 'ipv4' | 'ipv6'

const familyOf = ({ nodes }: Cluster): Family =>
  parseAddress(nodes[0]?.address ?? '')?.family === 6 ? 'ipv6' : 'ipv4'

/**
 * Files of firewalld for a node. Policies, not ports of a zone: they hold whatever zone an interface
 * is in, and what else somebody opened there stays as it is (man firewalld.policies).
 */
export function firewallFiles(cluster: Cluster, node: ClusterNode): readonly FirewallFile[] {
  const folder = '/etc/firewalld'
  return [
    { path: `${folder}/ipsets/${nodeSet}.xml`, content: nodesXml(cluster) },
    { path: `${folder}/policies/${hostPolicy}.xml`, content: hostXml(cluster, node) },
    { path: `${folder}/policies/${podPolicy}.xml`, content: podXml(cluster) },
  ]
}

/** The same as the files say, for comparing with the living firewall. */
export function livingFirewall(cluster: Cluster, node: ClusterNode): LivingFirewall {
  const { anybody, nodes } = openings(cluster, node)
  const from = `rule family="${familyOf(cluster)}" source ipset="${nodeSet}"`
  return {
    ports: anybody.map(openingName),
    rules: nodes.map((one) => `${from} ${richElement(one)} accept`),
    podRules: [`${from} accept`],
    nodes: cluster.nodes.map(({ address }) => address),
  }
}

const richElement = (one: Opening) =>
  'port' in one
    ? `port port="${one.port}" protocol="${one.protocol}"`
    : `protocol value="${one.protocol}"`

const head =
  '<?xml version="1.0" encoding="utf-8"?>\n<!-- Written by kubestrap, phase prerequisites. -->'

const nodesXml = (cluster: Cluster) => `${head}
<ipset type="hash:ip">
  <short>Nodes of the cluster ${cluster.name}</short>
  <option name="family" value="${familyOf(cluster) === 'ipv4' ? 'inet' : 'inet6'}"/>
${cluster.nodes.map(({ name, address }) => `  <entry>${address}</entry> <!-- ${name} -->`).join('\n')}
</ipset>
`

/** Negative priority: before the rules of the zones (man firewalld.policies). */
const policy = (short: string, egress: string, body: readonly string[]) => `${head}
<policy target="CONTINUE" priority="-1">
  <short>${short}</short>
  <ingress-zone name="ANY"/>
  <egress-zone name="${egress}"/>
${body.join('\n')}
</policy>
`

function hostXml(cluster: Cluster, node: ClusterNode): string {
  const { anybody, nodes } = openings(cluster, node)
  return policy(`Kubernetes ${node.role}: what this node answers`, 'HOST', [
    ...anybody.flatMap((one) => [`  <!-- ${one.what} -->`, `  <${richElement(one)}/>`]),
    ...nodes.flatMap((one) => [
      `  <!-- ${one.what}; nodes only -->`,
      ...fromNodes(cluster, `<${richElement(one)}/>`),
    ]),
  ])
}

/** A control plane calls webhooks and metrics in pods, a NodePort leads to pods of other nodes. */
const podXml = (cluster: Cluster) =>
  policy('Kubernetes: from the nodes to the pods', 'trusted', fromNodes(cluster))

const fromNodes = (cluster: Cluster, what?: string) => [
  `  <rule family="${familyOf(cluster)}">`,
  `    <source ipset="${nodeSet}"/>`,
  ...(what === undefined ? [] : [`    ${what}`]),
  '    <accept/>',
  '  </rule>',
]
