import type { ClusterNode } from '../lib/cluster.ts'
import { endpointSilent } from '../lib/endpoint-silent.ts'
import { endpointOf } from '../lib/render/kubeadm-config.ts'
import { callWith, throughStdin } from './as-root.ts'
import { withPatience } from './patience.ts'
import type { Session } from './session.ts'

/**
 * Each of these nodes asks the endpoint until it answered three times in a row: a balancer that
 * sends some of them to a control plane that is not ready would fail the next join.
 *
 * @throws KubestrapError KS-ENDPOINT-SILENT naming the nodes that got no answer
 */
export async function endpointAnswers(
  { cluster, ssh, bundles }: Session,
  nodes: readonly ClusterNode[],
): Promise<void> {
  const stdin = callWith(bundles.read('endpoint.sh'), [endpointOf(cluster)])
  const answers = await Promise.all(
    nodes.map(async (node) => {
      // Which nodes hear nothing is the question; a connection that broke meanwhile is no answer.
      const asked = await withPatience(ssh, node, async () => {
        const { stdout, lost } = await ssh.exec(node, throughStdin, { stdin, limit: 300_000 })
        const answer = /^endpoint=(\w*)$/m.exec(stdout)?.[1]
        return answer ?? (lost ? undefined : 'no answer')
      })
      if ('given' in asked) return { node: node.name, answer: asked.given }
      return {
        node: node.name,
        answer: `it could not be asked: ${asked.away?.what ?? 'no answer'}`,
      }
    }),
  )
  const silent = answers.filter(({ answer }) => answer !== 'ready')
  if (silent.length === 0) return
  throw endpointSilent(
    cluster,
    silent.map(({ node, answer }) => `from ${node}: ${answer}`),
  )
}
