import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { asRoot, callWith, opening, remote, throughStdin } from './as-root.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-call-'))
const tools = mkdtempSync(join(tmpdir(), 'kubestrap-tools-'))
after(() => {
  for (const one of [folder, tools]) rmSync(one, { recursive: true })
})

// A sudo that wants a password only when it is asked with -S, three times as the real one does.
writeFileSync(
  join(tools, 'sudo'),
  `#!/bin/sh
mode=
while [ "$1" != -- ]; do [ "$1" != -S ] || mode=ask; shift; done
shift
tries=0
while [ "$mode" = ask ]; do
  IFS= read -r word || { echo 'sudo: no password was provided' >&2; exit 1; }
  echo "$word" >> '${tools}/tried'
  [ "$word" != right ] || break
  tries=$((tries + 1))
  echo 'Sorry, try again.' >&2
  [ $tries -lt 3 ] || exit 1
done
exec "$@"
`,
)
chmodSync(join(tools, 'sudo'), 0o755)

const installed = (shell: string) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0
const shells = ['dash', 'bash', 'busybox sh', 'zsh', 'fish', 'tcsh'].filter((shell) =>
  installed(shell.split(' ')[0] ?? ''),
)

interface Ran {
  readonly lines: readonly string[]
  readonly greeting: string
  readonly stderr: string
}

/** What sshd does with a command: the login shell gets it by -c. @param greet printed before */
async function login(
  shell: string,
  input: string,
  { password, greet = '' }: { password?: string; greet?: string } = {},
): Promise<Ran> {
  const [program = '', ...words] = shell.split(' ')
  const command = asRoot(throughStdin, password !== undefined)
  const env = { ...process.env, PATH: `${tools}:${process.env.PATH}` }
  const child = spawn(program, [...words, '-c', `${greet}${command}`], { cwd: folder, env })
  child.stdin.on('error', () => undefined)
  const lines: string[] = []
  const opened = opening((line) => lines.push(line))
  let stderr = ''
  child.stdout.on('data', opened.push)
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const rest = () => child.stdin.end(`${opened.mark}\n${input}`)
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve(opened.end())))
  if (password === undefined) rest()
  else {
    child.stdin.write(`${password}\n`)
    void opened.root.then((isRoot) => isRoot && rest())
    if (password !== 'right') setTimeout(() => child.stdin.end(), 300)
  }
  await ended
  return { lines, greeting: opened.greeting(), stderr }
}

const script = `main() {
  while IFS= read -r value; do printf '<%s>\\n' "$value"; done
}`

const hostile = [
  '$(touch owned)',
  '`touch owned`',
  '; touch owned; #',
  "'; touch owned; '",
  '"; touch owned; "',
  '#end',
  'main',
  '',
  '  spaces  ',
  '\\',
  'trailing \\',
  '$HOME $PATH $$',
  '-n',
  '%s %d !! !$',
  '*',
  '日本',
  '{"json": "a\'b"}',
]

for (const shell of shells) {
  test(`${shell}: values arrive as data, whatever they hold`, async () => {
    const { lines, stderr } = await login(shell, callWith(script, hostile))
    assert.deepEqual(
      lines,
      hostile.map((value) => `<${value}>`),
    )
    assert.equal(stderr, '')
    assert.equal(existsSync(join(folder, 'owned')), false)
  })

  test(`${shell}: what a login shell prints before is no output`, async () => {
    for (const greet of ['echo "<fake>"; ', 'printf "no line feed"; ', 'echo "#kubestrap x"; ']) {
      const { lines, greeting } = await login(shell, callWith(script, ['one']), { greet })
      assert.deepEqual(lines, ['<one>'], greet)
      assert.match(greeting, /fake|no line feed|#kubestrap x/)
    }
  })

  test(`${shell}: a right password comes first and is no data, a wrong one is tried once`, async () => {
    rmSync(join(tools, 'tried'), { force: true })
    const right = await login(shell, callWith(script, ['one']), { password: 'right' })
    assert.deepEqual(right.lines, ['<one>'])
    rmSync(join(tools, 'tried'))
    const wrong = await login(shell, callWith(script, ['one']), {
      password: '$(touch owned) wrong',
    })
    assert.deepEqual(wrong.lines, [])
    assert.match(wrong.stderr, /Sorry, try again/)
    const { stdout } = spawnSync('cat', [join(tools, 'tried')], { encoding: 'utf8' })
    assert.equal(stdout, '$(touch owned) wrong\n', 'nothing but the password was tried, once')
  })
}

test('a sudo that wants no password leaves its line to be passed over', async () => {
  const command = asRoot(remote('sudo -n -- /bin/cat'), true).replace(' -S ', ' ')
  const env = { ...process.env, PATH: `${tools}:${process.env.PATH}` }
  const { stdout } = spawnSync('sh', ['-c', command], {
    input: 'secret\n#kubestrap 1\ndata\n',
    encoding: 'utf8',
    env,
  })
  assert.equal(stdout, '\n#root\n#kubestrap 1\ndata\n')
})

test('a login shell that eats standard input: the command is not begun', async () => {
  const { lines } = await login('sh', callWith(script, ['one']), { greet: 'cat > /dev/null; ' })
  assert.deepEqual(lines, [])
})

test('a line feed in a value makes no second value', async () => {
  const { lines } = await login('sh', callWith(script, ['one\n#end\ntouch owned', 'two']))
  assert.deepEqual(lines, ['<one #end touch owned>', '<two>'])
  assert.deepEqual(readdirSync(folder), [])
})

test('a copy cut anywhere in the script runs nothing', async () => {
  const whole = callWith(`${script}\n: one more line`, []).split('\n')
  for (let count = 0; count < 5; count += 1) {
    const { lines } = await login('sh', `${whole.slice(0, count).join('\n')}\n`)
    assert.deepEqual(lines, [], `cut after ${count} lines`)
  }
})

test('the mark is another one each time', () => {
  const marks = [1, 2].map(() => opening(() => undefined).mark)
  assert.match(marks[0] ?? '', /^#kubestrap [0-9a-f]{24}$/)
  assert.notEqual(marks[0], marks[1])
})
