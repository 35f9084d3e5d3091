import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { plainCluster } from '../lib/example-cluster.ts'
import { connections, remote } from './ssh.ts'
import { sudoPassword } from './sudo-password.ts'

const [node] = plainCluster().nodes
assert.ok(node)

// As the shell that waits on the node for the mark.
const asRootShell = 'echo "#root"; IFS= read -r l; printf "%s\\n" "$l"'

/** Connections by an ssh that is a shell script: what it does stands for the way to the node. */
function through(t: TestContext, ssh: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-ssh-'))
  const path = process.env.PATH
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\n${asRootShell}\n${ssh}\n`)
  chmodSync(join(folder, 'ssh'), 0o755)
  process.env.PATH = `${folder}:${path}`
  t.after(() => {
    process.env.PATH = path
    rmSync(folder, { recursive: true, force: true })
  })
  const sockets = join(folder, 's')
  mkdirSync(sockets)
  const file = (name: string) => join(folder, name)
  const state = { sockets, logs: file('logs'), kubeconfig: file('kubeconfig') }
  const known = { knownHosts: file('known'), knownClones: file('clones') }
  return connections({ ...state, ...known, folder } as never, join(folder, 'cluster.yaml'), nobody)
}

const nobody = sudoPassword(async () => undefined)
const silence = { first: 2_000, after: 500 }

test('a connection that hangs counts as lost; one that gives signs of life does not', async (t) => {
  const hangs = through(t, 'echo begun; sleep 30 & exec sleep 60')
  const began = Date.now()
  const lost = await hangs.exec(node, remote('true'), { silence })
  assert.equal(lost.exitCode, 255)
  assert.equal(lost.stdout, 'begun\n')
  assert.ok(Date.now() - began < 20_000)
  const lives = through(t, 'for n in 1 2 3 4 5; do echo; sleep 0.2; done; echo done')
  const whole = await lives.exec(node, remote('true'), { silence })
  assert.deepEqual([whole.exitCode, whole.stdout.trim()], [0, 'done'])
})

test('a talk that nobody ends on the other side is given up a few seconds after its end', async (t) => {
  const { talk } = through(t, 'exec sleep 60')
  const one = talk(node, remote('true'), () => undefined)
  const began = Date.now()
  one.end()
  await one.ended
  assert.ok(Date.now() - began < 20_000)
})
