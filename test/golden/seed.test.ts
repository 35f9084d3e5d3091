import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseCluster } from '../../lib/cluster.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { phases } from '../../lib/phases.ts'
import { planned } from '../../node-scripts/inspect.ts'
import { noPage } from './documentation.ts'
import { matchesGolden } from './golden.ts'
import { record } from './record.ts'

declare const __ROOT__: string

/**
 * examples/seed.yaml as each kind of node gets it: every phase's files and commands in
 * test/golden/seed/NODE/PHASE.txt. Each file names the documentation it follows.
 */
const path = join(__ROOT__, 'examples/seed.yaml')
const cluster = await parseCluster(readFileSync(path, 'utf8'), path)

const inputFor = (node: string): PhaseInput => ({
  cluster,
  node,
  observed: {
    kubernetesVersion: '1.36.3',
    nodes: cluster.nodes.map(({ name, address, role }, index) => ({
      ...{ name, address, podCIDR: `172.16.${index}.0/24`, ready: true },
      ...{ controlPlane: role === 'control-plane', kubeletVersion: '1.36.3' },
    })),
  },
  join: {
    endpoint: '192.168.9.120:6443',
    token: 'abcdef.0123456789abcdef',
    caCertHash: `sha256:${'0a'.repeat(32)}`,
    caCertificate: 'LS0t',
    certificateKey: 'be'.repeat(32),
  },
})

/** A further control plane differs from the first one in how it comes in only. */
const who = { first: 'k-master-1', steward: 'k-master-1' }
const recorded = ['k-master-1', 'k-master-2', 'k-worker-1'].flatMap((name) =>
  phases
    .filter((phase) => cluster.nodes.some((n) => n.name === name && phase.on(n, who, cluster)))
    .filter((phase) => name !== 'k-master-2' || phase.name === 'control-plane-join')
    .map((phase) => ({ name, phase: planned[phase.name] })),
)

for (const { name, phase } of recorded)
  test(`examples/seed.yaml: ${phase.name} on ${name}`, async () => {
    const text = await record(phase, inputFor(name))
    assert.ok(!/be{8}|bebebebe|0123456789abcdef/.test(text), 'a secret stands in the golden file')
    assert.deepEqual(
      text.split('\n').filter((line) => line.endsWith(noPage)),
      [],
      'each file names what it follows: add lines to test/golden/documentation.ts',
    )
    matchesGolden(`seed/${name}/${phase.name}.txt`, text)
  })

test('no golden file is left over', () => {
  const wanted = recorded.map(({ name, phase }) => `${name}/${phase.name}.txt`)
  const folder = join(__ROOT__, 'test/golden/seed')
  const found = readdirSync(folder, { recursive: true }).map(String)
  assert.deepEqual(
    found.filter((file) => file.endsWith('.txt') && !wanted.includes(file)),
    [],
  )
})
