import { equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { problems } from './test-files.ts'

const cases: readonly (readonly [string, string, RegExp])[] = [
  ['an empty file', '', /^cluster.yaml:1:1 {2}found nothing/],
  ['only a comment', '# nothing\n', /found nothing/],
  ['a list', '- a\n', /found a list/],
  ['a text', 'hello\n', /found "hello"/],
  [
    'a second colon',
    'a: b: c\n',
    /^cluster.yaml:1:4 {2}this is no YAML: .*\n {2}1 \| a: b: c\n {4}\| {4}\^/,
  ],
  ['an open bracket', 'a: [1\n', /this is no YAML/],
  ['a tab', 'a:\n\tb: 1\n', /this is no YAML/],
  ['two documents', 'a: 1\n---\nb: 2\n', /^cluster.yaml:2:1 {2}a second document begins here/],
  ['an alias', 'a: &x 1\nname: *x\n', /^cluster.yaml:2:7 {2}found the alias "\*x"/],
  ['a list as key', '? [a]\n: b\n', /found a key that is no text/],
  ['no key', ': b\n', /found a key that is no text/],
  ['an unknown tag', 'a: !run b\n', /Unresolved tag/],
  [
    'a repeated key',
    'name: a\nname: b\n',
    /cluster.yaml:2:1 {2}the key "name" is already on line 1/,
  ],
  ['a merge key', '<<: { name: a }\n', /unknown key "<<"/],
  ['endless nesting', `a: ${'['.repeat(100_000)}`, /cluster.yaml:1:/],
  ['a huge file', 'a'.repeat(300_000), /longer than 256000 characters/],
]

for (const [title, text, wanted] of cases) {
  test(`${title} is refused`, async () => match(await problems(text), wanted))
}

test('entities that multiply are no danger', async () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map((pair) => [
    ...pair,
  ])) {
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  const begin = Date.now()
  match(await problems(lines.join('\n')), /found the alias "\*a"/)
  ok(Date.now() - begin < 2000)
})

test('Windows line ends and a byte order mark are read as ever', async () => {
  const text = '\ufeffname: home\r\nendpoint: 10.9.9.9\r\nnodes:\r\n  - nam: x\r\n'
  match(
    await problems(text),
    /cluster.yaml:4:5 {2}unknown key "nam"\n {2}4 \| {3}- nam: x\n {4}\| {5}\^\^\^/,
  )
})

test('YAML 1.1 does not turn "yes" into true', async () => {
  const text = await problems('%YAML 1.1\n---\nname: yes\n')
  equal(text.includes('name: found'), false, text)
})

test('nothing invisible reaches the terminal', async () => {
  const text = await problems('name: "\\u001b[2J\u202egnp"\nk\u200bey: 1\nendpoint: "\u009b31m"\n')
  for (const character of ['\u001b', '\u202e', '\u200b', '\u009b']) {
    equal(text.includes(character), false, JSON.stringify(character))
  }
})
