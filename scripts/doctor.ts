import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Cluster } from '../lib/cluster.ts'
import { count } from '../lib/text.ts'
import { keyPath } from './ssh-arguments.ts'

/** One thing about the admin's own computer. */
export interface Finding {
  readonly what: string
  /** `note`: it works without. */
  readonly state: 'ok' | 'note' | 'wrong'
  readonly found: string
  readonly remedy?: string
}

/** What is asked of the computer; tests replace it. */
export interface Computer {
  readonly node: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: { readonly isTTY: boolean; readonly columns?: number }
  /** Exit code and output of a program; undefined when it is not there. */
  readonly run: (program: string, ...args: string[]) => Answer | undefined
}

export interface Answer {
  readonly exitCode: number
  readonly text: string
}

const ok = (what: string, found: string): Finding => ({ what, state: 'ok', found })
const note = (what: string, found: string, remedy: string): Finding => ({
  ...{ what, state: 'note', found, remedy },
})
const wrong = (what: string, found: string, remedy: string): Finding => ({
  ...{ what, state: 'wrong', found, remedy },
})

const firstLine = (text: string) => text.trim().split('\n')[0] ?? ''

/** The programs that every verb needs, and those that are good to have. */
export function programFindings({ node, run }: Computer): Finding[] {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number)
  const runsSource = major > 22 || (major === 22 && minor >= 18)
  const tell = runsSource ? node : `${node}, enough for dist/; scripts/*.ts run from 22.18 on`
  const kubectl = run('kubectl', 'version', '--client')
  const zx = run('zx', '--version')
  return [
    major >= 20 ? ok('Node.js', tell) : wrong('Node.js', node, 'install Node.js 22 or newer'),
    needed(run('ssh', '-V'), 'ssh', 'install the OpenSSH client (package openssh-clients)'),
    // Without arguments it would ask for a file name.
    needed(run('ssh-keygen', '-?'), 'ssh-keygen', 'it is part of the OpenSSH client', 'is there'),
    needed(run('tar', '--version'), 'tar', 'install tar: the phases travel with it'),
    kubectl
      ? ok('kubectl', firstLine(kubectl.text))
      : note(
          'kubectl',
          'not here',
          'only to use the cluster from here: kubernetes.io/docs/tasks/tools',
        ),
    zx
      ? ok('zx', firstLine(zx.text))
      : note(
          'zx',
          'not on the PATH',
          'kubestrap brings its own; only `zx scripts/orchestrate.ts` wants it',
        ),
  ]
}

function needed(answer: Answer | undefined, what: string, remedy: string, found?: string): Finding {
  return answer ? ok(what, found ?? firstLine(answer.text)) : wrong(what, 'not here', remedy)
}

/** Whether there is a key to log in with: of the file, of the agent, or in ~/.ssh. */
export function keyFindings(computer: Computer, cluster?: Cluster, file = ''): Finding[] {
  const own = [...new Set(cluster?.nodes.flatMap(({ ssh }) => ssh.key ?? []) ?? [])]
  const named = own.map((key) => namedKey(keyPath(key, file)))
  const agent = computer.run('ssh-add', '-l')
  const held = agent?.exitCode === 0 ? agent.text.trim().split('\n').length : 0
  const files = keyFiles(join(computer.home, '.ssh'))
  const found = [
    held > 0 ? `${count(held, 'key')} in ssh-agent` : 'none in ssh-agent',
    files.length > 0 ? files.join(', ') : 'none in ~/.ssh',
  ].join('; ')
  const any = held > 0 || files.length > 0 || own.length > 0
  const remedy = 'ssh-keygen -t ed25519, then ssh-copy-id USER@NODE for each node'
  return [...named, any ? ok('ssh keys', found) : wrong('ssh keys', found, remedy)]
}

function namedKey(path: string): Finding {
  const what = 'key of the file'
  if (!existsSync(path))
    return wrong(what, `${path} is not there`, 'correct ssh.key in the cluster file')
  const mode = statSync(path).mode & 0o777
  if ((mode & 0o077) === 0) return ok(what, path)
  return wrong(what, `others may read ${path}: ssh refuses it`, `chmod 600 ${path}`)
}

function keyFiles(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.filter((name) => /^id_[a-z0-9_]+$/.test(name)).map((name) => `~/.ssh/${name}`)
}

/** Certificates made with a wrong clock are not valid yet, or not any more. */
export function clockFinding({ run }: Computer, now = new Date()): Finding {
  const time = `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const answer = run('timedatectl', 'show', '--property=NTPSynchronized', '--value')
  const said = answer?.exitCode === 0 ? answer.text.trim() : ''
  if (said === 'yes') return ok('clock', `${time}, follows a time server`)
  const remedy = 'compare it with another clock; timedatectl set-ntp true, or chrony'
  const found =
    said === 'no' ? 'follows no time server' : 'nobody here could say whether it is right'
  return note('clock', `${time}, ${found}`, remedy)
}

/** Room of a socket's path: sun_path in sys/un.h is 104 on macOS; ssh adds a dot and 16 letters. */
const longestSocket = 104 - 17
/** `/ks-XXXXXX/` and the 40 letters of ssh's %C. */
const socketName = 11 + 40

/** Where kubestrap writes on this computer. */
export function folderFindings({ env }: Computer, file: string, temporary: string): Finding[] {
  const folder = dirname(resolve(file))
  const runtime = env.XDG_RUNTIME_DIR
  const base = runtime && existsSync(runtime) ? runtime : temporary
  const what = 'sockets of ssh'
  return [
    isWritable(folder)
      ? ok('folder', `${folder} takes .kubestrap/`)
      : wrong(
          'folder',
          `${folder} cannot be written to`,
          'keep the cluster file in a folder of yours',
        ),
    base.length + socketName <= longestSocket
      ? ok(what, base)
      : wrong(what, `${base} is too long a path`, 'set XDG_RUNTIME_DIR or TMPDIR to a shorter one'),
  ]
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Which nodes of the file have been met. */
export function knownHostsFinding({ nodes }: Cluster, path: string): Finding {
  const what = 'host keys'
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const hosts = text.split('\n').map((line) => line.split(' ')[0])
  const strangers = nodes.filter(({ address, ssh }) => {
    const host = ssh.port === 22 ? address : `[${address}]:${ssh.port}`
    return !hosts.includes(host)
  })
  if (strangers.length === 0) return ok(what, 'of all nodes known')
  const names = strangers.map(({ name }) => name).join(', ')
  const remedy = 'kubestrap plan shows them and asks; compare them on the consoles'
  return note(what, `not known yet: ${names}`, remedy)
}

/** Whether lines can move, and have colours. */
export function terminalFinding({ env, terminal }: Computer): Finding {
  const { isTTY, columns = 80 } = terminal
  if (!isTTY) return note('terminal', 'none: plain lines', 'run it in a terminal for the live view')
  if (env.TERM === 'dumb') return note('terminal', 'TERM is dumb: plain lines', 'set TERM')
  const colours = env.NO_COLOR ? ', no colours (NO_COLOR)' : ''
  if (columns < 80)
    return note(
      'terminal',
      `${columns} columns${colours}`,
      'lines are cut; 100 columns are pleasant',
    )
  return ok('terminal', `${columns} columns${colours}`)
}
