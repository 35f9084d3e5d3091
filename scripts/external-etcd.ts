import type { ClusterNode } from '../lib/cluster.ts'
import {
  anyKeyAnswer,
  anyKeyQuestion,
  type ExternalEtcdSeen,
  judgeExternalEtcd,
} from '../lib/external-etcd.ts'
import { plainLine } from '../lib/text.ts'
import { callWith, throughStdin } from './as-root.ts'
import type { Session } from './session.ts'

/**
 * Before a cluster is begun every control plane asks the external etcd, Node.js or not: whether
 * every member answers to the client certificate, and that it holds no cluster yet.
 *
 * @param halfBegun an init of ours left its own data there
 * @throws KubestrapError KS-ETCD-EXTERNAL, KS-ETCD-NOT-EMPTY
 */
export async function externalEtcdUsable(
  session: Session,
  nodes: readonly ClusterNode[],
  halfBegun: boolean,
): Promise<void> {
  const { cluster, etcdClient } = session
  const { external } = cluster.etcd
  if (!external || !etcdClient) return
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const { ca, certificate, key } = etcdClient
  const values = [external.endpoints.join(' '), JSON.stringify(anyKeyQuestion(cluster))]
  const stdin = callWith(session.bundles.read('external-etcd.sh'), [
    ...values,
    ...[ca, certificate, key].map(base64),
  ])
  const seen = await Promise.all(
    nodes.map(async (node) => {
      const { stdout } = await session.ssh.exec(node, throughStdin, { stdin, limit: 60_000 })
      const { data, ...one } = readAnswers(node.name, external.endpoints, stdout)
      return halfBegun || !data ? one : { ...one, data }
    }),
  )
  for (const line of judgeExternalEtcd(cluster, seen)) session.print(`warning: ${line}`)
}

/** Reads the lines of external-etcd.sh; an endpoint that is not in them did not answer. */
export function readAnswers(
  node: string,
  endpoints: readonly string[],
  stdout: string,
): ExternalEtcdSeen {
  const lines = stdout.slice(0, 64_000).split('\n')
  const seen = endpoints.map((endpoint) => {
    const line = lines.find((one) => one.startsWith(`endpoint=${endpoint} `)) ?? ''
    const [, status = '000', said = ''] = /^endpoint=\S+ (\d{3}) ?(.*)$/.exec(line) ?? []
    const problem = plainLine(said)
      .replace(/^curl: \(\d+\) /, '')
      .trim()
    return { endpoint, status: Number(status), ...(problem ? { problem } : {}) }
  })
  const [, status, text = ''] = /^data=(\d{3}) ?(.*)$/m.exec(stdout) ?? []
  if (status === undefined) return { node, endpoints: seen }
  return { node, endpoints: seen, data: anyKeyAnswer(Number(status), parsed(text)) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
