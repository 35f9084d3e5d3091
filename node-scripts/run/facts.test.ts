import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
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
const call = (endpoint: string) => `${script}\nmain <<'end'\n${endpoint}\nno-such-hash\nend\n`

for (const shell of shells) {
  test(`${shell}: facts of this machine`, () => {
    const facts = parseFacts(run(shell, call('')))
    assert.ok(facts)
    assert.equal(facts.hostname, hostname())
    assert.match(facts.arch, /^(x86_64|aarch64)$/)
    assert.equal(facts.bundles, false)
    assert.equal(facts.endpointStatus, '')
    assert.equal(facts.run, '')
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
    assert.ok(!run('sh', call(endpoint)).includes('uid='), endpoint)
})
