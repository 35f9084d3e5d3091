import type { ClusterView } from '../observed.ts'
import type { Finding } from './findings.ts'

/** What is told of one node. */
export interface DiagnosedNode {
  readonly name: string
  readonly role: string
  readonly address: string
  /** Why nothing could be asked there. */
  readonly unreachable?: string
  /** The script was cut off before its end. */
  readonly cut?: boolean
  readonly findings: readonly Finding[]
}

export interface Diagnosis {
  readonly cluster: string
  readonly version: string
  /** Of this kubestrap. */
  readonly kit: string
  readonly time: Date
  readonly nodes: readonly DiagnosedNode[]
  /** As a living control plane sees it; undefined when none answered. */
  readonly view?: ClusterView
}

/** What looks wrong with the cluster as a whole. */
export function clusterFindings({ view, nodes }: Diagnosis): readonly Finding[] {
  if (!view)
    return [
      {
        what: 'no control plane answers',
        todo: 'begin with the control planes below: kubelet, container runtime, etcd, in this order',
      },
    ]
  const names = new Set(nodes.map(({ name }) => name))
  return [
    ...view.problems.map((what) => ({ what, todo: 'see the node that it names' })),
    ...view.nodes
      .filter(({ ready, name }) => !ready && names.has(name))
      .map(({ name }) => ({
        what: `${name} is NotReady`,
        todo: `kubectl describe node ${name}: its conditions name the reason`,
      })),
    ...(view.pods ?? []).map(({ namespace, name, node, problem }) => ({
      what: `pod ${namespace}/${name} on ${node || 'no node'}: ${problem}`,
      todo: `kubectl --namespace ${namespace} describe pod ${name}`,
    })),
  ]
}

/** Lines of what looks wrong, cluster first; empty when nothing does. */
export function wrongLines(diagnosis: Diagnosis): readonly string[] {
  const ofNode = (node: DiagnosedNode): readonly Finding[] => [
    ...(node.unreachable === undefined
      ? []
      : [
          {
            what: `not reachable: ${node.unreachable}`,
            todo: 'is it up? its console, then ssh by hand',
          },
        ]),
    ...(node.cut
      ? [{ what: 'did not answer everything in time', todo: 'it is overloaded, or a disk hangs' }]
      : []),
    ...node.findings,
  ]
  const line = (who: string) => (finding: Finding) =>
    `${who}: ${finding.what}. Next: ${finding.todo}`
  return [
    ...clusterFindings(diagnosis).map(line('cluster')),
    ...diagnosis.nodes.flatMap((node) => ofNode(node).map(line(node.name))),
  ]
}

/** README.md of the archive. */
export function firstPage(diagnosis: Diagnosis): string {
  const { cluster, version, kit, time, nodes } = diagnosis
  const wrong = wrongLines(diagnosis)
  const rows = nodes.map(
    ({ name, role, address, unreachable }) =>
      `| ${name} | ${role} | ${address} | ${unreachable === undefined ? `[nodes/${name}/](nodes/${name}/)` : 'not reachable'} |`,
  )
  return `# ${cluster}: what was found

${time.toISOString()}, kubestrap ${kit}, cluster file for Kubernetes ${version}.

## What looks wrong

${wrong.length === 0 ? 'Nothing that kubestrap knows to look for.' : wrong.map((text) => `- ${text}`).join('\n')}

## Nodes

| node | role | address | |
|---|---|---|---|
${rows.join('\n')}

## What is in here

- \`cluster.yaml\`: the cluster file. \`status.json\`: the cluster as a control plane sees it, if one answers.
- \`nodes/NAME/*.txt\`: one file for each thing that was looked at; the last line of one that failed is its exit code.

Private keys, tokens, passwords and certificate keys were taken out, on the computer that asked. Names, addresses, versions and logs were not: give it to people who may know them.
`
}
