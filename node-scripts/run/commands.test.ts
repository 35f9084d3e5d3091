import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PhaseEventBody } from '../../lib/events.ts'
import { failure } from '../../test/failure.ts'
import { execute, query } from './commands.ts'

function listener() {
  const events: PhaseEventBody[] = []
  const lines = () => events.flatMap((event) => (event.kind === 'output' ? [event.line] : []))
  return { events, lines, emit: (event: PhaseEventBody) => void events.push(event) }
}

const sh = (script: string, ...words: string[]) => ({ argv: ['sh', '-c', script, 'sh', ...words] })

test('execute tells the command, then each line of its output', async () => {
  const { events, lines, emit } = listener()
  const { stdout, exitCode } = await execute(sh('echo one; echo; echo two >&2; echo three'), emit)
  assert.deepEqual([exitCode, stdout], [0, 'one\n\nthree\n'])
  assert.equal(events[0]?.kind, 'command')
  assert.deepEqual(lines().sort(), ['one', 'three', 'two'])
})

test('output is told without control characters', async () => {
  const { lines, emit } = listener()
  await execute(sh("printf '\\033[31mred\\033[0m\\r\\n'"), emit)
  assert.deepEqual(lines(), ['red'])
})

test('at most 5000 lines are told', async () => {
  const { lines, emit } = listener()
  await execute(sh('seq 6000'), emit)
  assert.equal(lines().length, 5_000)
})

test('a last line without an end is told', async () => {
  const { lines, emit } = listener()
  await execute(sh("printf 'the reason'"), emit)
  assert.deepEqual(lines(), ['the reason'])
})

test('stdout and stderr do not run into one line', async () => {
  const { lines, emit } = listener()
  await execute(sh("printf progress; sleep 0.2; echo warning >&2; sleep 0.2; echo ' done'"), emit)
  assert.deepEqual(lines().sort(), ['progress done', 'warning'])
})

test('a command that fails says how, with its last lines', async () => {
  const { emit } = listener()
  const error = await failure(execute(sh('echo fine; echo broken >&2; exit 7'), emit))
  assert.equal(error.details.id, 'KS-COMMAND')
  assert.equal(error.exitCode, 15)
  assert.match(error.message, /failed with exit code 7$/)
  assert.deepEqual(error.details.lines, ['fine', 'broken'])
})

test('a command that is not there fails', async () => {
  const error = await failure(execute({ argv: ['no-such-command'] }, listener().emit))
  assert.match(error.message, /exit code 127$/)
})

test('a program that is no program says why', async () => {
  const { exitCode, stderr } = await query({ argv: ['/etc/passwd'] })
  assert.equal(exitCode, 126)
  assert.match(stderr, /EACCES/)
})

test('a command that takes too long is stopped and says so', async () => {
  const began = Date.now()
  const slow = { ...sh('sleep 30'), timeout: 300 }
  const error = await failure(execute(slow, listener().emit))
  assert.equal(error.details.id, 'KS-COMMAND-TIMEOUT')
  assert.equal(error.exitCode, 16)
  assert.ok(Date.now() - began < 10_000)
})

test('a command that was killed says by what', async () => {
  const error = await failure(execute(sh('kill -9 $$'), listener().emit))
  assert.match(error.message, /was killed by SIGKILL$|exit code 137$/)
})

const hostile = [
  '$(touch /tmp/kubestrap-owned)',
  '`id`',
  '; id',
  "it's",
  '"quoted"',
  'a b',
  '*',
  '~',
  '',
  '-n',
  '\\',
  '$HOME',
  'a\nb',
  '日本',
  '!!',
  '$IFS',
]
test('every word arrives as it was written', async () => {
  const { stdout } = await execute({ argv: ['printf', '%s\\0', ...hostile] }, listener().emit)
  assert.deepEqual(stdout.split('\0').slice(0, -1), hostile)
})

test('input arrives as it was written, and is told nowhere', async () => {
  const { events, emit } = listener()
  const secret = "to\nken $(id) 'x'"
  const { stdout } = await execute({ ...sh('wc -c'), stdin: secret }, emit)
  assert.equal(Number(stdout), secret.length)
  assert.ok(!JSON.stringify(events).includes('ken $(id)'))
})

for (const input of [{}, { stdin: '' }])
  test(`a command with ${JSON.stringify(input)} reads an end of file`, async () => {
    const { stdout } = await query({ ...sh('cat; echo end'), timeout: 1_000, ...input })
    assert.equal(stdout, 'end\n')
  })

test('a command that ignores SIGTERM is stopped as well', async () => {
  const stubborn = { ...sh("trap '' TERM; sleep 3"), timeout: 200 }
  const error = await failure(execute(stubborn, listener().emit))
  assert.equal(error.exitCode, 16)
})

test('the environment is small and known: nothing of whoever started us, the proxy if told', async () => {
  process.env.KUBESTRAP_TEST_SECRET = 'x'
  process.env.https_proxy = 'http://somebody.example.org:3128'
  try {
    const { stdout } = await query({ argv: ['env'] }, { http_proxy: 'http://ours:3128' })
    const names = stdout.split('\n').map((line) => line.split('=')[0])
    assert.ok(!names.includes('KUBESTRAP_TEST_SECRET'))
    assert.ok(!names.includes('https_proxy'))
    assert.match(stdout, /^http_proxy=http:\/\/ours:3128$/m)
    assert.match(stdout, /^LC_ALL=C\.UTF-8$/m)
    assert.match(stdout, /^HOME=\/root$/m)
  } finally {
    delete process.env.KUBESTRAP_TEST_SECRET
    delete process.env.https_proxy
  }
})

test('query: any exit code is an answer', async () => {
  assert.deepEqual(await query(sh('echo out; echo err >&2; exit 3')), {
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  assert.equal((await query({ argv: ['no-such-command'] })).exitCode, 127)
})
