import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, hostname, totalmem } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseFacts } from '../../lib/observed.ts'

declare const __ROOT__: string

const script = readFileSync(join(__ROOT__, 'node-scripts/run/facts.sh'), 'utf8')
const shells = ['dash', 'bash', 'busybox'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
)

function run(shell: string, text: string) {
  const argv = shell === 'busybox' ? ['sh', '-s'] : ['-s']
  const { stdout } = spawnSync(shell, argv, { input: text, encoding: 'utf8', timeout: 30_000 })
  return stdout
}
// No endpoint: nobody is asked. No bundles of this hash: nothing of ours is started.
const call = (endpoint: string, questions: Questions = {}) => {
  const { address = '', peers = '', name = '', urls = '' } = questions
  const values = [endpoint, 'no-such-hash', address, '', peers, name, '', urls]
  return `${script}\nmain <<'end'\n${values.join('\n')}\nend\n`
}

interface Questions {
  readonly address?: string
  readonly peers?: string
  readonly name?: string
  readonly urls?: string
}

for (const shell of shells) {
  test(`${shell}: facts of this machine`, () => {
    const facts = parseFacts(run(shell, call('')))
    assert.ok(facts)
    assert.equal(facts.hostname, hostname())
    assert.match(facts.arch, /^(x86_64|aarch64)$/)
    assert.equal(facts.bundles, false)
    assert.equal(facts.endpointStatus, '')
    assert.equal(facts.run, '')
    assert.match(facts.machine.osId, /^[a-z]+$/)
    assert.equal(facts.machine.memoryKiB, Math.floor(totalmem() / 1024))
    assert.equal(facts.machine.cpus, availableParallelism())
    assert.ok((facts.machine.disks[0]?.freeKiB ?? 0) > 0)
    assert.equal(facts.machine.disks.length, 5)
    assert.equal(facts.machine.network, undefined, 'nobody else is asked unless told to')
  })

  // /etc/os-release may hold any text.
  test(`${shell}: a value of two lines makes no second fact`, () => {
    const told = run(shell, `${script}\nfact os "$(printf 'Linux\\nca=%s' 0000)"\nfact ca 1111\n`)
    assert.equal(told, 'os=Linux\nca=1111\n')
  })

  test(`${shell}: a copy cut anywhere in the script runs nothing`, () => {
    const lines = script.split('\n')
    for (let count = 0; count <= lines.length; count += 5)
      assert.equal(run(shell, lines.slice(0, count).join('\n')), '', `cut after ${count} lines`)
    assert.equal(run(shell, script), '', 'whole, but not called')
  })
}

test('an endpoint where nothing listens is 000', () => {
  const facts = parseFacts(run('sh', call('127.0.0.1:1')))
  assert.ok(
    facts?.endpointStatus === '000' || facts?.endpointStatus === '',
    'without curl: not asked',
  )
})

test('an endpoint that looks like a flag or a command is asked, not run', () => {
  for (const endpoint of ['--config=/etc/passwd', '$(id)', '`id`', '; id'])
    assert.doesNotMatch(run('sh', call(endpoint)), /uid=\d/, endpoint)
})

for (const shell of shells) {
  test(`${shell}: peers, name and servers are asked, each with its own answer`, async (t) => {
    const server = createServer((request, response) => {
      response.statusCode = request.url?.startsWith('/there/') ? 200 : 404
      response.end()
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const base = `http://127.0.0.1:${port}`
    const facts = await ask(shell, {
      peers: `127.0.0.1:${port} 127.0.0.1:1`,
      name: 'localhost',
      urls: `${base}/there/$basearch/ ${base}/missing http://127.0.0.1:1/ http://*/`,
    })
    // Nobody listens on port 1, and nothing is in the way: that is no finding.
    assert.deepEqual(facts?.machine.network?.blocked, [])
    assert.ok(facts?.machine.network?.resolved?.some((one) => ['127.0.0.1', '::1'].includes(one)))
    const { served = [] } = facts?.machine.network ?? {}
    const sorted = [...served].sort((a, b) => a.number - b.number)
    assert.deepEqual(sorted.slice(0, 3), [
      { number: 0, curl: 0, status: 200 },
      { number: 1, curl: 0, status: 404 },
      { number: 2, curl: 7, status: 0 },
    ])
    assert.notEqual(sorted[3]?.curl, 0, 'a pattern is asked as it is, and fails')
  })
}

test('a server behind a proxy is asked through it, and the others are not', async (t) => {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
  t.after(() => proxy.close())
  const { port } = proxy.address() as AddressInfo
  const urls = `http://behind.example/a|http://127.0.0.1:${port} http://127.0.0.1:1/b`
  const facts = await ask('sh', { urls })
  assert.deepEqual(facts?.machine.network?.served, [
    { number: 0, curl: 0, status: 200 },
    { number: 1, curl: 7, status: 0 },
  ])
  assert.deepEqual(asked, ['http://behind.example/a'])
})

test('questions that look like flags or commands are asked, not run', async () => {
  for (const hostile of ['--config=/etc/passwd', '$(id>&2)', '`id>&2`', ';id', '-K/etc/passwd']) {
    const questions = { address: hostile, peers: hostile, name: hostile, urls: hostile }
    const { stdout, stderr } = await shellOf('sh', call('', questions))
    assert.doesNotMatch(stdout + stderr, /uid=\d|root:x/, hostile)
    assert.match(stdout, /^bundles=no$/m, hostile)
  }
})

/** Not spawnSync: the server that is asked lives in this process. */
async function shellOf(shell: string, text: string) {
  const child = spawn(shell, shell === 'busybox' ? ['sh', '-s'] : ['-s'])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  child.stdin.end(text)
  await new Promise((closed) => child.on('close', closed))
  return output
}

async function ask(shell: string, questions: Questions) {
  return parseFacts((await shellOf(shell, call('', questions))).stdout)
}
