import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFacts } from './observed.ts'

const whole = [
  'facts=1',
  'hostname=k-master-1',
  'os=almalinux 9.6',
  'arch=x86_64',
  'kernel=5.14.0-585.el9.x86_64',
  'addresses=10.0.0.11 fd00::11 ',
  'node=v22.20.0',
  'dnf=/usr/bin/dnf',
  'systemd=yes',
  'kubeletConf=yes',
  'etcdData=no',
  'apiServerManifest=no',
  `ca=${'a'.repeat(64)}`,
  'unit=kubestrap-run-prerequisites-0123456789ab.service',
  'endpointStatus=200',
  'bundles=yes',
]
const text = `${whole.join('\n')}\n`
const without = (key: string) => whole.filter((line) => !line.startsWith(`${key}=`)).join('\n')

test('facts are read', () => {
  const { machine, ...facts } = parseFacts(text) ?? assert.fail('not read')
  assert.equal(machine.machineId, '')
  assert.deepEqual(facts, {
    hostname: 'k-master-1',
    os: 'almalinux 9.6',
    arch: 'x86_64',
    kernel: '5.14.0-585.el9.x86_64',
    addresses: ['10.0.0.11', 'fd00::11'],
    node: 'v22.20.0',
    dnf: true,
    systemd: true,
    kubeletConf: true,
    etcdData: false,
    apiServerManifest: false,
    ca: 'a'.repeat(64),
    run: 'prerequisites-0123456789ab',
    endpointStatus: '200',
    bundles: true,
  })
})

test('a noisy shell profile is passed over', () => {
  const noise = ['Welcome to k-master-1!', '', '  facts = 0', 'PATH is /bin', '\u001b[31m=x']
  assert.deepEqual(parseFacts(`${noise.join('\n')}\n${text}${noise.join('\n')}`), parseFacts(text))
})

test('output that was cut is no facts, wherever it was cut', () => {
  const end = text.indexOf('bundles=')
  for (let length = 0; length <= end; length += 1)
    assert.equal(parseFacts(text.slice(0, length)), undefined, `cut at ${length}`)
  assert.equal(parseFacts(without('facts')), undefined)
  assert.equal(parseFacts(without('bundles')), undefined)
})

test('a fact that is missing is the harmless one', () => {
  const facts = parseFacts('facts=1\nbundles=no\n')
  assert.equal(facts?.kubeletConf, false)
  assert.equal(facts?.run, '')
  assert.deepEqual(facts?.addresses, [])
  assert.equal(facts?.bundles, false)
})

const hostileUnits = [
  'kubestrap-run-x; reboot.service',
  'kubestrap-run-../../../tmp/x.service',
  'kubestrap-run-$(reboot)-aaaaaaa.service',
  'kubestrap-run-short.service',
  'sshd.service',
  `kubestrap-run-${'a'.repeat(100)}.service`,
]
for (const unit of hostileUnits)
  test(`no run is called ${unit.slice(0, 50)}`, () => {
    assert.equal(parseFacts(`${without('unit')}\nunit=${unit}\n`)?.run, '')
  })

test('lines with control characters, foreign keys and endless values are passed over', () => {
  const hostile = [
    'hostname=\u001b]0;owned\u0007',
    'host-name=x',
    '__proto__=x',
    `hostname=${'x'.repeat(5_000)}`,
    `${'k'.repeat(33)}=x`,
  ]
  const facts = parseFacts(`${text}${hostile.join('\n')}\n`)
  assert.equal(facts?.hostname, 'k-master-1')
  assert.deepEqual(facts, parseFacts(text))
})

test('only the first 64000 characters are looked at', () => {
  assert.equal(parseFacts(`${'x'.repeat(64_000)}\n${text}`), undefined)
})
