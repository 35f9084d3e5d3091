import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PhaseEvent } from '../lib/events.ts'
import { plainCluster } from '../lib/example-cluster.ts'
import { failure } from '../test/failure.ts'
import type { Remote } from './remote.ts'
import { attach, runPhase } from './run-phase.ts'
import type { ExecResult } from './ssh.ts'

const cluster = plainCluster()
const [node] = cluster.nodes
assert.ok(node)
const input = { cluster, node: node.name, observed: { kubernetesVersion: '1.36.3', nodes: [] } }

/** What a node prints for one exec, made when the run's id is known; `lost`: the connection was. */
type Answer = (run: string) => {
  lines: readonly string[]
  exitCode?: number
  stderr?: string
  lost?: boolean
}

function fakeNode(...answers: readonly Answer[]) {
  const commands: string[] = []
  const events: PhaseEvent[] = []
  const noise: string[] = []
  const inputs: string[] = []
  let run = ''
  const remote: Remote = {
    ssh: {
      open: async () => undefined,
      async exec(_node, command, { stdin = '', onLine } = {}): Promise<ExecResult> {
        commands.push(command)
        inputs.push(String(stdin))
        if (stdin !== '') run = JSON.parse(String(stdin)).run
        else run ||= /follow (\S+)/.exec(command)?.[1] ?? ''
        const answer = answers[commands.length - 1]
        assert.ok(answer, `one exec too many: ${command}`)
        const { lines, exitCode = 0, stderr = '', lost = false } = answer(run)
        for (const line of lines) onLine?.(line)
        return { exitCode, stdout: '', stderr, lost }
      },
      talk: () => assert.fail('nobody talks here'),
      scanHostKeys: async () => '',
      close: async () => undefined,
    },
    bundles: { folder: '/x', hash: 'a'.repeat(64), read: () => '' },
    onEvent: (_node, _phase, event) => void events.push(event),
    onNoise: (_node, line) => void noise.push(line),
    logOf: (node) => `/logs/${node}.log`,
    onPaused: () => undefined,
    stands: async () => undefined,
    turns: new Map(),
    running: new Set(),
    equipped: new Map([['k-master-1', Promise.resolve()]]),
    seen: new Map(),
    proxy: '',
  }
  return { remote, commands, events, noise, inputs, notices: () => events.map(({ seq }) => seq) }
}

const event = (run: string, seq: number) =>
  JSON.stringify({ event: { run, seq, at: 'x', kind: 'notice', text: `${seq}` } })
const result = (run: string, more: object = {}) =>
  JSON.stringify({
    result: { run, phase: 'prerequisites', outcome: 'done', changed: ['a'], steps: 2, ...more },
  })

test('events are told, the result is given; the input goes to standard input only', async () => {
  const secret = {
    ...input,
    join: { endpoint: 'a:1', token: 'SECRET', caCertHash: '', caCertificate: '' },
  }
  const { remote, commands, inputs, notices } = fakeNode((run) => ({
    lines: [event(run, 0), event(run, 1), result(run)],
  }))
  const { changed, run } = await runPhase(remote, node, 'prerequisites', secret)
  assert.deepEqual(changed, ['a'])
  assert.match(run, /^prerequisites-[0-9a-f]{12}$/)
  assert.deepEqual(notices(), [0, 1])
  assert.deepEqual(commands, [
    `sudo -n -- /bin/sh /var/lib/kubestrap/bundles/${'a'.repeat(64)}/prerequisites.mjs start`,
  ])
  assert.equal(JSON.parse(inputs[0] ?? '').input.join.token, 'SECRET')
})

test('what another run says is ignored, its result as well', async () => {
  const { remote, notices, noise } = fakeNode((run) => ({
    lines: [
      result('prerequisites-000000000000'),
      event('prerequisites-000000000000', 0),
      event(run, 0),
      result(run),
    ],
  }))
  const given = await runPhase(remote, node, 'prerequisites', input)
  assert.notEqual(given.run, 'prerequisites-000000000000')
  assert.deepEqual(notices(), [0])
  assert.equal(noise.length, 2)
})

test('only the result of another run: the phase did not end well', async () => {
  const { remote } = fakeNode(() => ({ lines: [result('prerequisites-000000000000')] }))
  const error = await failure(runPhase(remote, node, 'prerequisites', input))
  assert.equal(error.details.id, 'KS-PHASE-NOT-RUN')
})

