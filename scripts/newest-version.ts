import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { proxyLines } from '../lib/render/proxy.ts'
import { lastLines } from '../lib/text.ts'
import { callWith, throughStdin } from './as-root.ts'
import type { Observer } from './observe.ts'

/** The newest patch of a minor version in the package repository, as a node sees it. */
export async function newestVersion(
  { cluster, ssh, bundles }: Observer,
  node: ClusterNode,
  minor: string,
): Promise<string> {
  const baseurl = cluster.sources.kubernetes.baseurl.replaceAll('{minor}', minor)
  const proxy = proxyLines(cluster).trim().split('\n')
  const stdin = callWith(bundles.read('newest-version.sh'), [baseurl, ...proxy])
  const { stdout, stderr } = await ssh.exec(node, throughStdin, { stdin, limit: 300_000 })
  const version = /^version=(\d+\.\d+\.\d+)$/m.exec(stdout)?.[1]
  if (version?.startsWith(`${minor}.`)) return version
  throw new KubestrapError({
    id: 'KS-VERSION-UNKNOWN',
    exit: 'phaseFailed',
    what: `the newest patch of Kubernetes ${minor} could not be asked`,
    node: node.name,
    lines: lastLines(`${stdout}\n${stderr}`, 6),
    unchanged: 'nothing, on no node',
    remedy: `check that the node reaches ${baseurl}; behind a proxy set \`proxy:\` in the cluster file. An exact version in it needs no asking`,
  })
}
