import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { type SshProblem, sshProblem } from './ssh-problems.ts'

/** One password of sudo for all nodes that want one: asked once, and never tried again when wrong. */
export interface SudoPassword {
  /** Of a node where it was right; it goes to standard input only. */
  readonly of: (node: ClusterNode) => string | undefined
  /** @returns what is in the way, or undefined when root can be reached now */
  readonly unlock: (
    node: ClusterNode,
    attempt: (password: string) => Promise<SshProblem | undefined>,
  ) => Promise<SshProblem | undefined>
}

/** @param read gives the password, or undefined when there is nobody to ask; called once at most */
export function sudoPassword(read: () => Promise<string | undefined>): SudoPassword {
  const unlocked = new Set<string>()
  let known: string | undefined
  let asked: Promise<string | undefined> | undefined
  let first: Promise<SshProblem | undefined> | undefined

  return {
    of: ({ name }) => (unlocked.has(name) ? known : undefined),
    async unlock(node, attempt) {
      asked ??= read()
      const password = await asked
      if (password === undefined) return sshProblem(node.name, 'a password is required')
      known = password
      const isFirst = first === undefined
      first ??= attempt(password)
      // Directories lock accounts after a few wrong tries: one node says for all that it is wrong.
      const problem = await first
      if (problem && !isFirst) return { ...problem, node: node.name, what: notTried }
      const own = isFirst ? problem : await attempt(password)
      if (!own) unlocked.add(node.name)
      return own
    },
  }
}

const notTried = "sudo's password was not tried here, as it failed on another node"

/** What sudo says after the one try that it was given. */
export function wrongPassword(node: string, said: string): SshProblem | undefined {
  if (!/try again|incorrect password|no password was provided|authentication fail/i.test(said))
    return undefined
  return {
    node,
    id: 'KS-SUDO-WRONG',
    exit: 'login',
    what: "sudo's password was wrong; it was tried once",
    remedy: 'all nodes need the same one; or let the user use sudo without: NOPASSWD',
  }
}

/**
 * How the password is had when a node wants one: from the file, which is read at once, else from the
 * terminal without an echo, else from nobody.
 *
 * @throws KubestrapError KS-SUDO-FILE when the file cannot be used
 */
export function sudoPasswordFrom(file: string | undefined): () => Promise<string | undefined> {
  const given = file === undefined ? undefined : passwordInFile(file)
  return async () =>
    given ?? (process.stdin.isTTY ? askHidden('Password of sudo on the nodes: ') : undefined)
}

/** Its first line. @throws KubestrapError KS-SUDO-FILE when others may read it */
function passwordInFile(path: string): string {
  let handle: number | undefined
  try {
    handle = openSync(path, 'r')
    const about = fstatSync(handle)
    // A pipe, such as <(pass show sudo), is nobody else's anyway.
    if (about.isFile() && (about.mode & 0o077) !== 0) throw badFile(path, 'others may read it')
    const [line = ''] = readFileSync(handle, 'utf8').split(/\r?\n/)
    if (line === '') throw badFile(path, 'its first line is empty')
    return line
  } catch (error) {
    if (error instanceof KubestrapError) throw error
    throw badFile(path, (error as NodeJS.ErrnoException).code ?? 'it cannot be read')
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function badFile(path: string, why: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-SUDO-FILE',
    exit: 'usage',
    what: `the file of sudo's password cannot be used: ${why}`,
    unchanged: 'nothing, on no node',
    remedy: `the password alone in its first line, and chmod 600 ${path}`,
  })
}

/** One line from the terminal that nobody sees. */
function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  // Not before the terminal has stopped to show what is typed: some answer at once.
  process.stderr.write(question)
  return new Promise((resolve) => {
    terminal.on('SIGINT', () => {
      terminal.close()
      process.kill(process.pid, 'SIGINT')
    })
    terminal.question('', (line) => {
      terminal.close()
      process.stderr.write('\n')
      resolve(line)
    })
  })
}
