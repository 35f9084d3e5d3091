import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KubestrapError } from '../../lib/errors.ts'
import { findTools, librariesIn } from './machine-tools.ts'

test('libraries and the loader are found in the output of ldd, the kernel page is not', () => {
  const ldd = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibmnl.so.0 => /lib/x86_64-linux-gnu/libmnl.so.0 (0x00007f01)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)
`
  const found = ['/lib/x86_64-linux-gnu/libmnl.so.0', '/lib64/ld-linux-x86-64.so.2']
  assert.deepEqual(librariesIn(ldd), found)
})

test('all tools that are missing are named at once, with the command that installs them', () => {
  const look = () => findTools(['sh', 'no-such-nft', 'no-such-conntrack'])
  assert.throws(look, (error: unknown) => {
    assert.ok(error instanceof KubestrapError)
    assert.match(error.details.what, /no-such-nft, no-such-conntrack/)
    assert.match(error.details.remedy ?? '', /apt-get install/)
    return true
  })
})
