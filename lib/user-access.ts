import { loose } from './cluster/loose.ts'
import { closest } from './suggest.ts'

/** A user of the cluster who is about to get a client certificate. */
export interface NewUser {
  readonly name: string
  readonly groups: readonly string[]
  /** Of the certificate. */
  readonly days: number
  readonly role?: string
  readonly namespace?: string
}

export const userRoles = ['view', 'edit', 'admin'] as const

/** What was asked for, as texts of a command line. */
export interface AskedUser {
  readonly name: string | undefined
  readonly groups: readonly string[]
  readonly days: string | undefined
  readonly role: string | undefined
  readonly namespace: string | undefined
}

const userForm = /^[A-Za-z0-9][A-Za-z0-9@._-]{0,62}$/
const groupForm = /^[A-Za-z0-9][A-Za-z0-9@._:-]{0,62}$/
/** RFC 1123 label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const namespaceForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

// Kubernetes' own (system:masters passes every check and cannot be taken back), and kubeadm's.
const isReserved = (name: string) => /^(?:system|kubeadm):/.test(name)
const reservedUsers = ['kubernetes-admin', 'kubernetes-super-admin']

/** Everything that is wrong with it at once; empty when it is in order. */
export function userProblems({ name = '', groups, days, role, namespace }: AskedUser): string[] {
  const reserved = (one: string) => `${one} is Kubernetes' own and is never given away`
  const nearRole = closest(role ?? '', userRoles)
  const wrongGroups = groups.filter((group) => !isReserved(group) && !groupForm.test(group))
  return [
    ...(isReserved(name) || reservedUsers.includes(name) ? [reserved(name)] : []),
    ...(isReserved(name) || userForm.test(name)
      ? []
      : ['wanted the name of the user: letters, digits, "@", ".", "_", "-", at most 63']),
    ...groups.filter(isReserved).map((group) => `--group ${reserved(group)}`),
    ...wrongGroups.map((group) => `--group ${JSON.stringify(group)} is no name of a group`),
    ...(daysOf(days) === undefined ? ['--days: wanted a whole number from 1 to 365'] : []),
    ...(role === undefined || (userRoles as readonly string[]).includes(role)
      ? []
      : [
          `--role ${role}: wanted view, edit or admin${nearRole ? `; did you mean ${nearRole}?` : ''}`,
        ]),
    ...(namespace === undefined || namespaceForm.test(namespace)
      ? []
      : ['--namespace: wanted lower-case letters, digits and "-", at most 63']),
    ...(namespace !== undefined && role === undefined
      ? ['--namespace says where a role counts: give --role view, edit or admin as well']
      : []),
  ]
}

/** A month, so that what cannot be revoked ends by itself. */
const daysOf = (text = '30') => {
  const days = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0
  return days >= 1 && days <= 365 ? days : undefined
}

/** The user as asked for, where {@link userProblems} found none. */
export function newUser({ name = '', groups, days, role, namespace }: AskedUser): NewUser {
  return {
    name,
    groups,
    days: daysOf(days) ?? 0,
    ...(role === undefined ? {} : { role }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers */
export const clientSigner = 'kubernetes.io/kube-apiserver-client'

/** The object that asks the cluster for a certificate. */
export function signingRequest({ days }: NewUser, objectName: string, request: string): object {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: objectName },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: clientSigner,
      expirationSeconds: days * 86_400,
      usages: ['client auth'],
    },
  }
}

/** What binds the role to the user, with the namespace it counts in; empty without a role. */
export function roleObjects({ name, role, namespace }: NewUser): readonly object[] {
  if (role === undefined) return []
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const binding = {
    apiVersion,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {
      name: `kubestrap:${name}:${role}`,
      ...(namespace === undefined ? {} : { namespace }),
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
  }
  if (namespace === undefined) return [binding]
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, binding]
}

/** RoleBindings and ClusterRoleBindings, as far as they are read here. */
export interface Binding {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly roleRef: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[]
}

/**
 * What bindings give the user, by name or by group: `edit in namespace ana`. What every signed-in
 * user may (looking at itself and at the API's paths) is left out.
 */
export function grantsOf(bindings: unknown, { name, groups }: NewUser): readonly string[] {
  const items = (loose(bindings).items ?? []) as readonly Binding[]
  const isMeant = ({ kind, name: subject }: { readonly kind: string; readonly name: string }) =>
    (kind === 'User' && subject === name) || (kind === 'Group' && groups.includes(subject))
  return items.flatMap(({ metadata, roleRef, subjects = [] }) =>
    subjects.filter(isMeant).map(({ kind, name: subject }) => {
      const where = metadata.namespace ? `in namespace ${metadata.namespace}` : 'everywhere'
      const through = kind === 'Group' ? `, through group ${subject}` : ''
      return `${roleRef.name} ${where}${through}`
    }),
  )
}
