import { existsSync, readFileSync } from 'node:fs'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { type ClusterAccess, mergeKubeconfig, readAccess } from '../lib/kubeconfig.ts'
import { writePrivate } from './local-state.ts'
import type { Session } from './session.ts'
import { remote } from './ssh.ts'

/**
 * Puts the administrator's kubeconfig into a file of its own, readable for its owner only. It is
 * written anew from what it tells, with kubeadm's names: see {@link readAccess}.
 *
 * @returns the file's path
 */
export async function fetchKubeconfig(
  session: Session,
  node: ClusterNode,
  path: string,
): Promise<string> {
  const { name } = session.cluster
  const user = 'kubernetes-admin'
  const names = { cluster: name, user, context: `${user}@${name}` }
  const { text } = mergeKubeconfig(undefined, await adminAccess(session, node), names)
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writePrivate(path, text)
  return path
}

/** What the administrator's kubeconfig tells. @throws KubestrapError KS-NO-KUBECONFIG */
export async function adminAccess({ ssh }: Session, node: ClusterNode): Promise<ClusterAccess> {
  const { stdout } = await ssh.exec(node, remote('sudo -n -- /bin/cat /etc/kubernetes/admin.conf'))
  const access = readAccess(stdout.slice(Math.max(0, stdout.search(/^apiVersion:/m))))
  if (!access) throw noKubeconfig(node)
  return access
}

function noKubeconfig(node: ClusterNode): KubestrapError {
  return new KubestrapError({
    id: 'KS-NO-KUBECONFIG',
    exit: 'unhealthy',
    what: 'there is no administrator kubeconfig on this control plane',
    node: node.name,
    remedy: 'kubestrap status shows which control planes live',
  })
}