const fakes = [
  'done',
  '{"result":',
  '{"result":{}}',
  '{"result":{"outcome":"done"}}',
  '{"outcome":"done"}',
  ' {"result":{"run":"x"}}',
  'null',
  '[]',
]
test('lines that only look like an end fool nobody', async () => {
  const { remote, noise, events } = fakeNode(() => ({ lines: fakes, stderr: 'sh: killed' }))
  const error = await failure(runPhase(remote, node, 'prerequisites', input))
  assert.equal(error.details.id, 'KS-PHASE-NOT-RUN')
  assert.deepEqual(error.details.lines, ['sh: killed'])
  assert.deepEqual(noise, fakes)
  assert.deepEqual(events, [])
})

// Each would throw in a view, in the middle of reading: the orchestrator would be gone.
const misshapen = [{ kind: 'error' }, { kind: 'command' }, { kind: 'output', line: {} }, null, 'x']
test('events of another form than they can have are noise, and the phase goes on', async () => {
  const { remote, notices, noise } = fakeNode((run) => ({
    lines: [
      ...misshapen.map((more, seq) =>
        JSON.stringify({
          event: more && typeof more === 'object' ? { run, seq, at: 'x', ...more } : more,
        }),
      ),
      event(run, 0),
      result(run),
    ],
  }))
  const { outcome } = await runPhase(remote, node, 'prerequisites', input)
  assert.equal(outcome, 'done')
  assert.deepEqual(notices(), [0])
  assert.equal(noise.length, misshapen.length)
})

// process.exitCode = undefined would be success.
test('a failure with an exit code that is none is no result', async () => {
  const error = { id: 'KS-COMMAND', exit: 'fine', what: 'x' }
  const { remote } = fakeNode((run) => ({ lines: [result(run, { outcome: 'failed', error })] }))
  const thrown = await failure(runPhase(remote, node, 'prerequisites', input))
  assert.equal(thrown.details.id, 'KS-PHASE-NOT-RUN')
  assert.equal(thrown.exitCode, 15)
})

test('events without end are not listened to for ever; the result still counts', async () => {
  const { remote, events } = fakeNode((run) => ({
    lines: [...Array.from({ length: 200_100 }, (_, seq) => event(run, seq)), result(run)],
  }))
  await runPhase(remote, node, 'prerequisites', input)
  assert.equal(events.length, 200_000)
})

// Recorded in the lab: what Node.js says, and what systemd says whose unit files are on the same /run.
const fullDisks = [
  "Error: ENOSPC: no space left on device, open '/run/kubestrap/runs/x/input.json'",
  'error: systemd did not start the phase  [KS-UNIT]\n  | Failed to start transient service unit: Unit x.service not found.\n  | No space left on device: /run',
]
for (const stderr of fullDisks)
  test(`a full disk of the node is called by its name: ${stderr.slice(0, 30)}`, async () => {
    const { remote } = fakeNode(() => ({ lines: [], exitCode: 1, stderr }))
    const { details } = await failure(runPhase(remote, node, 'prerequisites', input))
    assert.equal(details.what, 'no space is left on a disk of the node')
    assert.match(details.remedy ?? '', /df -h/)
  })

test('an output event that holds a result is output', async () => {
  const { remote, events } = fakeNode((run) => ({
    lines: [JSON.stringify({ event: { run, seq: 0, at: 'x', kind: 'output', line: result(run) } })],
  }))
  await failure(runPhase(remote, node, 'prerequisites', input))
  assert.equal(events[0]?.kind, 'output')
})

test('a lost connection: the run is followed on from the next event, none is told twice', async () => {
  const { remote, commands, notices } = fakeNode(
    (run) => ({ lines: [event(run, 0), event(run, 1), event(run, 2)], exitCode: 255, lost: true }),
    (run) => ({ lines: [event(run, 2), event(run, 3), result(run)] }),
  )
  const { run } = await runPhase(remote, node, 'prerequisites', input)
  assert.deepEqual(notices(), [0, 1, 2, 3])
  assert.equal(commands.length, 2)
  assert.ok(commands[1]?.endsWith(`/prerequisites.mjs follow ${run} --from 3`), commands[1])
})

test('lost before anything was read: the very same run is started again, no second one', async () => {
  const { remote, commands, inputs } = fakeNode(
    () => ({ lines: [], exitCode: 255, stderr: 'Connection reset', lost: true }),
    (run) => ({ lines: [event(run, 0), result(run)] }),
  )
  const { run } = await runPhase(remote, node, 'prerequisites', input)
  assert.equal(commands[1], commands[0])
  assert.deepEqual(
    inputs.map((text) => JSON.parse(text).run),
    [run, run],
  )
})

