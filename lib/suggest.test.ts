import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { closest } from './suggest.ts'

const keys = ['name', 'kubernetesVersion', 'endpoint', 'nodes', 'podNetwork', 'networking', 'ssh']

const cases: readonly (readonly [string, string | undefined])[] = [
  ['nmae', 'name'],
  ['node', 'nodes'],
  ['endpiont', 'endpoint'],
  ['pod_network', 'podNetwork'],
  ['PODNETWORK', 'podNetwork'],
  ['version', 'kubernetesVersion'],
  ['shs', 'ssh'],
  ['storage', undefined],
  ['xyz', undefined],
  ['', undefined],
  ['a'.repeat(10_000), undefined],
]

for (const [word, wanted] of cases) {
  test(`"${word.slice(0, 20)}" finds ${wanted ?? 'nothing'}`, () =>
    equal(closest(word, keys), wanted))
}

test('the nearest of several is taken, the first of equals', () => {
  equal(closest('worke', ['worked', 'work', 'worker']), 'worked')
  equal(closest('k-worker-2', ['k-worker-1', 'k-worker-2', 'k-worker-3']), 'k-worker-2')
})

test('a part of two words finds neither', () => {
  equal(closest('subnet', ['podSubnet', 'serviceSubnet']), undefined)
})
