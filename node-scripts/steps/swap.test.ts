import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fakeMachine } from '../../test/golden/fake-machine.ts'
import { byHand, converge } from '../run/converge.ts'
import { swapOff } from './machine-settings.ts'

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

function machine(swaps: string, table: string | undefined) {
  const units = { 'swap.target': { load: 'loaded' } }
  return fakeMachine({
    files: { '/proc/swaps': swaps, ...(table === undefined ? {} : { '/etc/fstab': table }) },
    units,
    onRun({ argv }, on) {
      if (argv[0] === 'swapoff') on.files.set('/proc/swaps', header)
      if (argv.includes('mask')) units['swap.target'].load = 'masked'
      return undefined
    },
  })
}

test('swap goes off now, out of fstab, and its target is masked; then nothing is left to do', async () => {
  const on = machine(`${header}/dev/dm-1\tpartition\t1\t0\t-2\n`, fstab)
  assert.deepEqual(await swapOff().check(on), {
    as: 'different',
    found: 'swap on: /dev/dm-1',
    wanted: 'no swap',
  })
  await converge([swapOff()], on)
  assert.deepEqual(on.changes, ['swapoff --all', 'write /etc/fstab', 'systemctl mask swap.target'])
  assert.equal(on.files.get('/etc/fstab'), wanted)
  assert.deepEqual(await converge([swapOff()], on), [])
})

test('swap that is off but would come back at the next boot is found', async () => {
  const finding = await swapOff().check(machine(header, fstab))
  assert.equal(finding.as === 'different' && finding.found, 'swap in /etc/fstab')
})

test('an fstab without swap is not written; a machine without one is fine', async () => {
  for (const table of ['UUID=1 / xfs defaults 0 0\n', undefined]) {
    const on = machine(header, table)
    await converge([swapOff()], on)
    assert.deepEqual(on.changes, ['swapoff --all', 'systemctl mask swap.target'])
  }
})

test('the sed that a person would type comments the same lines out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-fstab-'))
  try {
    const copy = join(folder, 'fstab')
    writeFileSync(copy, fstab)
    const sed =
      byHand(swapOff())
        .split('\n')
        .find((line) => line.startsWith('sed')) ?? ''
    execFileSync('sh', ['-c', sed.replace('/etc/fstab', copy)])
    assert.equal(readFileSync(copy, 'utf8'), wanted)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
