import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chooseOctet,
  hardwareAddress,
  isLabName,
  machineNamed,
  machinesFor,
  refuseCounts,
} from './layout.ts'

test('machines get their addresses by their names, control planes first', () => {
  const machines = machinesFor({ controlPlanes: 2, workers: 1, spare: 1 }, 77)
  assert.deepEqual(
    machines.map(({ name, address, role }) => [name, address, role]),
    [
      ['k-master-1', '10.77.0.11', 'control-plane'],
      ['k-master-2', '10.77.0.12', 'control-plane'],
      ['k-worker-1', '10.77.0.41', 'worker'],
      ['k-spare-1', '10.77.0.71', 'spare'],
    ],
  )
})

test('no two machines that a lab may have share an address, and none has a helper’s', () => {
  const all = machinesFor({ controlPlanes: 9, workers: 20, spare: 9 }, 80).map((m) => m.address)
  assert.equal(new Set(all).size, 38)
  for (const taken of ['10.80.0.1', '10.80.0.5', '10.80.0.6']) assert.ok(!all.includes(taken))
})

test('names outside the scheme are no machines', () => {
  for (const name of [
    'k-master-0',
    'k-master-10',
    'k-worker-21',
    'k-master-1 ',
    'x',
    'k-endpoint',
  ]) {
    assert.equal(machineNamed(name, 77), undefined, name)
  }
})

test('the first lab gets 10.77, others the first free network that is not podman’s', () => {
  assert.equal(chooseOctet('lab', []), 77)
  assert.equal(chooseOctet('test', []), 78)
  assert.equal(chooseOctet('test', ['10.78.0.0/24', '10.79.0.1']), 80)
  assert.equal(chooseOctet('lab', ['10.77.3.0/24']), 78)
  const all = Array.from({ length: 11 }, (_, index) => `10.${77 + index}.0.0/24`)
  assert.equal(chooseOctet('test', all), undefined)
})

test('counts out of range are all refused at once', () => {
  assert.equal(refuseCounts({ controlPlanes: 3, workers: 0, spare: 0 }).length, 0)
  assert.equal(refuseCounts({ controlPlanes: 0, workers: 21, spare: Number.NaN }).length, 3)
})

test('hardware addresses are locally administered, and one for each address', () => {
  assert.equal(hardwareAddress('10.77.0.11'), '02:4b:0a:4d:00:0b')
})

test('a lab’s name is safe in container names, labels and folders', () => {
  for (const name of ['lab', 'e2e-1', 'a']) assert.ok(isLabName(name), name)
  for (const name of ['', '-a', 'a-', 'A', '../x', 'a b', 'a'.repeat(21), 'a\n']) {
    assert.ok(!isLabName(name), name)
  }
})
