import type { Cluster } from '../../lib/cluster.ts'
import { bridgeConflist } from '../../lib/render/bridge-config.ts'
import type { Machine } from '../run/machine.ts'
import { different, type Step, wanted } from '../run/step.ts'

const folder = '/etc/cni/net.d'

/** Calico writes it: https://docs.tigera.io/calico/latest/reference/configure-cni-plugins */
export const calicoConflist = `${folder}/10-calico.conflist`

const networks: readonly string[] = [bridgeConflist, calicoConflist]

/** What packages of podman, CRI-O and containerd bring along for machines without Kubernetes. */
const packaged = [
  '87-podman.conflist',
  '87-podman-bridge.conflist',
  '10-crio-bridge.conflist',
  '11-crio-ipv4-bridge.conflist',
  '100-crio-bridge.conflist',
  '10-containerd-net.conflist',
]

/** Names that a runtime reads, loadNetworks in https://github.com/cri-o/ocicni/blob/main/pkg/ocicni/ocicni.go */
const isConfiguration = (name: string) => /\.(conf|conflist|json)$/.test(name)

/** With a pod network that we do not know only what packages bring is known to be none. */
const foreignTo =
  ({ podNetwork }: Cluster) =>
  (name: string) =>
    podNetwork.provider === 'none'
      ? packaged.includes(name)
      : isConfiguration(name) && !networks.includes(`${folder}/${name}`)

const aside = async (on: Machine, isForeign: (name: string) => boolean) => {
  for (const name of (await on.list(folder)).filter(isForeign))
    await on.run({ argv: ['mv', '--', `${folder}/${name}`, `${folder}/${name}.disabled`] })
}

/**
 * Renames such files, so that no runtime takes them for the pod network. Before init: the kubelet
 * would call the node Ready, and CoreDNS would get an address of podman's 10.88.0.0/16 for good.
 * https://github.com/cri-o/cri-o/issues/3201
 */
export const setPackagedCniAside = (on: Machine): Promise<void> =>
  aside(on, (name) => packaged.includes(name))

/** No network but the pod network's is taken for it: before the first pod begins. */
export function noForeignCni(cluster: Cluster): Step {
  return asideStep({
    title: 'Set foreign CNI configurations aside',
    why: 'podman and the runtimes may bring a network of their own. The kubelet would call the node Ready with it, and the first pods would get addresses that no other node reaches.',
    isForeign: foreignTo(cluster),
    byHand:
      cluster.podNetwork.provider === 'none'
        ? loop([`${folder}/87-podman*.conflist`, `${folder}/*crio-*bridge.conflist`], [])
        : loop(allOf, networks),
  })
}

/** @param own path of the configuration that is meant to count */
export function onlyCni(own: string): Step {
  return asideStep({
    title: 'Set other CNI configurations aside',
    why: 'The runtime takes the first file by name: one left by a package or an earlier cluster would win over the one of the pod network.',
    isForeign: (name) => isConfiguration(name) && `${folder}/${name}` !== own,
    byHand: loop(allOf, [own]),
  })
}

const allOf = ['conf', 'conflist', 'json'].map((ending) => `${folder}/*.${ending}`)

function loop(files: readonly string[], but: readonly string[]): string {
  const kept = but.map((path) => ` || [ "$f" = ${path} ]`).join('')
  return `for f in ${files.join(' ')}; do\n  [ ! -e "$f" ]${kept} || mv "$f" "$f.disabled"\ndone`
}

interface Aside {
  readonly title: string
  readonly why: string
  readonly isForeign: (name: string) => boolean
  readonly byHand: string
}

function asideStep({ title, why, isForeign, byHand }: Aside): Step {
  return {
    title,
    why,
    async check(on) {
      const names = (await on.list(folder)).filter(isForeign)
      return names.length === 0 ? wanted : different(names.join(', '), 'none of them')
    },
    apply: { byHand, run: (on) => aside(on, isForeign) },
  }
}

/** The other way round, for a machine that is no longer a node. */
export function packagedCniBack(): Step {
  const asideOn = async (on: Machine) =>
    (await on.list(folder)).filter((name) => packaged.some((one) => name === `${one}.disabled`))
  return {
    title: 'Give packages their CNI configurations back',
    why: 'podman needs its own for containers on a bridge.',
    async check(on) {
      const names = await asideOn(on)
      return names.length === 0 ? wanted : different(names.join(', '), 'in effect again')
    },
    apply: {
      byHand: `for f in ${folder}/*.conflist.disabled; do\n  [ ! -e "$f" ] || mv "$f" "\${f%.disabled}"\ndone`,
      async run(on) {
        for (const name of await asideOn(on)) {
          const back = name.replace(/\.disabled$/, '')
          await on.run({ argv: ['mv', '--', `${folder}/${name}`, `${folder}/${back}`] })
        }
      },
    },
  }
}
