import { deepEqual, doesNotMatch, equal, match, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { mergeKubeconfig, readAccess } from './kubeconfig.ts'

const access = {
  server: 'https://10.0.0.10:6443',
  ca: 'Y2E=',
  certificate: 'Y2VydA==',
  key: 'a2V5',
}
const names = { cluster: 'seed', user: 'seed-admin', context: 'seed' }

test('into no file, and read again', () => {
  const { text, replaced, changed, current } = mergeKubeconfig(undefined, access, names)
  deepEqual(readAccess(text), access)
  deepEqual({ replaced, changed, current }, { replaced: [], changed: true, current: 'seed' })
  equal(mergeKubeconfig(text, access, names).changed, false)
})

const other = `# my clusters
apiVersion: v1
kind: Config
current-context: work
clusters:
  - name: work # the good one
    cluster: { server: https://work:6443 }
contexts:
  - name: work
    context: { user: me, cluster: work }
users:
  - name: me
    user: { token: abc }
`

test('what others wrote stays, comments and context in use too', () => {
  const { text, replaced, current } = mergeKubeconfig(other, access, names)
  deepEqual(replaced, [])
  equal(current, 'work')
  match(text, /^# my clusters\n/)
  match(text, /name: work # the good one/)
  const { clusters, users, contexts } = parse(text)
  deepEqual(
    [clusters, users, contexts].map((list) => list.length),
    [2, 2, 2],
  )
  deepEqual(users[0], { name: 'me', user: { token: 'abc' } })
})

test('what has the same name is named, each part by itself', () => {
  const before = mergeKubeconfig(other, access, names).text
  const renewed = mergeKubeconfig(before, { ...access, key: 'bmV3' }, names)
  deepEqual(renewed.replaced, ['the user seed-admin'])
  ok(renewed.changed)
  const moved = { ...names, cluster: 'work', context: 'work' }
  deepEqual(mergeKubeconfig(other, access, moved).replaced, [
    'the cluster work',
    'the context work',
  ])
})

test('lists that are null, as kubectl leaves them, are lists', () => {
  const { text } = mergeKubeconfig('clusters: null\nusers: []\ncontexts:\n', access, names)
  deepEqual(readAccess(text), access)
})

test('what is no kubeconfig is not touched', () => {
  throws(() => mergeKubeconfig('- a\n', access, names), /no kubeconfig/)
  throws(() => mergeKubeconfig('a: [\n', access, names))
  equal(readAccess('clusters: []'), undefined)
})

// Written down as it came, kubectl would run the program on the admin's computer.
test('of what a node hands over no program, file or other server is taken', () => {
  const own = mergeKubeconfig(undefined, access, names).text
  const exec = '{ apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, id] }'
  const more = own.replace('client-key-data:', `exec: ${exec}\n      client-key-data:`)
  ok(parse(more).users[0].user.exec, more)
  const taken = readAccess(more)
  ok(taken)
  doesNotMatch(mergeKubeconfig(undefined, taken, names).text, /exec|command/)
  for (const hostile of ['https://a/$(id)', 'http://a', 'https://a b', 'file:///x', '-x'])
    equal(readAccess(own.replace(access.server, hostile)), undefined, hostile)
  equal(readAccess(own.replace(access.key, '"a\\u001b[2J"')), undefined)
  equal(readAccess('a: [\n\u001b'), undefined)
})
