import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../lib/errors.ts'
import { shellProblem, sshProblem } from './ssh-problems.ts'

const cases: readonly [string, string, number][] = [
  [
    '@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.',
    'KS-HOST-KEY-CHANGED',
    12,
  ],
  [
    'No ED25519 host key is known for 10.0.0.1 and you have requested strict checking.\nHost key verification failed.',
    'KS-HOST-KEY-UNKNOWN',
    12,
  ],
  [
    '@@@ WARNING: UNPROTECTED PRIVATE KEY FILE! @@@\nuser@10.0.0.1: Permission denied (publickey).',
    'KS-SSH-KEY',
    13,
  ],
  ['Load key "/home/a/.ssh/id": invalid format', 'KS-SSH-KEY', 13],
  ['user@10.0.0.1: Permission denied (publickey,gssapi-keyex,password).', 'KS-LOGIN', 13],
  ['Received disconnect from 10.0.0.1: Too many authentication failures', 'KS-LOGIN', 13],
  ['sudo: a password is required', 'KS-SUDO-PASSWORD', 13],
  ['sudo: a terminal is required to read the password', 'KS-SUDO-PASSWORD', 13],
  ['sudo: sorry, you must have a tty to run sudo', 'KS-SUDO-TTY', 13],
  ['user is not in the sudoers file.', 'KS-SUDO', 13],
  ['sh: line 1: sudo: command not found', 'KS-SUDO', 13],
  ['ssh: connect to host 10.0.0.1 port 22: Connection refused', 'KS-UNREACHABLE', 11],
  ['ssh: Could not resolve hostname k-master-1', 'KS-UNREACHABLE', 11],
  ['sudo: interactive authentication is required', 'KS-SUDO-PASSWORD', 13],
  [
    'channel 0: open failed: connect failed: No route to host\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535',
    'KS-JUMP',
    11,
  ],
  ['', 'KS-UNREACHABLE', 11],
]
for (const [text, id, code] of cases)
  test(`${id}: ${text.slice(0, 50).replaceAll('\n', ' ')}`, () => {
    const problem = sshProblem('k-master-1', text)
    assert.equal(problem.id, id)
    assert.equal(exitCodes[problem.exit], code)
    assert.equal(problem.node, 'k-master-1')
    assert.ok(problem.what && problem.remedy)
  })

test('what nobody knows is told by its last line, without control characters', () => {
  assert.equal(
    sshProblem('a', 'debug1: x\n\u001b[31mNo route to host\r\n\n').what,
    'No route to host',
  )
  assert.equal(sshProblem('a', '').what, 'no answer')
})

test('a login that works without root: sudo where it spoke, else the login shell', () => {
  assert.equal(shellProblem('a', 'Hello\nsudo: a password is required').id, 'KS-SUDO-PASSWORD')
  const { id, what } = shellProblem('a', 'This account is \u001b[1mcurrently not available.\n')
  assert.equal(id, 'KS-LOGIN-SHELL')
  assert.match(what, /: This account is currently not available\.$/)
})
