import type { Cluster } from '../../lib/cluster.ts'
import { exampleCluster } from '../../lib/example-cluster.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { byHand } from './converge.ts'
import { titleOf } from './perform.ts'
import { contextOf, type PhaseScript } from './phase-script.ts'

/** The phase as a lesson, in Markdown: each step with its reason and the commands by hand. */
export function explain(phase: PhaseScript, input: PhaseInput): string {
  const steps = phase.steps(contextOf(input))
  const chapters = steps.map(({ title, why, ...step }, index) => {
    const commands = byHand({ title, why, ...step })
    const block = commands === '' ? '' : `\n\n\`\`\`sh\n${commands}\n\`\`\``
    return `## ${index + 1}. ${title}\n\n${why}${block}\n`
  })
  return [`# ${phase.name}: ${titleOf(phase)}`, '', phase.about, '', ...chapters].join('\n')
}

/** The example that lessons are told with: it needs neither a file nor a machine. */
export function explainInput(): PhaseInput {
  const cluster: Cluster = exampleCluster()
  const [first] = cluster.nodes
  return {
    cluster,
    node: first?.name ?? '',
    observed: {
      kubernetesVersion: '1.36.3',
      nodes: cluster.nodes.map((node, index) => ({
        name: node.name,
        address: node.address,
        podCIDR: `10.244.${index}.0/24`,
        ready: true,
        controlPlane: node.role === 'control-plane',
        kubeletVersion: '1.36.3',
      })),
    },
    options: { target: cluster.nodes.at(-1)?.name ?? '', for: 'control-plane' },
  }
}
