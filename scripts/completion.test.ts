import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { phases } from '../lib/phases.ts'
import { completion, shells } from './completion.ts'
import { verbs } from './verbs.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-completion-'))
after(() => rmSync(folder, { recursive: true }))

/** Stands for kubestrap where a completion asks for nodes: tells the file it was asked with, too. */
const program = join(folder, 'kubestrap')
writeFileSync(program, '#!/bin/sh\necho k-master-1\necho k-worker-1\necho "$4" | tr / .\n')
chmodSync(program, 0o755)
for (const shell of shells) writeFileSync(join(folder, shell), completion(shell) ?? '')

const missing = (shell: string) =>
  spawnSync(shell, ['--version']).error
    ? `there is no ${shell} here: apt-get install ${shell}`
    : false

const lines = (text: string) => text.split('\n').filter(Boolean)

/** What bash offers for the last word. */
function inBash(...words: string[]): string[] {
  const script = `source "$0"; shift 0; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _kubestrap 2> /dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`
  const argv = ['--norc', '-c', script, join(folder, 'bash'), program, ...words]
  return lines(execFileSync('bash', argv, { encoding: 'utf8' }))
}

/** The same in fish, which has a command for it. */
function inFish(...words: string[]): string[] {
  const line = ['kubestrap', ...words].join(' ')
  const script = `source ${join(folder, 'fish')}; complete -C '${line}'`
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder }
  const said = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', env })
  return lines(said).map((one) => one.split('\t')[0] ?? '')
}

/**
 * The same in zsh. Its completion needs a terminal and a keyboard: here zsh runs our function, and
 * in place of its own helpers some that print what they are given.
 */
function inZsh(...words: string[]): string[] {
  const script = `
compdef() { : }
compadd() { if [[ $1 == -a ]]; then print -rl -- \${(P)2}; else shift; print -rl -- "$@"; fi }
_sequence() { "$@" }
_describe() { print -rl -- "\${\${(@P)@[-1]}[@]%%:*}" }
_files() { : }; _message() { : }
source ${join(folder, 'zsh')}
words=(${program} "$@"); CURRENT=$#words
_kubestrap`
  const argv = ['-f', '-c', script, 'zsh', ...words]
  const last = words.at(-1)?.split(',').at(-1) ?? ''
  const said = execFileSync('zsh', argv, { encoding: 'utf8', timeout: 60_000 })
  return lines(said).filter((one) => one.startsWith(last))
}

const names = verbs.map(({ name }) => name).sort()

for (const [shell, offered] of [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
] as const) {
  const skip = missing(shell)
  const has = (what: readonly string[], ...words: string[]) => {
    const found = offered(...words)
    for (const one of what) assert.ok(found.includes(one), `${words.join(' ')}: ${found.join(' ')}`)
    return found
  }

  test(`${shell} offers the verbs, then the flags of the verb`, { skip }, () => {
    has(names, '')
    assert.deepEqual(offered('pla'), ['plan'])
    has(['--offline'], 'plan', '--off')
    assert.equal(offered('status', '--pu').includes('--purge'), false)
  })

  test(`${shell} offers phases, also after a comma, and nodes of the file that is meant`, {
    skip,
  }, () => {
    has(
      phases.map(({ name }) => name),
      'up',
      '--only',
      '',
    )
    assert.match(offered('up', '--only', 'prerequisites,worker-j').join(' '), /worker-join/)
    has(['k-master-1', 'k-worker-1', 'cluster.yaml'], 'reset', '')
    has(['other.yaml'], 'reset', '-c', 'other.yaml', '')
    has(['k-worker-1'], 'up', '--nodes', '')
    has(['KS-QUORUM', 'worker-join', 'inspect'], 'explain', '')
    has(['view', 'edit', 'admin'], 'kubeconfig', 'user', 'ana', '--role', '')
  })
}

test('another shell is not known', () => assert.equal(completion('cmd'), undefined))
