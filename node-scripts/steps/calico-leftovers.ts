import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Step, wanted } from '../run/step.ts'
import { deleteRoute, type KernelRoute, routesToPods } from './kernel-routes.ts'

/**
 * What Calico leaves on a node when its pods are gone.
 * https://github.com/projectcalico/calico/blob/v3.32.1/calico/operations/decommissioning-a-node.mdx and
 * the paths that its DaemonSet mounts.
 */
export const calicoFiles = [
  '/etc/cni/net.d/10-calico.conflist',
  '/etc/cni/net.d/calico-kubeconfig',
  '/var/lib/calico',
  '/var/log/calico',
  '/run/calico',
]

/**
 * Put there by Calico itself, beside those of the package kubernetes-cni, and its driver of volumes
 * (flexVolumePath in https://docs.tigera.io/calico/latest/reference/installation/api).
 */
export const calicoPlugins = [
  '/opt/cni/bin/calico',
  '/opt/cni/bin/calico-ipam',
  '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/nodeagent~uds',
]

/** Routes, interfaces and rules; on a node without Calico there is nothing to do. */
export const noCalico = (context: Context): readonly Step[] => [
  noRoutes(context),
  noInterfaces(),
  noTables(),
  noRules(),
]

/** 80 is Felix's own number, https://docs.tigera.io/calico/latest/reference/felix/configuration */
const calicosProtocols = ['80', 'bird']

/** Routes that Calico has set to pods. */
async function podRoutes(on: Machine, { cluster }: Context): Promise<readonly KernelRoute[]> {
  const routes = await routesToPods(on, cluster.networking.podSubnet)
  return routes.filter(({ protocol = '' }) => calicosProtocols.includes(protocol))
}

function noRoutes(context: Context): Step {
  return {
    title: 'Remove the routes of Calico',
    why: 'They lead to the pods of other nodes, also after the programs that set them are gone.',
    async check(on) {
      const found = await podRoutes(on, context)
      return found.length === 0 ? wanted : different(`${found.length} routes`, 'none')
    },
    apply: {
      byHand: 'ip route show proto 80; ip route delete RANGE   # each of them',
      async run(on) {
        for (const route of await podRoutes(on, context)) await on.run(deleteRoute(route))
      },
    },
  }
}

const ours = /^(cali[0-9a-f]+|vxlan\.calico|vxlan-v6\.calico)$/

/** tunl0 belongs to the kernel's module ipip: it cannot be deleted, only emptied. */
const tunnel = 'tunl0'

async function interfaces(on: Machine): Promise<readonly string[]> {
  const { stdout } = await on.ask('ip', '-json', 'address', 'show')
  const links = JSON.parse(stdout || '[]') as readonly {
    readonly ifname: string
    readonly addr_info?: readonly unknown[]
  }[]
  return links
    .filter(({ ifname, addr_info = [] }) =>
      ifname === tunnel ? addr_info.length > 0 : ours.test(ifname),
    )
    .map(({ ifname }) => ifname)
}

function noInterfaces(): Step {
  return {
    title: 'Remove the interfaces of Calico',
    why: 'An old tunnel keeps an address of the old pod network; the ends of pods’ cables are of pods that are gone.',
    async check(on) {
      const found = await interfaces(on)
      return found.length === 0 ? wanted : different(found.join(', '), 'none of them')
    },
    apply: {
      byHand: `ip link delete vxlan.calico; ip link delete caliXXX   # each of them\nip address flush dev ${tunnel}`,
      async run(on) {
        for (const name of await interfaces(on)) {
          const words = name === tunnel ? ['address', 'flush', 'dev'] : ['link', 'delete']
          await on.run(command('ip', ...words, name))
        }
      },
    },
  }
}

async function tables(on: Machine): Promise<readonly string[][]> {
  const { stdout } = await on.ask('nft', 'list', 'tables')
  return [...stdout.matchAll(/^table (\w+) (calico)$/gm)].map(([, family = '', name = '']) => [
    family,
    name,
  ])
}

function noTables(): Step {
  return {
    title: 'Remove the nftables tables of Calico',
    why: 'Policies of a cluster that is gone would still stop packets.',
    async check(on) {
      const found = await tables(on)
      return found.length === 0 ? wanted : different(`${found.length} tables`, 'none')
    },
    apply: {
      byHand: 'nft delete table ip calico; nft delete table ip6 calico',
      async run(on) {
        for (const words of await tables(on))
          await on.run(command('nft', 'delete', 'table', ...words))
      },
    },
  }
}

/** kube-proxy's chains go too: kubeadm reset leaves them to whoever runs it. */
const clusterRule = /\b(?:cali-|cali:|KUBE-)/
const families = ['iptables', 'ip6tables'] as const

/** Rules as they are, where some are of the cluster; in the form that iptables-restore reads. */
async function rules(on: Machine) {
  const saved = await Promise.all(families.map((name) => on.ask(`${name}-save`)))
  return families.flatMap((name, index) => {
    const text = saved[index]?.stdout ?? ''
    return clusterRule.test(text) ? [{ name, text }] : []
  })
}

function noRules(): Step {
  return {
    title: 'Remove the iptables rules of Calico and kube-proxy',
    why: 'They are there where kube-proxy worked with iptables. Rules of others stay as they are.',
    async check(on) {
      const found = await rules(on)
      return found.length === 0 ? wanted : different('rules of the cluster', 'none')
    },
    apply: {
      byHand: 'iptables-save | grep -vE "cali-|cali:|KUBE-" | iptables-restore   # and ip6tables',
      async run(on) {
        for (const { name, text } of await rules(on)) {
          const rest = text.split('\n').filter((line) => !clusterRule.test(line))
          await on.run({ argv: [`${name}-restore`], stdin: rest.join('\n') })
        }
      },
    },
  }
}
