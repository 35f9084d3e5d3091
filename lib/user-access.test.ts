import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { type AskedUser, grantsOf, newUser, roleObjects, userProblems } from './user-access.ts'

const asked = (more: Partial<AskedUser>): AskedUser => ({
  name: 'ana',
  groups: ['students'],
  days: undefined,
  role: undefined,
  namespace: undefined,
  ...more,
})

test('an ordinary user', () => {
  deepEqual(userProblems(asked({})), [])
  deepEqual(newUser(asked({ days: '7', role: 'edit', namespace: 'ana' })), {
    name: 'ana',
    groups: ['students'],
    days: 7,
    role: 'edit',
    namespace: 'ana',
  })
  equal(newUser(asked({})).days, 30)
})

test("names and groups of Kubernetes' own are refused", () => {
  for (const name of ['system:admin', 'kubernetes-admin', 'system:node:k-worker-1'])
    match(userProblems(asked({ name })).join(), /own and is never given away/, name)
  for (const group of ['system:masters', 'kubeadm:cluster-admins'])
    match(userProblems(asked({ groups: [group] })).join(), /^--group .* never given away/, group)
})

test('everything wrong is told at once', () => {
  const wrong = asked({ name: 'a b', groups: ['x/y'], days: '0', role: 'edti', namespace: 'A_' })
  equal(userProblems(wrong).length, 5)
  match(userProblems(wrong).join(), /did you mean edit\?/)
  for (const days of ['366', '1e2', '-1', '1.5'])
    equal(userProblems(asked({ days })).length, 1, days)
  match(userProblems(asked({ namespace: 'ana' })).join(), /give --role/)
  match(userProblems(asked({ name: undefined })).join(), /wanted the name/)
})

test('a role in a namespace, everywhere, or none', () => {
  const kinds = (more: Partial<AskedUser>) =>
    roleObjects(newUser(asked(more))).map((one) => (one as { kind: string }).kind)
  deepEqual(kinds({ role: 'view', namespace: 'ana' }), ['Namespace', 'RoleBinding'])
  deepEqual(kinds({ role: 'view' }), ['ClusterRoleBinding'])
  deepEqual(kinds({}), [])
})

test('grants by name and by group, nobody else’s', () => {
  const binding = (name: string, kind: string, subject: string, namespace?: string) => ({
    metadata: { name, ...(namespace ? { namespace } : {}) },
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind, name: subject }],
  })
  const items = [
    binding('edit', 'User', 'ana', 'ana'),
    binding('view', 'Group', 'students'),
    binding('admin', 'User', 'students'),
    binding('cluster-admin', 'Group', 'ana'),
    { metadata: { name: 'empty' }, roleRef: { kind: 'ClusterRole', name: 'x' } },
  ]
  deepEqual(grantsOf({ items }, newUser(asked({}))), [
    'edit in namespace ana',
    'view everywhere, through group students',
  ])
})
