import { dirname } from 'node:path'
import { adminConf } from '../kube/kubeconfig.ts'
import { caCertificate } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { different, type Step, unknown, wanted } from '../run/step.ts'
import { file } from './file.ts'

/**
 * bash-completion reads a command's file at the first TAB after it, and looks into /usr/local
 * before /usr, which belongs to packages (_load_completion in its bash_completion).
 */
export const completionPath = '/usr/local/share/bash-completion/completions/kubectl'

/** `kubectl get po<TAB>`: the program itself knows what may follow. */
export const kubectlCompletion = (): Step =>
  file({
    path: completionPath,
    title: 'Complete kubectl’s words in the shell',
    why: 'kubectl prints its own completion, so it fits the version that is installed. https://kubernetes.io/docs/reference/kubectl/generated/kubectl_completion/',
    content: '# Written by kubestrap, phase prerequisites.\nsource <(kubectl completion bash)\n',
  })

/** First line of the kubeconfig we write: how it is known again. kubectl drops it when it edits. */
const mark = '# Written by kubestrap: a copy of /etc/kubernetes/admin.conf, renewed with it.\n'

interface Account {
  readonly name: string
  readonly uid: number
  /** The user's own ~/.kube/config. */
  readonly path: string
}

/** Whose file it is, from the machine's own user database; undefined when there is no such user. */
async function account(on: Machine, user: string): Promise<Account | undefined> {
  const { exitCode, stdout } = await on.ask('getent', 'passwd', user)
  const [name = '', , uid = '', , , home = ''] = stdout.trim().split(':')
  if (exitCode !== 0 || name !== user || !home.startsWith('/')) return undefined
  return { name, uid: Number(uid), path: `${home}/.kube/config` }
}

/** Everything in a user's folder is done as that user: a link laid there leads root nowhere. */
const as = ({ name }: Account, ...argv: string[]) => ['runuser', '-u', name, '--', ...argv]

/** The user's kubeconfig as it is: none, a text, or something that is no file. */
async function present(on: Machine, who: Account): Promise<string | 'none' | 'no file'> {
  const state = await on.stat(who.path)
  if (!state) return 'none'
  if (state.kind !== 'file') return 'no file'
  return (await on.ask(...as(who, 'cat', who.path))).stdout
}

/** kubectl for the user who logs in, without sudo. */
export function adminKubeconfig({ node }: Context): Step {
  const { user } = node.ssh
  return {
    title: `Give ${user} a kubeconfig`,
    writes: `~${user}/.kube/config`,
    why: 'kubectl looks for ~/.kube/config. It holds the admin’s key, so only its owner may read it; one that is not ours is left alone.',
    check: (on) => checkKubeconfig(on, user),
    apply: {
      byHand: `install -d -m 0700 -o ${user} ~${user}/.kube; install -m 0600 -o ${user} ${adminConf} ~${user}/.kube/config`,
      run: (on) => writeKubeconfig(on, user),
    },
  }
}

async function checkKubeconfig(on: Machine, user: string) {
  const [admin, who] = await Promise.all([on.read(adminConf), account(on, user)])
  if (admin === undefined) return unknown('init or join')
  if (!who) return kept(on, `there is no user ${user} on this machine`)
  const [found, state] = await Promise.all([present(on, who), on.stat(who.path)])
  if (found === 'none') return different('no kubeconfig', 'a copy of admin.conf')
  if (found === mark + admin) {
    const own = state?.mode === 0o600 && state.uid === who.uid
    return own ? wanted : different('others may read it', `0600, owner ${user}`)
  }
  if (found.startsWith(mark)) return different('an older admin.conf', 'admin.conf as it is now')
  // kubectl config has rewritten it: the user's own settings are in it now.
  const ca = /certificate-authority-data: (\S+)/.exec(admin)?.[1]
  if (ca && found.includes(ca)) return wanted
  return kept(
    on,
    `${who.path} is not ours and stays: kubectl --kubeconfig ${adminConf} (with sudo)`,
  )
}

/** A kubeconfig more or less is no reason to refuse: it is said, and the phase goes on. */
function kept(on: Machine, what: string) {
  on.emit({ kind: 'output', line: `note: ${what}  [KS-KUBECONFIG-KEPT]` })
  return wanted
}

// A constant: folder and path are its arguments, the text comes on standard input.
const writeWholeAsUser =
  'umask 077; mkdir -p -- "$1" && new=$(mktemp "$1/.config.XXXXXX") && cat > "$new" && mv -f -- "$new" "$2"'

async function writeKubeconfig(on: Machine, user: string): Promise<void> {
  const [admin, who] = await Promise.all([on.read(adminConf), account(on, user)])
  if (admin === undefined || !who) return
  const argv = as(who, '/bin/sh', '-c', writeWholeAsUser, 'sh', dirname(who.path), who.path)
  await on.run({ argv, stdin: mark + admin })
}

/** The other way round, before the cluster's CA goes: a kubeconfig of this cluster, edited or not. */
export function noAdminKubeconfig({ node }: Context): Step {
  const { user } = node.ssh
  const ours = async (on: Machine) => {
    const who = await account(on, user)
    const found = who ? await present(on, who) : 'none'
    const ca = Buffer.from((await on.read(caCertificate)) ?? '').toString('base64')
    const known = found.startsWith(mark) || (ca !== '' && found.includes(ca))
    return known ? who : undefined
  }
  return {
    title: `Remove the kubeconfig of ${user}`,
    why: 'It leads to a cluster that this machine leaves. One of another cluster stays.',
    async check(on) {
      const who = await ours(on)
      return who ? different(who.path, 'gone') : wanted
    },
    apply: {
      byHand: `rm ~${user}/.kube/config   # if it is of this cluster`,
      async run(on) {
        const who = await ours(on)
        if (who) await on.run({ argv: as(who, 'rm', '-f', '--', who.path) })
      },
    },
  }
}
