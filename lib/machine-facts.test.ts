import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineFacts } from './machine-facts.ts'

const values = {
  osId: 'centos',
  osLike: 'rhel fedora',
  osVersion: '9',
  machineId: '0123456789abcdef0123456789abcdef',
  productUuid: '4C4C4544-0031-3010-8036-B4C04F4B4D31',
  macs: 'eth0|BC:24:11:00:00:0b ',
  interfaces: 'eth0 lo ',
  networks: 'lo|127.0.0.1/8 eth0|192.168.9.121/24 eth0|fd00::121/64 ',
  memoryKiB: '3145728',
  cpus: '2',
  cgroup: '2',
  disks: '/|/|100|200 /var/lib/etcd|/var/lib/etcd|10|20 ',
  ports: '6443|nginx 10250| ',
  firewalld: 'inactive',
  timeSynchronized: 'no',
  asked: 'yes',
  blocked: '0|silent 3|rejected ',
  resolved: '192.168.9.120 ',
  holder: 'BC:24:11:00:00:0C',
  served: '0|0|200 1|7|000 ',
}
const read = (more: Record<string, string> = {}) =>
  machineFacts(new Map(Object.entries({ ...values, ...more })))

test('facts of the machine are read', () => {
  assert.deepEqual(read(), {
    osId: 'centos',
    osLike: ['rhel', 'fedora'],
    osVersion: '9',
    machineId: '0123456789abcdef0123456789abcdef',
    productUuid: '4c4c4544-0031-3010-8036-b4c04f4b4d31',
    macs: [{ interface: 'eth0', mac: 'bc:24:11:00:00:0b' }],
    interfaces: ['eth0', 'lo'],
    networks: [
      { interface: 'lo', network: '127.0.0.1/8' },
      { interface: 'eth0', network: '192.168.9.121/24' },
      { interface: 'eth0', network: 'fd00::121/64' },
    ],
    memoryKiB: 3145728,
    cpus: 2,
    cgroup: 2,
    disks: [
      { folder: '/', mount: '/', freeKiB: 100, sizeKiB: 200 },
      { folder: '/var/lib/etcd', mount: '/var/lib/etcd', freeKiB: 10, sizeKiB: 20 },
    ],
    ports: [
      { port: 6443, program: 'nginx' },
      { port: 10250, program: '' },
    ],
    firewalld: false,
    timeSynchronized: false,
    network: {
      blocked: [
        { number: 0, how: 'silent' },
        { number: 3, how: 'rejected' },
      ],
      resolved: ['192.168.9.120'],
      holder: 'bc:24:11:00:00:0c',
      served: [
        { number: 0, curl: 0, status: 200 },
        { number: 1, curl: 7, status: 0 },
      ],
    },
  })
})

test('a name that does not resolve is another thing than one nobody asked for', () => {
  assert.deepEqual(read({ resolved: '' }).network?.resolved, [])
  assert.equal(read({ asked: 'no' }).network, undefined)
})

test('what is missing or of another form is left out', () => {
  const facts = read({
    memoryKiB: '-1',
    cpus: 'two',
    cgroup: '3',
    disks: '/|/|x|1 /a|/a|1',
    ports: 'x|y 1|2|3',
    blocked: 'x|silent 1|quiet 2',
    served: '1|2 a|b|c',
    timeSynchronized: '',
  })
  assert.deepEqual(
    [facts.memoryKiB, facts.cpus, facts.cgroup, facts.timeSynchronized],
    [undefined, undefined, undefined, undefined],
  )
  assert.deepEqual([facts.disks, facts.ports], [[], []])
  assert.deepEqual([facts.network?.blocked, facts.network?.served], [[], []])
  assert.equal(machineFacts(new Map()).machineId, '')
})
