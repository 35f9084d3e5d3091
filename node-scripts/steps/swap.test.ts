import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Fake, fakeMachine } from '../../test/golden/fake-machine.ts'
import { byHand, converge, plan } from '../run/converge.ts'
import { swapOff } from './swap.ts'

const header = 'Filename\tType\tSize\tUsed\tPriority\n'
const fstab = [
  '# the swap partition is the last line',
  'UUID=1 / xfs defaults 0 0',
  '/dev/swapped /data ext4 defaults,comment=swap 0 0',
  '#/dev/old none swap defaults 0 0',
  'UUID=2\tnone\tswap\tdefaults\t0 0',
  '  /swapfile swap swap sw 0 0',
  '',
].join('\n')
const wanted = fstab
  .replace('UUID=2\tnone', '# UUID=2\tnone')
  .replace('  /swapfile', '#   /swapfile')
const list = 'systemctl list-unit-files --plain --no-legend *.swap'

/** A machine whose systemd knows these swap units, by their names and states. */
function machine(fake: Fake & { readonly swaps?: Readonly<Record<string, string>> } = {}) {
  const swaps = new Map(Object.entries(fake.swaps ?? {}))
  const units = { 'swap.target': { load: 'loaded' } }
  const answers = {
    [list]: {
      get stdout() {
        return [...swaps].map(([name, state]) => `${name} ${state} -\n`).join('')
      },
    },
  }
  return fakeMachine({
    ...fake,
    files: { '/proc/swaps': header, ...fake.files },
    units,
    answers,
    onRun({ argv }, on) {
      const name = argv.at(-1) ?? ''
      if (argv[0] === 'swapoff') on.files.set('/proc/swaps', header)
      if (argv[1] === 'mask' && name === 'swap.target') units['swap.target'].load = 'masked'
      else if (argv[1] === 'mask') swaps.set(name, 'masked')
      return undefined
    },
  })
}

const differences = async (on: ReturnType<typeof machine>) =>
  (await plan(swapOff(), on)).flatMap(({ found }) => found ?? [])

test('swap goes out of fstab, its units are masked, it goes off; then nothing is left to do', async () => {
  const on = machine({
    files: { '/proc/swaps': `${header}/dev/dm-1\tpartition\t1\t0\t-2\n`, '/etc/fstab': fstab },
    swaps: { 'dev-vda3.swap': 'generated', 'old.swap': 'masked' },
  })
  assert.deepEqual(await differences(on), [
    'UUID=2\tnone\tswap\tdefaults\t0 0',
    'swap.target can start',
    'swap on: /dev/dm-1',
  ])
  await converge(swapOff(), on)
  assert.deepEqual(on.changes, [
    'write /etc/fstab.before-kubestrap',
    'write /etc/fstab',
    'systemctl daemon-reload',
    'systemctl mask --now dev-vda3.swap',
    'systemctl mask --now swap.target',
    'swapoff --all',
  ])
  assert.equal(on.files.get('/etc/fstab'), wanted)
  assert.deepEqual(await converge(swapOff(), on), [])
})

test('a unit that a generator made later is found, although swap.target is masked', async () => {
  const on = machine()
  await converge(swapOff(), on)
  const later = machine({ swaps: { 'dev-zram0.swap': 'generated' } })
  await later.run({ argv: ['systemctl', 'mask', 'swap.target'] })
  assert.deepEqual(await differences(later), ['dev-zram0.swap can start'])
})

test('a unit file of one’s own is kept beside its mask', async () => {
  const on = machine({
    files: { '/etc/systemd/system/own.swap': '[Swap]\nWhat=/own\n' },
    swaps: { 'own.swap': 'enabled' },
  })
  await converge(swapOff(), on)
  assert.deepEqual(on.changes.slice(1, 5), [
    'systemctl disable --now own.swap',
    'mv -- /etc/systemd/system/own.swap /etc/systemd/system/own.swap.before-kubestrap',
    'systemctl daemon-reload',
    'systemctl mask --now own.swap',
  ])
})

test('zram-generator gets an empty configuration where it is installed, and only there', async () => {
  const generator = '/usr/lib/systemd/system-generators/zram-generator'
  const conf = '/etc/systemd/zram-generator.conf'
  const on = machine({ files: { [generator]: '', [conf]: '[zram0]\n' } })
  await converge(swapOff(), on)
  assert.equal(on.files.get(`${conf}.before-kubestrap`), '[zram0]\n')
  const text = on.files.get(conf) ?? ''
  assert.match(text, /^# Written by kubestrap/)
  assert.doesNotMatch(text, /^[^#]/m)
  const without = machine()
  await converge(swapOff(), without)
  assert.equal(without.files.has(conf), false)
})

test('an fstab without swap is not written; a machine without one is fine', async () => {
  for (const table of ['UUID=1 / xfs defaults 0 0\n', undefined]) {
    const on = machine(table === undefined ? {} : { files: { '/etc/fstab': table } })
    await converge(swapOff(), on)
    assert.deepEqual(on.changes, ['systemctl mask --now swap.target'])
  }
})

test('the sed that a person would type comments the same lines out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-fstab-'))
  try {
    const copy = join(folder, 'fstab')
    writeFileSync(copy, fstab)
    const [first] = swapOff()
    const sed = first ? byHand(first) : ''
    execFileSync('sh', ['-c', sed.replace('/etc/fstab', copy)])
    assert.equal(readFileSync(copy, 'utf8'), wanted)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
