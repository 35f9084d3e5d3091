import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { callWith } from './observe.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-call-'))
after(() => rmSync(folder, { recursive: true }))

const script = `main() {
  while IFS= read -r value; do printf '<%s>\\n' "$value"; done
}`
const shells = ['dash', 'bash', 'busybox', 'sh'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
)
const words = (shell: string) => (shell === 'busybox' ? ['sh', '-s'] : ['-s'])

const hostile = [
  '$(touch owned)',
  '`touch owned`',
  '; touch owned; #',
  "'; touch owned; '",
  '"; touch owned; "',
  'EOF',
  'end_',
  'z_end_é',
  'zé',
  'main',
  '',
  '  spaces  ',
  '\\',
  'trailing \\',
  '$HOME $PATH $$',
  '-n',
  '%s %d',
  '*',
  '日本',
  '{"json": "a\'b"}',
]

for (const shell of shells)
  test(`${shell}: values arrive as data, whatever they hold`, () => {
    const { stdout, stderr, status } = spawnSync(shell, words(shell), {
      input: callWith(script, hostile),
      cwd: folder,
      encoding: 'utf8',
    })
    assert.equal(status, 0)
    assert.deepEqual(
      stdout.split('\n').slice(0, -1),
      hostile.map((value) => `<${value}>`),
    )
    assert.equal(stderr, '')
    assert.equal(existsSync(join(folder, 'owned')), false)
  })

test('a line feed in a value cannot end the here-document, nor make a second value', () => {
  const { stdout } = spawnSync('sh', ['-s'], {
    input: callWith(script, ['one\nend_000000000000000000000000\ntouch owned', 'two']),
    cwd: folder,
    encoding: 'utf8',
  })
  assert.equal(stdout, '<one end_000000000000000000000000 touch owned>\n<two>\n')
  assert.deepEqual(readdirSync(folder), [])
})

test('the delimiter is another one each time', () => {
  const [one, two] = [callWith(script, []), callWith(script, [])]
  assert.notEqual(one, two)
  assert.match(one, /\nmain <<'[a-z]_end_[0-9a-f]{24}'\n/)
})
