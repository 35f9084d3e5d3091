import type { ExitName } from '../lib/errors.ts'
import { lastLines, plainLine } from '../lib/text.ts'

/** Why a node cannot be worked on, told apart by what ssh or sudo said: both exit with 255 or 1. */
export interface SshProblem {
  readonly node: string
  readonly id: string
  readonly exit: ExitName
  readonly what: string
  readonly remedy: string
}

interface Known extends Omit<SshProblem, 'node'> {
  readonly sign: RegExp
}

const known: readonly Known[] = [
  {
    sign: /stdio forwarding failed/i,
    id: 'KS-JUMP',
    exit: 'unreachable',
    what: 'the jump host does not reach it',
    remedy: 'check ssh.jump and the address, and that the jump host forwards (AllowTcpForwarding)',
  },
  {
    sign: /REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    id: 'KS-HOST-KEY-CHANGED',
    exit: 'hostKey',
    what: 'its host key is not the one that was seen before',
    remedy: 'if the machine was made anew: ssh-keygen -R ADDRESS -f KNOWN_HOSTS, then run again',
  },
  {
    sign: /Host key verification failed|No .* host key is known/i,
    id: 'KS-HOST-KEY-UNKNOWN',
    exit: 'hostKey',
    what: 'its host key is not known',
    remedy: 'run on a terminal to compare the fingerprints, or with --accept-new-host-keys',
  },
  {
    sign: /UNPROTECTED PRIVATE KEY|bad permissions|Load key .* (?:invalid|error)/i,
    id: 'KS-SSH-KEY',
    exit: 'login',
    what: 'the private key cannot be used',
    remedy: 'chmod 600 the key, and check ssh.key in the cluster file',
  },
  {
    sign: /Permission denied|Too many authentication failures/i,
    id: 'KS-LOGIN',
    exit: 'login',
    what: 'the login was refused',
    remedy: 'check ssh.user and ssh.key in the cluster file, or load the key: ssh-add',
  },
  {
    sign: /a password is required|a terminal is required|interactive authentication is required/i,
    id: 'KS-SUDO-PASSWORD',
    exit: 'login',
    what: 'sudo wants a password',
    remedy:
      'run on a terminal, which asks for it once, or with --sudo-password-file FILE; or let the user use sudo without: USER ALL=(ALL) NOPASSWD: ALL in /etc/sudoers.d/',
  },
  {
    sign: /must have a tty/i,
    id: 'KS-SUDO-TTY',
    exit: 'login',
    what: 'sudo wants a terminal (requiretty)',
    remedy: 'add "Defaults:USER !requiretty" in /etc/sudoers.d/',
  },
  {
    sign: /is not in the sudoers file|is not allowed to (?:run|execute)|sudo: (?:command )?not found/i,
    id: 'KS-SUDO',
    exit: 'login',
    what: 'the user may not use sudo',
    remedy: 'install sudo and let the user use it: USER ALL=(ALL) NOPASSWD: ALL',
  },
]

/** Puts a name to what ssh or sudo printed; everything else is "unreachable". */
export function sshProblem(node: string, text: string): SshProblem {
  const match = known.find(({ sign }) => sign.test(text))
  if (match) {
    const { id, exit, what, remedy } = match
    return { node, id, exit, what, remedy }
  }
  const [last = 'no answer'] = lastLines(text, 1)
  return {
    node,
    id: 'KS-UNREACHABLE',
    exit: 'unreachable',
    what: last,
    remedy: 'check that the machine is on, its address, and that port 22 is open from here',
  }
}

/** The login worked, but root was not reached: sudo, or what the login shell said. */
export function shellProblem(node: string, text: string): SshProblem {
  const problem = sshProblem(node, text)
  if (problem.id !== 'KS-UNREACHABLE') return problem
  const [said] = lastLines(text, 1)
  return {
    node,
    id: 'KS-LOGIN-SHELL',
    exit: 'login',
    what: `its login shell did not run sudo: ${said ? plainLine(said).slice(0, 200) : 'it said nothing'}`,
    remedy:
      'try it: ssh USER@NODE sudo -n true. An expired password, /sbin/nologin or a .bashrc that exits or reads standard input is in the way',
  }
}
