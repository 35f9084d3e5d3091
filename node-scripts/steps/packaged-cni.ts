import type { Machine } from '../run/machine.ts'
import { different, type Step, wanted } from '../run/step.ts'

const folder = '/etc/cni/net.d'

/** What packages of podman, CRI-O and containerd bring along for machines without Kubernetes. */
const packaged = [
  '87-podman.conflist',
  '87-podman-bridge.conflist',
  '10-crio-bridge.conflist',
  '11-crio-ipv4-bridge.conflist',
  '100-crio-bridge.conflist',
  '10-containerd-net.conflist',
]

/**
 * Renames such files, so that no runtime takes them for the pod network. Before init: the kubelet
 * would call the node Ready, and CoreDNS would get an address of podman's 10.88.0.0/16 for good.
 * https://github.com/cri-o/cri-o/issues/3201
 */
export async function setPackagedCniAside(on: Machine): Promise<void> {
  for (const name of await found(on)) {
    await on.run({ argv: ['mv', '--', `${folder}/${name}`, `${folder}/${name}.disabled`] })
  }
}

const found = async (on: Machine) =>
  (await on.list(folder)).filter((name) => packaged.includes(name))

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

/** No network of a package is taken for the pod network. */
export function noPackagedCni(): Step {
  return {
    title: 'Set CNI configurations of packages aside',
    why: 'podman and the runtimes may bring a network of their own. The kubelet would call the node Ready with it, and the first pods would get addresses that no other node reaches.',
    async check(on) {
      const names = await found(on)
      return names.length === 0 ? wanted : different(names.join(', '), 'none of them')
    },
    apply: {
      byHand: `for f in ${folder}/87-podman*.conflist ${folder}/*crio-*bridge.conflist; do\n  [ ! -e "$f" ] || mv "$f" "$f.disabled"\ndone`,
      run: setPackagedCniAside,
    },
  }
}
