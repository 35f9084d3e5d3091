import type { Cluster } from '../../lib/cluster.ts'
import { differences } from '../../lib/differences.ts'
import { KubestrapError } from '../../lib/errors.ts'
import {
  type KubeVipTarget,
  kubeVipArguments,
  kubeVipImage,
  kubeVipManifest,
  kubeVipManifestPath,
  kubeVipTarget,
} from '../../lib/render/kube-vip-manifest.ts'
import { yamlText } from '../../lib/render/kubeadm-config.ts'
import { adminConf } from '../kube/kubeconfig.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import {
  type Command,
  command,
  different,
  type Step,
  shellText,
  unknown,
  wanted,
} from '../run/step.ts'
import { runDnf } from './dnf.ts'
import { setPackagedCniAside } from './foreign-cni.ts'
import { virtualIpInterface } from './network-interface.ts'

/** Only root, and the kubelet as root, has to read it. */
const mode = 0o600

/**
 * The manifest of kube-vip in the kubelet's folder. Made by kube-vip's own generator in podman, or
 * by our template; what counts afterwards is what is in it, not who made it.
 */
export function manifestOfKubeVip(context: Context): Step {
  return {
    title: 'Write the manifest of kube-vip',
    why: 'The kubelet runs every pod it finds in its manifests folder. The file comes after init or join: before, kubeadm join refuses a folder that is not empty, and the runtime would make a folder where admin.conf is to be.',
    writes: kubeVipManifestPath,
    async check(on) {
      if ((await on.stat(adminConf)) === undefined) return unknown('its init or join')
      return checkManifest(on, await targetOn(on, context))
    },
    apply: {
      byHand: byHandFor(context),
      async run(on) {
        if ((await on.stat(adminConf)) === undefined) throw notJoined()
        await on.write(
          kubeVipManifestPath,
          await manifestText(on, await targetOn(on, context)),
          mode,
        )
      },
    },
  }
}

async function targetOn(on: Machine, context: Context): Promise<KubeVipTarget> {
  return targetWith(context, await virtualIpInterface(on, context))
}

/** @throws KubestrapError KS-NO-KUBE-VIP when the endpoint is somebody else's */
function targetWith({ cluster, node }: Context, device: string): KubeVipTarget {
  const target = kubeVipTarget(cluster, node, device)
  if (!target) throw noKubeVip(cluster)
  return target
}

export const noKubeVip = ({ name }: Cluster) =>
  new KubestrapError({
    id: 'KS-NO-KUBE-VIP',
    exit: 'usage',
    what: `the endpoint of ${name} is not carried by kube-vip`,
    unchanged: 'nothing on this node',
    remedy:
      'with a load balancer of your own this phase has nothing to do; else set endpoint.provider: kube-vip',
  })

function byHandFor(context: Context): string {
  const device = context.node.interface ?? 'ens18'
  const target = targetWith(context, device)
  return `${shellText(generator(target))} \\\n  | install -m 0600 /dev/stdin ${kubeVipManifestPath}`
}

async function checkManifest(on: Machine, target: KubeVipTarget) {
  const [text, state] = await Promise.all([
    on.read(kubeVipManifestPath),
    on.stat(kubeVipManifestPath),
  ])
  if (text === undefined || !state) return different('no such file', 'the manifest')
  const [first, ...rest] = differences(await parsed(text), kubeVipManifest(target))
  if (first !== undefined) {
    const more = rest.length > 0 ? `; and ${rest.length} more` : ''
    return different(`${first}${more}`, 'the manifest for the settings of the cluster file')
  }
  if (state.mode !== mode) return different(`mode ${state.mode.toString(8)}`, 'mode 600')
  if (state.uid !== 0 || state.gid !== 0) {
    return different(`owner ${state.uid}:${state.gid}`, 'owner root')
  }
  return wanted
}

/** Undefined when it is no YAML: then it differs from whatever is wanted. */
async function parsed(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

const generator = (target: KubeVipTarget): Command =>
  command(
    ...['podman', 'run', '--rm', '--network', 'host'],
    ...[kubeVipImage(target.kubeVip), ...kubeVipArguments(target)],
  )

async function manifestText(on: Machine, target: KubeVipTarget): Promise<string> {
  const { manifest } = target.kubeVip
  const reason =
    manifest === 'template' ? 'endpoint.kubeVip.manifest says so' : await whyNoPodman(on, target)
  if (reason === undefined) return byPodman(on, target)
  if (manifest === 'podman') {
    on.emit({ kind: 'notice', text: `kubestrap's own template makes the manifest: ${reason}` })
  }
  return withHead(`Made by kubestrap's own template: ${reason}.`, await templateText(target))
}

const templateText = (target: KubeVipTarget) => yamlText([kubeVipManifest(target)])

const withHead = (how: string, text: string) =>
  `# Written by kubestrap, phase kube-vip.\n# ${how}\n# A pod of the kubelet itself: the endpoint must live before the cluster's own pods do.\n${text.trim()}\n`

/** Has podman and the image on the machine. @returns why they are not to be had; undefined if they are */
async function whyNoPodman(on: Machine, { kubeVip }: KubeVipTarget): Promise<string | undefined> {
  const image = kubeVipImage(kubeVip)
  if ((await on.package('podman')) === undefined) {
    const problem = await problemOf(() => runDnf(on, installPodman))
    if (problem) return `podman could not be installed (${problem})`
    await setPackagedCniAside(on)
  }
  if ((await on.ask('podman', 'image', 'exists', image)).exitCode === 0) return undefined
  const pull: Command = { argv: ['podman', 'pull', '--quiet', image], timeout: 300_000 }
  const problem = await problemOf(() => on.run(pull))
  return problem && `podman could not pull ${image} (${problem})`
}

const installPodman = command(
  ...['dnf', '--assumeyes', '--setopt=install_weak_deps=False', 'install', 'podman'],
)

/** Tries something. @returns in one line why it failed; undefined when it did not */
async function problemOf(attempt: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    if (!(error instanceof KubestrapError)) throw error
    const { lines = [], what } = error.details
    return (lines.at(-1) ?? what).replace(/\s+/g, ' ').trim().slice(0, 200)
  }
}

/** @throws KubestrapError KS-KUBE-VIP-MANIFEST when it is not what these settings should give */
async function byPodman(on: Machine, target: KubeVipTarget): Promise<string> {
  const run = generator(target)
  const { stdout } = await on.run(run)
  const found = differences(await parsed(stdout), kubeVipManifest(target))
  if (found.length > 0) throw unexpectedManifest(target, found)
  return withHead(`Made by: ${shellText(run)}`, stdout)
}

function unexpectedManifest({ kubeVip }: KubeVipTarget, found: readonly string[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-KUBE-VIP-MANIFEST',
    exit: 'verification',
    what: `the generator of kube-vip ${kubeVip.version} makes another manifest than this kubestrap knows`,
    lines: found.slice(0, 12),
    unchanged: 'no manifest was written',
    remedy:
      "set endpoint.kubeVip.version to v1.2.3, or take kubestrap's own with endpoint.kubeVip.manifest: template",
  })
}

function notJoined(): KubestrapError {
  return new KubestrapError({
    id: 'KS-NOT-YET',
    exit: 'phaseFailed',
    what: 'this node is no control plane yet: there is no admin.conf',
    unchanged: 'nothing on this node',
    remedy: 'run control-plane-init or control-plane-join first',
  })
}
