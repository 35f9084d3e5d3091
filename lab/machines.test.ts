import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appstreamRepository, machineArguments } from './machines.ts'

const machine = { name: 'k-master-1', address: '10.77.0.11', role: 'control-plane' } as const
const setting = { lab: 'lab', octet: 77, image: 'localhost/node:1' }
const args = machineArguments(machine, setting)

test('a machine carries the lab’s label, by which alone it is found and removed', () => {
  assert.ok(args.includes('kubestrap.lab=lab'))
  assert.ok(args.includes('kubestrap.machine=k-master-1'))
})

test('/var/lib is a volume of its own, and the init is ours', () => {
  assert.ok(args.includes('kubestrap-lab-k-master-1:/var/lib'))
  assert.ok(args.includes('--systemd=false'))
  assert.ok(args.includes('--cgroupns=private'))
  assert.deepEqual(args.slice(-2), ['localhost/node:1', '/usr/local/sbin/lab-init'])
})

test('two labs share no name', () => {
  const other = machineArguments(machine, { ...setting, lab: 'e2e', octet: 78 })
  const names = (list: readonly string[]) => list.filter((one) => one.startsWith('kubestrap-'))
  assert.equal(names(args).length, 3)
  assert.ok(names(args).every((name) => !names(other).includes(name)))
})

test('packages of the distribution are checked by signature', () => {
  assert.match(appstreamRepository(78), /^baseurl=http:\/\/10\.78\.0\.6\/appstream\/$/m)
  assert.match(appstreamRepository(78), /^gpgcheck=1$/m)
})
