import { deepEqual, equal, ok } from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import {
  contains,
  formatAddress,
  formatNetwork,
  hasHostBits,
  overlaps,
  parseAddress,
  parseNetwork,
  roomFor,
} from './networks.ts'

const network = (text: string) => {
  const found = parseNetwork(text)
  ok(found, `${text} is a network`)
  return found
}
const address = (text: string) => {
  const found = parseAddress(text)
  ok(found, `${text} is an address`)
  return found
}

const spellings: readonly (readonly [string, string])[] = [
  ['10.0.0.1', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  ['2001:0:0:1:0:0:0:0', '2001:0:0:1::'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::1', '::1'],
  ['fd00::10:0:0:20', 'fd00::10:0:0:20'],
  ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
]

for (const [written, wanted] of spellings) {
  test(`${written} is spelled ${wanted}`, () => equal(formatAddress(address(written)), wanted))
}

const none = [
  '',
  '10.0.0',
  '10.0.0.0.1',
  '10.0.0.256',
  '10.0.0.01',
  '10.0.0.1 ',
  '10.0.0.-1',
  '1e1.0.0.1',
  '::1::',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
  '12345::',
  'g::',
  '[::1]',
]

for (const text of none) {
  test(`"${text}" is no address`, () => equal(parseAddress(text), undefined))
}

test('random addresses come back as they were, as Node.js reads them too', () => {
  for (let i = 0; i < 500; i++) {
    const family = i % 2 === 0 ? 4 : 6
    const groups = Array.from({ length: 8 }, () => Math.floor(Math.random() ** 3 * 65_536))
    const text =
      family === 4
        ? groups
            .slice(0, 4)
            .map((one) => one % 256)
            .join('.')
        : groups.map((one) => (one % 3 === 0 ? 0 : one).toString(16)).join(':')
    const spelled = formatAddress(address(text))
    equal(isIP(spelled), family, spelled)
    deepEqual(parseAddress(spelled), parseAddress(text))
  }
})

for (const text of [
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '::/129',
  'x/8',
  '1.2.3.4/8/8',
  '/8',
]) {
  test(`"${text}" is no network`, () => equal(parseNetwork(text), undefined))
}

test('host bits', () => {
  equal(hasHostBits(network('10.244.0.1/16')), true)
  equal(hasHostBits(network('10.244.0.0/16')), false)
  equal(hasHostBits(network('0.0.0.0/0')), false)
  equal(hasHostBits(network('10.0.0.1/32')), false)
  equal(formatNetwork(network('10.244.7.1/16')), '10.244.0.0/16')
  equal(formatNetwork(network('fd00:1:2:3::5/64')), 'fd00:1:2:3::/64')
})

test('contains', () => {
  equal(contains(network('10.244.0.0/16'), address('10.244.255.255')), true)
  equal(contains(network('10.244.0.0/16'), address('10.245.0.0')), false)
  equal(contains(network('0.0.0.0/0'), address('::1')), false, 'another family')
  equal(contains(network('fd00::/8'), address('fdff::1')), true)
})

test('overlaps goes both ways', () => {
  const [large, small, other] = ['10.96.0.0/12', '10.100.0.0/16', '10.112.0.0/16'].map(network)
  ok(large && small && other)
  equal(overlaps(large, small), true)
  equal(overlaps(small, large), true)
  equal(overlaps(large, other), false)
  equal(overlaps(network('::/0'), network('0.0.0.0/0')), false)
})

test('room for smaller networks', () => {
  equal(roomFor(network('10.244.0.0/16'), 24), 256)
  equal(roomFor(network('10.244.0.0/24'), 24), 1)
  equal(roomFor(network('10.244.0.0/25'), 24), 0)
})
