import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { lastLines } from '../lib/text.ts'
import { type Connections, type RemoteCommand, remote } from './ssh.ts'

/** kubectl on a control plane. Its words are constant; objects come on standard input. */
const command = (words: string): RemoteCommand =>
  remote(
    `sudo -n -- /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`,
  )

export const kubectlVerbs = {
  create: command('create -f -'),
  apply: command('apply --server-side --field-manager=kubestrap -f -'),
  approve: command('certificate approve -f -'),
  get: command('get -o json -f -'),
  delete: command('delete --ignore-not-found -f -'),
  bindings: command('get clusterrolebindings,rolebindings --all-namespaces -o json'),
} as const

/**
 * Lets kubectl do one thing with these objects.
 *
 * @returns what it printed
 * @throws KubestrapError KS-KUBECTL with its own last lines
 */
export async function kubectl(
  ssh: Connections,
  node: ClusterNode,
  verb: keyof typeof kubectlVerbs,
  objects: readonly object[] = [],
): Promise<string> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  const limit = 60_000
  const { exitCode, stdout, stderr } = await ssh.exec(node, kubectlVerbs[verb], { stdin, limit })
  if (exitCode === 0) return stdout
  throw new KubestrapError({
    id: 'KS-KUBECTL',
    exit: 'unhealthy',
    what: `kubectl ${verb} did not succeed`,
    node: node.name,
    lines: lastLines(stderr, 6),
    remedy: 'kubestrap status shows how the cluster is; then run the same command again',
  })
}