test('texts of a node are cleaned before they are shown', async () => {
  const error = { id: 'KS-COMMAND', exit: 'phaseFailed', what: '\u001b[2Jgone' }
  const { remote, events } = fakeNode((run) => ({
    lines: [
      JSON.stringify({
        event: { run, seq: 0, at: 'x', kind: 'notice', text: '\u001b]0;x\u0007hi' },
      }),
      result(run, { outcome: 'failed', error }),
    ],
  }))
  assert.equal((await failure(runPhase(remote, node, 'prerequisites', input))).message, 'gone')
  assert.equal(events[0]?.kind === 'notice' && events[0].text, 'hi')
})

test('a failed phase is an error with its node and phase', async () => {
  const error = { id: 'KS-COMMAND', exit: 'phaseFailed', what: 'dnf failed', step: 'Install' }
  const { remote } = fakeNode((run) => ({ lines: [result(run, { outcome: 'failed', error })] }))
  const thrown = await failure(runPhase(remote, node, 'prerequisites', input))
  assert.equal(thrown.details.id, 'KS-COMMAND')
  assert.equal(thrown.details.node, 'k-master-1')
  assert.equal(thrown.details.step, 'Install')
})

test('noise is cleaned and told', async () => {
  const { remote, noise } = fakeNode((run) => ({
    lines: ['\u001b[31mWelcome!\u001b[0m', '', '{not json', result(run)],
  }))
  await runPhase(remote, node, 'prerequisites', input)
  assert.deepEqual(noise, ['Welcome!', '{not json'])
})

test('one phase at a time on a node; a failed one does not block the next', async () => {
  let running = 0
  const { remote } = fakeNode(
    (run) => ({ lines: [result(run, { outcome: 'failed' })] }),
    (run) => ({ lines: [result(run)] }),
  )
  const { exec } = remote.ssh
  const slow: Remote = {
    ...remote,
    ssh: {
      ...remote.ssh,
      async exec(...words) {
        running += 1
        assert.equal(running, 1, 'alone')
        await new Promise((resolve) => setImmediate(resolve))
        const answer = await exec(...words)
        running -= 1
        return answer
      },
    },
  }
  const both = [1, 2].map(() => runPhase(slow, node, 'prerequisites', input))
  const ends = await Promise.allSettled(both)
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
})

test('attach reads along from the first event', async () => {
  const { remote, commands, notices } = fakeNode((run) => ({ lines: [event(run, 0), result(run)] }))
  await attach(remote, node, 'control-plane-join-0123456789ab')
  assert.match(
    commands[0] ?? '',
    /\/control-plane-join\.mjs follow control-plane-join-0123456789ab --from 0$/,
  )
  assert.deepEqual(notices(), [0])
})

test('255 of the command itself is a failed phase, at once, and no lost connection', async () => {
  const { remote, commands } = fakeNode(() => ({ lines: [], exitCode: 255, stderr: 'killed' }))
  const error = await failure(runPhase(remote, node, 'prerequisites', input))
  assert.equal(error.details.id, 'KS-PHASE-NOT-RUN')
  assert.equal(error.exitCode, 15)
  assert.equal(commands.length, 1)
})

test('what reads along was killed: the phase is followed on, three times at most', async () => {
  const killed = (run: string) => ({ lines: [event(run, 0)], exitCode: 255 })
  const { remote, commands } = fakeNode(killed, (run) => ({ lines: [result(run)] }))
  await runPhase(remote, node, 'prerequisites', input)
  assert.equal(commands.length, 2)
  const again = fakeNode(killed, killed, killed)
  const error = await failure(runPhase(again.remote, node, 'prerequisites', input))
  assert.equal(error.details.id, 'KS-PHASE-NOT-RUN')
})

test('a phase whose turn comes after Ctrl-C is not begun', async () => {
  const stop = new AbortController()
  const { remote, commands } = fakeNode((run) => ({ lines: [result(run)] }))
  const first = runPhase(remote, node, 'prerequisites', input, stop.signal)
  const second = runPhase(remote, node, 'worker-join', input, stop.signal)
  const ended = assert.rejects(second, (error) => error === 'SIGINT')
  await first
  stop.abort('SIGINT')
  await ended
  assert.equal(commands.length, 1)
})

test('on a node that somebody else has taken nothing is begun, nothing is sent', async () => {
  const { remote, commands } = fakeNode()
  const lost = new Error('somebody else works here')
  const taken: Remote = { ...remote, equipped: new Map(), stands: () => Promise.reject(lost) }
  await assert.rejects(runPhase(taken, node, 'prerequisites', input), lost)
  assert.deepEqual(commands, [])
})
