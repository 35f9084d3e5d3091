import { randomBytes } from 'node:crypto'
import { lineReader, plainLine } from '../lib/text.ts'

/**
 * How a command becomes root's on a node, and how its output is told from what a login shell prints.
 *
 *     here                             on the node
 *     PASSWORD            ------->     sudo, only where it wants one
 *                         <-------     #root
 *     #kubestrap MARK     ------->
 *                         <-------     #kubestrap MARK
 *     data                ------->     the command
 *                         <-------     its output
 *
 * What comes before the mark was said by somebody else (an echo in .bashrc) and is no output. With a
 * password nothing is sent before `#root`: sudo would take it for another try.
 */

/** A remote command: constant text, but for hash and phase name, which are ours. */
export type RemoteCommand = string & { readonly constant: unique symbol }
export const remote = (text: string): RemoteCommand => text as RemoteCommand

/** A script and its values come on standard input, see {@link callWith}. No here-document: bash
 * writes long ones to /tmp, which may be full, and where secrets do not belong. */
export const throughStdin = remote(
  'sudo -n -- /bin/sh -c \'s=$(while IFS= read -r l; do case $l in "#end") break;; esac; printf "%s\\n" "$l"; done); eval "$s"\'',
)

/** Standard input for {@link throughStdin}: functions, the call, then a value a line as plain data. */
export function callWith(script: string, values: readonly string[]): string {
  const lines = values.map((value) => value.replaceAll('\n', ' '))
  return [script, 'main', '#end', ...lines, ''].join('\n')
}

const prefix = 'sudo -n -- '

// In single quotes without "!" or a single quote: sh, bash, zsh, fish and csh read it alike.
const wait = [
  'printf "\\n#root\\n"',
  'while IFS= read -r l; do case $l in "#kubestrap "*) break;; esac; done',
  'case $l in "#kubestrap "*) ;; *) exit 97;; esac',
  'printf "%s\\n" "$l"',
  'exec "$@"',
].join('; ')

/**
 * What ssh is given for a command that begins with `sudo -n -- `. `env` since csh and fish set
 * variables otherwise; in another language nobody would understand what sudo complains about.
 */
export function asRoot(command: RemoteCommand, password: boolean): string {
  if (!command.startsWith(prefix)) return command
  // -k: a password that sudo still remembers would make it leave ours in the data (man sudo).
  const sudo = password ? "sudo -k -S -p '' --" : 'sudo -n --'
  return `env LC_ALL=C ${sudo} /bin/sh -c '${wait}' sh ${command.slice(prefix.length)}`
}

/** Asks whether root can be reached at all. With a password its line is all that sudo gets: one try. */
export const rootProbe = (password: boolean): string =>
  `env LC_ALL=C sudo -k ${password ? "-S -p ''" : '-n'} -- /bin/echo ${probeAnswer}`
export const probeAnswer = 'kubestrap-is-root'

export interface Opening {
  /** What is sent before the data. */
  readonly mark: string
  /** Settled when a root shell waits for the mark; false when none will. */
  readonly root: Promise<boolean>
  readonly push: (chunk: Buffer) => void
  /** The command has ended. */
  readonly end: () => void
  /** Whether the command was begun. */
  readonly begun: () => boolean
  /** Last lines that came before the command's output, made plain. */
  readonly greeting: () => string
}

/** Reads what comes from the node; only what follows the mark goes to `onLine`. */
export function opening(onLine: (line: string) => void): Opening {
  const mark = `#kubestrap ${randomBytes(12).toString('hex')}`
  const before: string[] = []
  let begun = false
  let isRoot: (yes: boolean) => void = () => undefined
  const root = new Promise<boolean>((resolve) => {
    isRoot = resolve
  })
  const reader = lineReader((line) => {
    if (begun) return onLine(line)
    if (line === '#root') isRoot(true)
    else if (line === mark) begun = true
    else if (line.trim() !== '') before.splice(0, Math.max(0, before.push(plainLine(line)) - 20))
  })
  return {
    mark,
    root,
    push: reader.push,
    end() {
      reader.end()
      isRoot(false)
    },
    begun: () => begun,
    greeting: () => before.join('\n'),
  }
}
