import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { command, shellText } from './step.ts'

/** Numbers that look random and are the same at every run (mulberry32). */
function dice(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const pieces = [
  ...'abz09_-./=:,@%+~^!#$&*(){}[]<>|;?`"\'\\ \t\n\r',
  '$(id)',
  '$HOME',
  "'\\''",
  '\\n',
  '--',
  '日本',
  '🎉',
  '\u001b[31m',
]

test('shellText: a shell reads every word as it was', () => {
  const roll = dice(36)
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: roll(9) }, () => pieces[roll(pieces.length)]).join(''),
  )
  const hard = ['', ' ', "'", "''", '\\', '*', '~', '-n', '$HOME', '!!', '\n', 'a\nb\n', 'é']
  const all = [...words, ...hard]
  const text = shellText(command('printf', '%s\\0', ...all))
  const said = execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' })
  assert.deepEqual(said.split('\0').slice(0, -1), all)
})

test('shellText: plain words stay as they are, input is not shown', () => {
  const text = shellText({
    argv: ['kubectl', '--kubeconfig', '/etc/a.conf', 'x=1'],
    stdin: 'secret',
  })
  assert.equal(text, 'kubectl --kubeconfig /etc/a.conf x=1')
})
