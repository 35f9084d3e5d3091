import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { completion } from './completion.ts'
import { verbs } from './verbs.ts'

/** What bash offers after these words. */
function offered(...words: string[]): string[] {
  const script = `${completion('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _kubestrap; printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
    encoding: 'utf8',
  })
  return said.split('\n').filter(Boolean)
}

test('bash reads it', () => {
  execFileSync('bash', ['-n'], { input: completion('bash') ?? '' })
})

test('bash offers the verbs, then the flags of the verb', () => {
  assert.deepEqual(offered('kubestrap', '').sort(), verbs.map(({ name }) => name).sort())
  assert.deepEqual(offered('kubestrap', 'pl'), ['plan'])
  assert.deepEqual(offered('kubestrap', 'plan', '--off'), ['--offline'])
  assert.deepEqual(offered('kubestrap', 'status', '--pu'), [])
})

test('zsh has the same, after bashcompinit', () => {
  assert.ok(completion('zsh')?.endsWith(completion('bash') ?? '-'))
  assert.match(completion('zsh') ?? '', /^autoload .*bashcompinit/)
})

test('fish has every verb and flag, and its quotes are closed', () => {
  const text = completion('fish') ?? ''
  for (const { name, flags } of verbs) {
    assert.match(text, new RegExp(`-a ${name} -d '`))
    for (const flag of flags) assert.match(text, new RegExp(`from ${name}' -l ${flag}$`, 'm'))
  }
  for (const line of text.split('\n'))
    assert.equal((line.replaceAll("\\'", '').split("'").length - 1) % 2, 0, line)
})

test('another shell is not known', () => assert.equal(completion('cmd'), undefined))
