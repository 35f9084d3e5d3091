import { existsSync, readFileSync } from 'node:fs'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { type ClusterAccess, readAccess } from '../lib/kubeconfig.ts'
import { writePrivate } from './local-state.ts'
import type { Session } from './session.ts'
import { remote } from './ssh.ts'

/**
 * Copies the administrator's kubeconfig into a file of its own, readable for its owner only.
 *
 * @returns the file's path
 */
export async function fetchKubeconfig(
  session: Session,
  node: ClusterNode,
  path: string,
): Promise<string> {
  const text = await adminText(session, node)
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writePrivate(path, text)
  return path
}

/** What the administrator's kubeconfig tells. @throws KubestrapError KS-NO-KUBECONFIG */
export async function adminAccess(session: Session, node: ClusterNode): Promise<ClusterAccess> {
  const access = readAccess(await adminText(session, node))
  if (!access) throw noKubeconfig(node)
  return access
}

async function adminText({ ssh }: Session, node: ClusterNode): Promise<string> {
  const { stdout } = await ssh.exec(node, remote('sudo -n -- /bin/cat /etc/kubernetes/admin.conf'))
  if (!/^kind: Config$/m.test(stdout)) throw noKubeconfig(node)
  return stdout.slice(stdout.search(/^apiVersion:/m))
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
