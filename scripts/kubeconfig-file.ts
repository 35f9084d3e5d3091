import { existsSync, readFileSync } from 'node:fs'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { writePrivate } from './local-state.ts'
import type { Session } from './session.ts'
import { remote } from './ssh.ts'

/**
 * Copies the administrator's kubeconfig into a file of its own, readable for its owner only.
 *
 * @returns the file's path
 */
export async function fetchKubeconfig(
  { ssh }: Session,
  node: ClusterNode,
  path: string,
): Promise<string> {
  const { stdout } = await ssh.exec(node, remote('sudo -n -- /bin/cat /etc/kubernetes/admin.conf'))
  if (!/^kind: Config$/m.test(stdout)) {
    throw new KubestrapError({
      id: 'KS-NO-KUBECONFIG',
      exit: 'unhealthy',
      what: 'there is no administrator kubeconfig on this control plane',
      node: node.name,
      remedy: 'kubestrap status shows which control planes live',
    })
  }
  const text = stdout.slice(stdout.search(/^apiVersion:/m))
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writePrivate(path, text)
  return path
}
