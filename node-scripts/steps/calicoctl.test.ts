import { deepEqual, equal, match } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { CalicoSettings } from '../../lib/cluster.ts'
import { exampleCluster } from '../../lib/example-cluster.ts'
import { failure } from '../../test/failure.ts'
import { type FakeMachine, fakeMachine } from '../../test/golden/fake-machine.ts'
import { converge } from '../run/converge.ts'
import { contextOf } from '../run/phase-script.ts'
import { calicoctl, calicoctlPath } from './calicoctl.ts'

const cluster = exampleCluster()
const observed = { kubernetesVersion: '1.36.3', nodes: [] }
const context = contextOf({ cluster, node: 'k-master-1', observed })
const settings = cluster.podNetwork.calico as CalicoSettings
const program = 'the program'
const sum = createHash('sha256').update(program).digest('hex')

const releases = 'https://github.com/projectcalico/calico/releases/download/v3.32.1'

/** A machine on which curl gives what a server has, and the usual commands do what they do. */
function machine(served: Readonly<Record<string, string>>, arch = 'x86_64'): FakeMachine {
  const on = fakeMachine({
    onRun({ argv }, on) {
      const [program, ...words] = argv
      if (program === 'curl') {
        const url = words.at(-1) ?? ''
        const path = words[words.indexOf('--output') + 1] ?? ''
        on.files.set(path, served[url] ?? 'Not Found')
      }
      if (program === 'chmod') on.states.set(words.at(-1) ?? '', { mode: 0o755 })
      if (program === 'mv') {
        const [from = '', to = ''] = words.slice(-2)
        on.files.set(to, on.files.get(from) ?? '')
        on.states.set(to, { ...on.states.get(from) })
      }
      return undefined
    },
  })
  return {
    ...on,
    async ask(...argv) {
      const text = on.files.get(argv.at(-1) ?? '')
      const answer = (stdout: string, exitCode = 0) => ({ exitCode, stdout, stderr: '' })
      if (argv[0] === 'uname') return answer(`${arch}\n`)
      if (argv[0] === calicoctlPath) return answer('Client Version:    v3.32.1\nGit commit: 1\n')
      if (argv[0] !== 'sha256sum' || text === undefined) return answer('', 1)
      return answer(`${createHash('sha256').update(text).digest('hex')}  file\n`)
    },
  }
}

const known = { ...settings, checksums: { 'calicoctl-linux-amd64': sum } }

test('with a known checksum: compared, then put where it runs; again nothing to do', async () => {
  const on = machine({ [`${releases}/calicoctl-linux-amd64`]: program })
  const step = calicoctl(context, known)
  deepEqual(await converge([step], on), [`Install calicoctl v3.32.1`])
  equal(on.files.get(calicoctlPath), program)
  equal(on.states.get(calicoctlPath)?.mode, 0o755)
  deepEqual(await converge([step], on), [])
  on.files.set(calicoctlPath, 'another program')
  equal((await step.check(on)).as, 'different')
})

test('another file is deleted, and never was where programs are', async () => {
  const on = machine({ [`${releases}/calicoctl-linux-amd64`]: 'a login page' })
  const error = await failure(converge([calicoctl(context, known)], on))
  equal(error.details.id, 'KS-CHECKSUM')
  equal(error.details.exit, 'verification')
  match((error.details.lines ?? []).join('\n'), new RegExp(`expected SHA-256 ${sum}`))
  deepEqual([...on.files.keys()], [])
})

test('without a known checksum the publisher’s list counts, and that is told', async () => {
  const on = machine({
    [`${releases}/calicoctl-linux-amd64`]: program,
    [`${releases}/SHA256SUMS`]: `${'0'.repeat(64)}  calicoctl-linux-arm64\n${sum}  calicoctl-linux-amd64\n`,
  })
  await converge([calicoctl(context, settings)], on)
  equal(on.files.get(calicoctlPath), program)
  const notices = on.events.filter(({ kind }) => kind === 'notice')
  match(JSON.stringify(notices), new RegExp(`${sum} of calicoctl-linux-amd64`))
})

test('a list that does not name the file is none', async () => {
  const on = machine({ [`${releases}/calicoctl-linux-amd64`]: program })
  const error = await failure(converge([calicoctl(context, settings)], on))
  match(error.details.what, /does not say which checksum calicoctl-linux-amd64 has/)
  deepEqual([...on.files.keys()], [])
})

test('ARM has its own file; other machines have none', async () => {
  const on = machine({ [`${releases}/calicoctl-linux-arm64`]: program }, 'aarch64')
  const sums = { 'calicoctl-linux-arm64': sum }
  await converge([calicoctl(context, { ...settings, checksums: sums })], on)
  equal(on.files.get(calicoctlPath), program)
  const other = machine({}, 'riscv64')
  const error = await failure(converge([calicoctl(context, known)], other))
  equal(error.details.id, 'KS-CALICOCTL')
})
