import { deepEqual, doesNotMatch, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holds, hostileText } from '../test/properties.ts'
import { exitCodes } from './errors.ts'
import { readInspection, readMessage } from './node-messages.ts'
import type { Inspection } from './observed.ts'
import { parseFacts } from './observed.ts'

const run = 'prerequisites-0123456789ab'
const common = { run, seq: 0, at: '2026-11-23T10:00:00.000Z' }
const line = (value: unknown) => JSON.stringify(value)
const readEvent = (event: object) => readMessage(line({ event: { ...common, ...event } }), run)
const result = { run, phase: 'prerequisites', outcome: 'done', changed: ['a'], steps: 2 }
const readResult = (more: object) => readMessage(line({ result: { ...result, ...more } }), run)

/** All texts within a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

// A terminal acts on each of these; docs/security.md.
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/

const events: readonly object[] = [
  { kind: 'phase-started', phase: 'prerequisites', title: 'Prerequisites' },
  { kind: 'step-started', step: 'a', why: 'b', index: 0, of: 3 },
  { kind: 'step-finished', step: 'a', outcome: 'changed', found: 'x', wanted: 'y', ms: 3 },
  { kind: 'step-finished', step: 'a', outcome: 'ok', because: 'no firewall', ms: 3 },
  { kind: 'command', text: 'dnf install x' },
  { kind: 'output', line: 'done' },
  { kind: 'waiting', what: 'the API server', elapsed: 5, limit: 10 },
  { kind: 'notice', text: 'x' },
  { kind: 'error', error: { id: 'KS-COMMAND', exit: 'phaseFailed', what: 'x', lines: ['y'] } },
]
for (const event of events)
  test(`an event is read as it was told: ${line(event).slice(0, 60)}`, () =>
    deepEqual(readEvent(event), { event: { ...common, ...event } }))

test('a result is read as it was written, whatever the phase gives', () => {
  const error = { id: 'KS-COMMAND', exit: 'phaseFailed', what: 'x', remedy: 'y' }
  for (const more of [{}, { outcome: 'failed', error }, { gives: { token: '\u001b' } }])
    deepEqual(readResult(more), { result: { ...result, ...more } })
})

// With these taken as they come a view would throw in the middle of reading, and end the orchestrator.
const broken: readonly [string, object][] = [
  ['an error event without an error', { kind: 'error' }],
  ['an error event whose lines are no list', { kind: 'error', error: { lines: 'x' } }],
  ['a command without a text', { kind: 'command' }],
  ['a step of a number', { kind: 'step-started', step: 7, index: 0, of: 1 }],
  ['an outcome that is none', { kind: 'step-finished', step: 'a', outcome: 'fine', ms: 1 }],
  ['a kind that is none', { kind: 'result' }],
  ['a kind of every object', { kind: 'constructor' }],
  ['another run', { kind: 'notice', text: 'x', run: 'prerequisites-000000000000' }],
  ['a number below 0', { kind: 'notice', text: 'x', seq: -1 }],
  ['a number that counts no more', { kind: 'notice', text: 'x', seq: 1e300 }],
]
for (const [title, event] of broken)
  test(`no event: ${title}`, () => equal(readEvent(event), undefined))

// An unknown exit name would end the orchestrator with 0: process.exitCode = undefined.
const failed = (exit: unknown) => ({
  outcome: 'failed',
  error: { id: 'KS-COMMAND', exit, what: 'x' },
})
const noResults: readonly [string, object][] = [
  ['an exit that is none', failed('fine')],
  ['an exit that is success', failed('ok')],
  ['an exit of every object', failed('toString')],
  ['an error that is a text', { outcome: 'failed', error: 'x' }],
  ['an id that is none', { outcome: 'failed', error: { id: 'a b', exit: 'usage', what: '' } }],
  ['an outcome that is none', { outcome: 'ok' }],
  ['no list of changes', { changed: 'a' }],
  ['another run', { run: 'prerequisites-000000000000' }],
  ['a phase that is a path', { phase: '../x' }],
]
for (const [title, more] of noResults)
  test(`no result: ${title}`, () => equal(readResult(more), undefined))

test('whatever a node prints: it is read or it is noise, and no text can act on a terminal', async () => {
  const value = fc.oneof(hostileText, fc.jsonValue(), fc.integer(), fc.constant(undefined))
  const names = ['kind', 'seq', 'at', 'step', 'text', 'line', 'what', 'error', 'outcome', 'changed']
  const message = fc.record(
    Object.fromEntries([...names, 'elapsed', 'limit', 'ms', 'steps'].map((key) => [key, value])),
    { requiredKeys: [] },
  )
  const kinds = fc.constantFrom(...events)
  await holds([fc.constantFrom('event', 'result'), kinds, message], (key, kind, more) => {
    const base = key === 'event' ? { ...common, ...kind } : result
    const read = readMessage(line({ [key]: { ...base, ...more } }), run)
    for (const text of textsIn(read)) {
      doesNotMatch(text, control)
      ok(text.length < 600)
    }
  })
  await holds([hostileText], (text) => equal(readMessage(`{${text}`, run), undefined))
})

const seen: Inspection = {
  membership: 'member',
  plans: {
    prerequisites: [
      { step: 'a', outcome: 'would-change', found: 'x\ny', wanted: 'z', note: 'n' },
      { step: 'b', outcome: 'ok', because: 'c' },
    ],
  },
  refusals: [{ id: 'KS-ROLE', exit: 'conflict', what: 'x', lines: ['y'], node: 'n', phase: 'p' }],
  certificates: [{ path: '/etc/kubernetes/pki/ca.crt', expires: '2036-11-20T10:00:00.000Z' }],
  cluster: {
    nodes: [
      {
        ...{ name: 'k-master-1', address: '10.0.0.11', podCIDR: '10.244.0.0/24' },
        ...{ ready: true, controlPlane: true, kubeletVersion: '1.36.3' },
      },
      {
        ...{ name: 'new.example.org', address: '', ready: false, controlPlane: false },
        kubeletVersion: '',
      },
    ],
    etcd: {
      alarms: ['NOSPACE'],
      members: [
        { name: 'https://[fd00::7]:2379', id: '0', learner: false, answers: true, leader: false },
      ],
    },
    ...{ settings: ['s'], problems: ['p'], joinSecretsLeft: false, endpointHolder: 'k-master-1' },
    caCertHash: `sha256:${'0'.repeat(64)}`,
    pods: [{ namespace: 'a', name: 'b', node: '', problem: 'Pending' }],
    apiServers: [{ node: 'k-master-1', answer: 'ok' }],
    proxyMode: 'nftables',
    servingRequests: [{ name: 'csr-1', requester: 'system:node:a', node: 'a', problems: [] }],
  },
  observed: { kubernetesVersion: '1.36', nodes: [], proxyMode: 'iptables' },
}

test('an inspection is read as it was made, and a small one too', () => {
  deepEqual(readInspection(seen), seen)
  const { observed, membership, refusals } = seen
  const small = { observed, membership, refusals, plans: {} }
  deepEqual(readInspection(small), small)
})

/** The inspection with one value put in, by its path. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(line(seen))
  const last = path.at(-1) ?? ''
  const inner = path.slice(0, -1).reduce((part, key) => part[key], copy)
  inner[last] = value
  return copy
}

const nodes = ['cluster', 'nodes', 0] as const
// What goes on to other nodes, with the characters that it may have there.
const relayed: readonly [readonly (string | number)[], RegExp][] = [
  [['observed', 'kubernetesVersion'], /^[0-9][0-9A-Za-z.+-]*$/],
  [[...nodes, 'name'], /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/],
  [[...nodes, 'address'], /^[0-9A-Fa-f.:]*$/],
  [[...nodes, 'podCIDR'], /^[0-9A-Fa-f.:/]+$/],
  [[...nodes, 'kubeletVersion'], /^(?:[0-9][0-9A-Za-z.+-]*)?$/],
  [['cluster', 'caCertHash'], /^sha256:[0-9a-f]+$/],
  [['cluster', 'etcd', 'members', 0, 'id'], /^[0-9]+$/],
]
for (const [path, form] of relayed)
  test(`${path.join('.')} takes no hostile value from a node`, async () => {
    const asText = (value: unknown) => {
      const read = readInspection(changed(path, value))
      const found = read && path.reduce((part, key) => part[key as never], read as never)
      return read === undefined ? undefined : String(found)
    }
    await holds([hostileText], (text) => {
      const given = asText(text)
      ok(given === undefined || form.test(given), given)
    })
    for (const value of ['1.36.3; id', '10.0.0.0/24\n-x', '$(id)', '-o', '--config=x', {}, [7]])
      equal(asText(value), undefined, String(value))
  })

test('texts of an inspection can act on no terminal; lists are bounded', async () => {
  const places = [
    ['plans', 'prerequisites', 0, 'note'],
    ['plans', 'prerequisites', 0, 'found'],
    ['refusals', 0, 'what'],
    ['cluster', 'problems', 0],
    ['cluster', 'pods', 0, 'problem'],
    ['cluster', 'servingRequests', 0, 'requester'],
  ]
  await holds([fc.constantFrom(...places), hostileText], (path, text) => {
    for (const one of textsIn(readInspection(changed(path, `x${text}`)))) doesNotMatch(one, control)
  })
  equal(readInspection(changed(['cluster', 'problems'], new Array(9_999).fill('x'))), undefined)
  equal(readInspection(changed(['plans'], { 'no-phase': [] })), undefined)
})

test('every exit name but success may be told', () => {
  for (const exit of Object.keys(exitCodes))
    equal(readResult(failed(exit)) !== undefined, exit !== 'ok', exit)
})

test('facts of any form are read without a throw, and nothing in them acts on a terminal', async () => {
  const keys = ['hostname', 'os', 'unit', 'ca', 'addresses', 'disks', 'ports', 'macs', 'clock']
  const told = fc.array(fc.tuple(fc.constantFrom(...keys), hostileText), { maxLength: 8 })
  await holds([told, hostileText], (values, noise) => {
    const lines = values.map(([key, value]) => `${key}=${value}`)
    const facts = parseFacts([noise, 'facts=1', ...lines, 'bundles=no'].join('\n'))
    for (const text of textsIn(facts)) doesNotMatch(text, control)
    ok(!facts || facts.run === '' || /^[a-z][a-z0-9-]+$/.test(facts.run))
  })
})
