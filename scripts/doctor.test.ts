import { deepEqual, equal, match } from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { exampleCluster } from '../lib/example-cluster.ts'
import { doctorText } from './commands/doctor.ts'
import {
  type Answer,
  type Computer,
  clockFinding,
  type Finding,
  folderFindings,
  keyFindings,
  knownHostsFinding,
  programFindings,
  terminalFinding,
} from './doctor.ts'

const folder = mkdtempSync(join(tmpdir(), 'ks-doctor-'))
after(() => rmSync(folder, { recursive: true }))

/** A computer with these programs and no others. */
const computer = (programs: Readonly<Record<string, Answer>>, more: Partial<Computer> = {}) => ({
  node: 'v22.20.0',
  home: folder,
  env: {},
  terminal: { isTTY: true, columns: 100 },
  run: (program: string) => programs[program],
  ...more,
})
const said = (text: string, exitCode = 0): Answer => ({ exitCode, text })
const tools = { ssh: said('OpenSSH_9.2'), 'ssh-keygen': said('usage', 1), tar: said('tar 1.35') }
const states = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ what, state }) => [what, state]))

test('programs: what is needed is wrong when missing, the rest a note', () => {
  deepEqual(states(programFindings(computer(tools))), {
    'Node.js': 'ok',
    ssh: 'ok',
    'ssh-keygen': 'ok',
    tar: 'ok',
    kubectl: 'note',
    zx: 'note',
  })
  const bare = states(programFindings(computer({}, { node: 'v18.0.0' })))
  for (const what of ['Node.js', 'ssh', 'ssh-keygen', 'tar']) equal(bare[what], 'wrong', what)
})

test('keys: of the agent, in ~/.ssh, or none; that of the file must be private', () => {
  const cluster = exampleCluster()
  const named = {
    ...cluster,
    nodes: cluster.nodes.map((node) => ({ ...node, ssh: { ...node.ssh, key: 'key' } })),
  }
  const file = join(folder, 'cluster.yaml')
  equal(keyFindings(computer({}))[0]?.state, 'wrong')
  equal(keyFindings(computer({ 'ssh-add': said('no identities', 1) }))[0]?.state, 'wrong')
  const two = keyFindings(computer({ 'ssh-add': said('256 a\n256 b\n') }))
  match(two[0]?.found ?? '', /^2 keys in ssh-agent/)
  match(keyFindings(computer({}), named, file)[0]?.found ?? '', /is not there/)
  writeFileSync(join(folder, 'key'), '')
  chmodSync(join(folder, 'key'), 0o644)
  match(keyFindings(computer({}), named, file)[0]?.remedy ?? '', /^chmod 600/)
  chmodSync(join(folder, 'key'), 0o600)
  deepEqual(states(keyFindings(computer({}), named, file)), {
    'key of the file': 'ok',
    'ssh keys': 'ok',
  })
  mkdirSync(join(folder, '.ssh'))
  writeFileSync(join(folder, '.ssh/id_ed25519'), '')
  equal(keyFindings(computer({}))[0]?.state, 'ok')
})

test('clock, folders, terminal', () => {
  const clock = (text: string) => clockFinding(computer({ timedatectl: said(text) })).state
  deepEqual(
    [clock('yes\n'), clock('no\n'), clockFinding(computer({})).state],
    ['ok', 'note', 'note'],
  )
  const there = folderFindings(computer({}), join(folder, 'cluster.yaml'), '/tmp')
  deepEqual(states(there), { folder: 'ok', 'sockets of ssh': 'ok' })
  const long = folderFindings(computer({}), '/nowhere/cluster.yaml', `/${'x'.repeat(60)}`)
  deepEqual(states(long), { folder: 'wrong', 'sockets of ssh': 'wrong' })
  const terminal = (more: Partial<Computer>) => terminalFinding(computer({}, more)).state
  equal(terminal({}), 'ok')
  equal(terminal({ terminal: { isTTY: false } }), 'note')
  equal(terminal({ terminal: { isTTY: true, columns: 60 } }), 'note')
})

test('host keys: the nodes that were never met are named', () => {
  const cluster = exampleCluster()
  const path = join(folder, 'known_hosts')
  const [first, ...rest] = cluster.nodes
  writeFileSync(path, rest.map(({ address }) => `${address} ssh-ed25519 AAAA\n`).join(''))
  match(knownHostsFinding(cluster, path).found, new RegExp(`not known yet: ${first?.name}$`))
  writeFileSync(path, cluster.nodes.map(({ address }) => `${address} ssh-ed25519 A\n`).join(''))
  equal(knownHostsFinding(cluster, path).state, 'ok')
})

test('each remedy stands below its finding', () => {
  const text = doctorText([
    { what: 'ssh', state: 'ok', found: 'OpenSSH' },
    { what: 'tar', state: 'wrong', found: 'not here', remedy: 'install tar' },
  ])
  deepEqual(text, [
    'ok     ssh  OpenSSH',
    'wrong  tar  not here',
    '       next: install tar',
    '',
    '1 thing to mend.',
  ])
})
