import type { Role } from '../../lib/cluster.ts'
import { type GuardedFiles, guardedFiles } from '../../lib/file-modes.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Step, unknown, wanted } from '../run/step.ts'

/** What kubeadm, a package or a person left more open than the list allows is closed again. */
export function fileModes({ node }: Context): Step {
  const ours = guardedFiles.filter(({ on }) => on.includes(node.role))
  return {
    title: 'Keep what runs the cluster to root',
    why: 'Whoever can change a static pod’s manifest, or read a key or a kubeconfig, is an administrator. The list is the CIS benchmark’s; what is stricter already stays.',
    async check(on) {
      if ((await on.stat('/etc/kubernetes/kubelet.conf')) === undefined)
        return unknown('the node has joined')
      const open = await tooOpen(on, node.role)
      if (open.length === 0) return wanted
      const shown = open.map(({ path, found }) => `${path} ${found}`)
      return different(shown.join(', '), 'closed as docs/security.md lists')
    },
    apply: {
      byHand: byHand(ours),
      async run(on) {
        for (const { path, mode } of await tooOpen(on, node.role)) {
          await on.run(command('chown', '--no-dereference', 'root:root', path))
          await on.run(command('chmod', octal(mode), path))
        }
      },
    },
  }
}

function byHand(files: readonly GuardedFiles[]): string {
  const modes = [...new Set(files.map(({ mode }) => mode))]
  const paths = (mode: number) =>
    files.flatMap((one) => (one.mode === mode ? [one.path] : [])).join(' ')
  return [
    `chown root:root ${files.map(({ path }) => path).join(' ')}`,
    ...modes.map((mode) => `chmod ${without(mode)} ${paths(mode)}`),
  ].join('\n')
}

/** What is not in these bits, as chmod takes it away: `u-x,g-rwx,o-rwx` for 0600. */
function without(mode: number): string {
  const taken = ['u', 'g', 'o'].map((who, index) => {
    const bits = mode >> (6 - 3 * index)
    const letters = ['r', 'w', 'x'].filter((_, at) => (bits & (4 >> at)) === 0)
    return letters.length === 0 ? '' : `${who}-${letters.join('')}`
  })
  return taken.filter(Boolean).join(',')
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0')

interface TooOpen {
  readonly path: string
  /** As found, `0644` or `0600 user 1000:0`. */
  readonly found: string
  /** What is left of its bits. */
  readonly mode: number
}

async function tooOpen(on: Machine, role: Role): Promise<readonly TooOpen[]> {
  const ours = guardedFiles.filter((one) => one.on.includes(role))
  const found = await Promise.all(
    ours.map(async ({ path, mode }) => {
      const paths = await expanded(on, path)
      return Promise.all(paths.map((one) => judged(on, one, mode)))
    }),
  )
  const open = found.flat().filter((one) => one !== undefined)
  // A file may be in the list twice: ca.crt.
  return open.filter(({ path }, index) => open.findIndex((one) => one.path === path) === index)
}

/** `FOLDER/*.key` as the files that are there now; no other pattern is known. */
async function expanded(on: Machine, path: string): Promise<readonly string[]> {
  const [, folder, ending] = /^(.+)\/\*(\.\w+)$/.exec(path) ?? []
  if (folder === undefined || ending === undefined) return [path]
  const names = (await on.list(folder)).filter((name) => name.endsWith(ending))
  return names.map((name) => `${folder}/${name}`)
}

/** Undefined when there is no such file or it is closed enough. A link is not followed. */
async function judged(on: Machine, path: string, most: number): Promise<TooOpen | undefined> {
  const state = await on.stat(path)
  if (!state || state.kind === 'other') return undefined
  const { mode, uid, gid } = state
  const rooted = uid === 0 && gid === 0
  if ((mode & ~most) === 0 && rooted) return undefined
  const owner = rooted ? '' : ` of ${uid}:${gid}`
  return { path, found: `${octal(mode)}${owner}`, mode: mode & most }
}
