import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode } from '../../lib/cluster.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { type ClusterAccess, mergeKubeconfig } from '../../lib/kubeconfig.ts'
import { newClientRequest } from '../../lib/new-certificate-request.ts'
import { plainLine } from '../../lib/text.ts'
import {
  grantsOf,
  type NewUser,
  newUser,
  roleObjects,
  signingRequest,
  userProblems,
} from '../../lib/user-access.ts'
import { type Options, usage } from '../arguments.ts'
import { adminAccess } from '../kubeconfig-file.ts'
import { kubectl } from '../kubectl.ts'
import { fileExists, writePrivate } from '../local-state.ts'
import { type Session, withSession } from '../session.ts'
import { meetSteward } from '../steward.ts'

/**
 * Makes a kubeconfig for another person: a key that never leaves this computer, and a certificate
 * that the cluster signs for it.
 */
export async function kubeconfigUser(options: Options): Promise<number> {
  const asked = { ...options.access, name: options.words[1] }
  const problems = userProblems(asked)
  if (options.words.length > 2) problems.push('one user at a time')
  if (problems.length > 0)
    throw usage(problems, 'kubestrap kubeconfig user ana --group students --days 30')
  const user = newUser(asked)
  return withSession(options, async (session) => {
    const { cluster, state } = session
    const path = resolve(options.out ?? join(state.folder, 'users', `${user.name}.kubeconfig`))
    if (existsSync(path) && !options.force) throw fileExists(path)
    const { node } = await meetSteward(session)
    const admin = await adminAccess(session, node)
    const { key, request } = newClientRequest(user.name, user.groups)
    const certificate = await signed(session, node, user, request)
    const roles = roleObjects(user)
    if (roles.length > 0) await kubectl(session.ssh, node, 'apply', roles)
    const access = { server: admin.server, ca: admin.ca, certificate, key: base64(key) }
    writePrivate(path, userFile(access, user, cluster.name))
    const bindings = JSON.parse(await kubectl(session.ssh, node, 'bindings'))
    for (const line of told(user, path, certificate, grantsOf(bindings, user)))
      session.print(plainLine(line))
    return exitCodes.ok
  })
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

function userFile(access: ClusterAccess, { name, namespace }: NewUser, cluster: string): string {
  const place = namespace === undefined ? {} : { namespace }
  const names = { cluster, user: name, context: `${name}@${cluster}`, ...place }
  return mergeKubeconfig(undefined, access, names).text
}

/** @returns the certificate, PEM in base64; the request does not stay in the cluster */
async function signed(
  { ssh }: Session,
  node: ClusterNode,
  user: NewUser,
  request: string,
): Promise<string> {
  const object = signingRequest(user, objectName(user), request)
  await kubectl(ssh, node, 'create', [object])
  try {
    await kubectl(ssh, node, 'approve', [object])
    for (let attempt = 0; attempt < 20; attempt++) {
      const { items } = JSON.parse(await kubectl(ssh, node, 'get', [object]))
      const { certificate } = items?.[0]?.status ?? {}
      if (typeof certificate === 'string') return certificate
      await sleep(500)
    }
  } finally {
    await kubectl(ssh, node, 'delete', [object])
  }
  throw new KubestrapError({
    id: 'KS-NOT-SIGNED',
    exit: 'timeout',
    what: `the cluster did not sign the certificate of ${user.name} within 10 seconds`,
    node: node.name,
    remedy:
      'kube-controller-manager signs: kubectl -n kube-system get pods -l component=kube-controller-manager; then run the same command again',
  })
}

/** Names of objects are lower case; the time keeps apart what is asked for twice. */
const objectName = ({ name }: NewUser) =>
  `kubestrap-user-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${Date.now().toString(36)}`

function told(
  { name, groups }: NewUser,
  path: string,
  certificate: string,
  grants: readonly string[],
): string[] {
  const { validTo } = new X509Certificate(Buffer.from(certificate, 'base64'))
  const until = new Date(validTo).toISOString().slice(0, 10)
  const member = groups.length === 0 ? 'in no group' : `in ${groups.join(', ')}`
  const nothing = `nothing yet: kubectl create rolebinding ... --clusterrole=view --user=${name}`
  return [
    path,
    `user ${name}, ${member}, until ${until}`,
    ...(grants.length === 0 ? [`may do ${nothing}`] : grants.map((grant) => `may: ${grant}`)),
    'A client certificate cannot be revoked: delete its bindings to lock somebody out.',
  ]
}
