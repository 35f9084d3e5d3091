import { dataStays } from '../lib/external-etcd.ts'
import { apiServerFolder } from '../lib/render/audit-policy.ts'
import { bridgeConflist } from '../lib/render/bridge-config.ts'
import { encryptionFile } from '../lib/render/encryption-config.ts'
import { masqueradeFile, routesUnit } from '../lib/render/pod-routes.ts'
import { proxyDropInPath } from '../lib/render/proxy.ts'
import { criSocket, runtimes } from '../lib/runtimes.ts'
import { begunMark, memberHint } from './kube/membership.ts'
import type { Machine } from './run/machine.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { command, different, type Step, wanted, wantedBut } from './run/step.ts'
import { completionPath, noAdminKubeconfig } from './steps/admin-tools.ts'
import { calicoFiles, calicoPlugins, noCalico } from './steps/calico-leftovers.ts'
import { calicoctlPath } from './steps/calicoctl.ts'
import { registriesFile } from './steps/container-runtime.ts'
import { runDnf } from './steps/dnf.ts'
import { firewallForgotten } from './steps/firewall.ts'
import { packagedCniBack } from './steps/foreign-cni.ts'
import { noEndpointInHosts } from './steps/hosts-entry.ts'
import { deleteRoute, routesToPods, setByUnit } from './steps/kernel-routes.ts'
import { networkManagerFile } from './steps/network-manager.ts'
import { zramMayWork } from './steps/swap.ts'
import { noForgottenVirtualIp } from './steps/virtual-ip.ts'

/** Takes the cluster off this machine. Packages stay unless option `purge` is `true`. */
export const phase: PhaseScript = {
  afterwards: whatRemains,
  name: 'reset',
  about:
    'kubeadm reset stops the static pods and deletes what kubeadm wrote, but leaves CNI configuration, addresses, routes and packet filter rules behind. The rest is removed here, so that the machine can join again.',
  steps: (context) => [
    noAdminKubeconfig(context),
    kubeadmReset(context),
    noFiles(
      'Delete what kubeadm reset leaves',
      leftovers,
      'Files of a former cluster make the next join fail, or worse, half succeed.',
    ),
    ...noForgottenVirtualIp(context),
    noEndpointInHosts(),
    noRoutes(context),
    noLinks(),
    noKubernetesChains(),
    ...noCalico(context),
    ...(context.input.options?.purge === 'true'
      ? [
          servicesOff(context),
          // Before the packages: rpm would keep a changed configuration as .rpmsave.
          noFiles('Delete the files of the kit', kitFiles, 'With --purge nothing of ours stays.'),
          noPackages(),
          noPluginFolders(),
          swapMayStart(),
          zramMayWork(),
          packagedCniBack(),
          firewallForgotten(context),
        ]
      : []),
  ],
}

/** By hand nobody else tells the cluster: these commands are for a control plane that stays. */
function whatRemains({ cluster, node }: Context): readonly string[] {
  const stacked = !cluster.etcd.external
  const member = node.role === 'control-plane' && stacked ? ' and its etcd member' : ''
  const byKubectl = `  kubectl --kubeconfig /etc/kubernetes/admin.conf delete node ${node.name}`
  return [
    `The cluster may still know ${node.name}${member}. On a control plane that stays, as root:`,
    `  sh node-delete.mjs --config cluster.yaml --target ${node.name} --node THAT-NODE`,
    ...(node.role === 'worker' ? ['or:', byKubectl] : []),
    ...(node.role === 'control-plane' ? dataStays(cluster) : []),
  ]
}

// https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/ names what it leaves.
const leftovers = [
  '/etc/kubernetes/manifests/*',
  '/etc/kubernetes/pki',
  '/etc/kubernetes/admin.conf',
  '/etc/kubernetes/super-admin.conf',
  '/etc/kubernetes/kubelet.conf',
  '/etc/kubernetes/bootstrap-kubelet.conf',
  '/etc/kubernetes/controller-manager.conf',
  '/etc/kubernetes/scheduler.conf',
  '/etc/kubernetes/tmp',
  encryptionFile,
  bridgeConflist,
  ...calicoFiles,
  '/var/lib/cni',
  '/var/lib/etcd/*',
  '/var/lib/kubelet/config.yaml',
  '/var/lib/kubelet/kubeadm-flags.env',
  '/var/lib/kubelet/pki',
  '/var/lib/kubelet/cpu_manager_state',
  '/var/lib/kubelet/memory_manager_state',
  '/var/log/containers/*',
  '/var/log/pods/*',
  '/run/kubestrap/secret',
  memberHint,
  begunMark,
]

const kitFiles = [
  '/etc/kubestrap',
  apiServerFolder,
  '/var/log/kubernetes',
  '/etc/yum.repos.d/kubestrap-kubernetes.repo',
  '/etc/pki/rpm-gpg/RPM-GPG-KEY-kubestrap-kubernetes',
  ...Object.values(runtimes).flatMap(({ repository }) => [
    `/etc/yum.repos.d/${repository}.repo`,
    `/etc/pki/rpm-gpg/RPM-GPG-KEY-${repository}`,
  ]),
  networkManagerFile,
  '/etc/modules-load.d/kubestrap.conf',
  '/etc/sysctl.d/90-kubestrap.conf',
  '/etc/containerd/config.toml',
  '/etc/containerd/certs.d',
  '/etc/crio/crio.conf.d/20-kubestrap.conf',
  registriesFile,
  completionPath,
  ...Object.values(runtimes).map(({ service }) => proxyDropInPath(service)),
  proxyDropInPath('kubelet.service'),
  calicoctlPath,
  ...calicoPlugins,
  '/var/lib/kubestrap',
]

function kubeadmReset({ cluster }: Context): Step {
  const argv = ['kubeadm', 'reset', '--force', '--cri-socket', criSocket(cluster.runtime)]
  const traces = [
    '/etc/kubernetes/kubelet.conf',
    '/etc/kubernetes/manifests/etcd.yaml',
    '/var/lib/kubelet/config.yaml',
  ]
  return {
    title: 'Run kubeadm reset',
    why: 'It stops the kubelet and the static pods, unmounts what pods had mounted, and deletes what kubeadm wrote.',
    async check(on) {
      const states = await Promise.all(traces.map((path) => on.stat(path)))
      const found = traces.filter((_, index) => states[index] !== undefined)
      return found.length === 0 ? wanted : different(found.join(', '), 'none of a cluster')
    },
    apply: {
      byHand: [...argv, '--skip-phases', 'remove-etcd-member'].join(' '),
      // A member that was already taken out cannot be taken out again: that phase is not needed.
      run: (on) =>
        on
          .run({ argv: [...argv, '--skip-phases', 'remove-etcd-member'], timeout: 300_000 })
          .then(() => undefined),
    },
  }
}

function noFiles(title: string, paths: readonly string[], why: string): Step {
  const there = async (on: Machine) => {
    const found = await Promise.all(paths.map((path) => present(on, path)))
    return found.flat()
  }
  return {
    title,
    why,
    async check(on) {
      const found = await there(on)
      return found.length === 0 ? wanted : different(found.join(', '), 'gone')
    },
    apply: {
      byHand: `rm -rf ${paths.join(' ')}`,
      async run(on) {
        for (const path of await there(on)) await on.remove(path)
      },
    },
  }
}

/** What is there of a path; `FOLDER/*` is what is in a folder that itself belongs to a package. */
async function present(on: Machine, path: string): Promise<readonly string[]> {
  if (!path.endsWith('/*')) return (await on.stat(path)) ? [path] : []
  const folder = path.slice(0, -2)
  return (await on.list(folder)).map((name) => `${folder}/${name}`)
}

function noRoutes({ cluster }: Context): Step {
  const { podSubnet } = cluster.networking
  const unitFile = `/etc/systemd/system/${routesUnit}`
  return {
    title: 'Remove the pod routes',
    why: 'They lead to nodes that no longer count this one as a neighbour.',
    async check(on) {
      const [unit, { stdout }, routes] = await Promise.all([
        on.stat(unitFile),
        on.ask('nft', 'list', 'tables'),
        routesToPods(on, podSubnet),
      ])
      return unit || / (kubestrap|kube-proxy)$/m.test(stdout) || routes.some(setByUnit)
        ? different('still there', 'gone')
        : wanted
    },
    apply: {
      byHand: `systemctl disable --now ${routesUnit}; rm ${unitFile} ${masqueradeFile}; nft delete table ip kubestrap; ip route delete RANGE   # of each other node`,
      run: (on) => removeRoutes(on, podSubnet),
    },
  }
}

async function removeRoutes(on: Machine, podSubnet: string): Promise<void> {
  const unitFile = `/etc/systemd/system/${routesUnit}`
  if (await on.stat(unitFile)) await on.run(command('systemctl', 'disable', '--now', routesUnit))
  for (const route of (await routesToPods(on, podSubnet)).filter(setByUnit))
    await on.run(deleteRoute(route))
  await on.remove(unitFile)
  await on.remove(masqueradeFile)
  await on.run(command('systemctl', 'daemon-reload'))
  const { stdout } = await on.ask('nft', 'list', 'tables')
  for (const [, family = '', name = ''] of stdout.matchAll(
    /^table (ip6?) (kubestrap|kube-proxy)$/gm,
  )) {
    await on.run(command('nft', 'delete', 'table', family, name))
  }
}

function noLinks(): Step {
  return {
    title: 'Remove the pod bridge',
    why: 'It keeps the address of the old pod range; the next cluster may give the node another one.',
    async check(on) {
      const { exitCode } = await on.ask('ip', 'link', 'show', 'cni0')
      return exitCode !== 0 ? wanted : different('cni0', 'no bridge')
    },
    apply: [command('ip', 'link', 'delete', 'cni0')],
  }
}

const dropChains = (family: 'ip' | 'ip6') =>
  `${family}tables-save | grep -v KUBE- | ${family}tables-restore`

/** kubelet and kube-proxy mark theirs with KUBE-: kubeadm reset says that it leaves them. */
function noKubernetesChains(): Step {
  const families = ['ip', 'ip6'] as const
  const withChains = async (on: Machine) => {
    const asked = await Promise.all(families.map((family) => on.ask(`${family}tables-save`)))
    return families.filter((_, index) => asked[index]?.stdout.includes('KUBE-'))
  }
  return {
    title: 'Remove the packet filter chains of Kubernetes',
    why: 'They would send packets to Services and pods that are gone.',
    async check(on) {
      const found = await withChains(on)
      return found.length === 0 ? wanted : different('chains KUBE-...', 'none')
    },
    apply: {
      byHand: families.map(dropChains).join('\n'),
      async run(on) {
        for (const family of await withChains(on))
          await on.run({ argv: ['/bin/sh', '-c', dropChains(family)] })
      },
    },
  }
}

/** Packages do not always stop and disable what they brought when they go. */
function servicesOff({ cluster }: Context): Step {
  const units = ['kubelet.service', runtimes[cluster.runtime].service]
  const on_ = async (on: Machine) => {
    const states = await Promise.all(units.map((unit) => on.unit(unit)))
    return units.filter(
      (_, i) => states[i]?.enabled === 'enabled' || states[i]?.active === 'active',
    )
  }
  return {
    title: 'Stop the kubelet and the container runtime for good',
    why: 'With --purge their packages go.',
    async check(on) {
      const found = await on_(on)
      return found.length === 0
        ? wanted
        : different(found.join(', '), 'stopped, not started at boot')
    },
    apply: {
      byHand: `systemctl disable --now ${units.join(' ')}`,
      run: async (on) =>
        void (await on.run(command('systemctl', 'disable', '--now', ...(await on_(on))))),
    },
  }
}

function noPackages(): Step {
  const names = [
    ...['kubelet', 'kubeadm', 'kubectl', 'kubernetes-cni', 'cri-tools'],
    ...Object.values(runtimes).map((runtime) => runtime.package),
  ]
  const installed = async (on: Machine) => {
    const versions = await Promise.all(names.map((name) => on.package(name)))
    return names.filter((_, index) => versions[index] !== undefined)
  }
  return {
    title: 'Remove the packages',
    why: 'Asked for with --purge; without it they stay for the next join.',
    async check(on) {
      const found = await installed(on)
      return found.length === 0 ? wanted : different(found.join(', '), 'removed')
    },
    apply: {
      byHand: `dnf remove ${names.join(' ')}`,
      async run(on) {
        await runDnf(on, { argv: ['dnf', '--assumeyes', 'remove', ...(await installed(on))] })
      },
    },
  }
}

const pluginFolders = '/usr/libexec/kubernetes'

/** The kubelet makes them, and the controller manager's pod mounts them; they are in no package. */
function noPluginFolders(): Step {
  return {
    title: 'Remove the empty folders of volume plugins',
    why: 'The kubelet and the controller manager look there for drivers of volumes, and make the folders. A driver that somebody has put there is not ours: then they stay.',
    async check(on) {
      if ((await on.stat(pluginFolders)) === undefined) return wanted
      const { stdout } = await on.ask('find', pluginFolders, '!', '-type', 'd')
      const [first = ''] = stdout.split('\n')
      return first === ''
        ? different(pluginFolders, 'gone')
        : wantedBut(`${pluginFolders} stays, for this is not of kubestrap: ${first}`)
    },
    // Folders that are empty, or become so: nothing else could go by mistake.
    apply: [command('find', pluginFolders, '-type', 'd', '-empty', '-delete')],
  }
}

/** prerequisites masked it; whether the machine gets its swap back is now its owner's business. */
function swapMayStart(): Step {
  return {
    title: 'Let swap start again at boot',
    why: 'With --purge the machine is as it was: what /etc/fstab lists may be used again.',
    async check(on) {
      const { load } = await on.unit('swap.target')
      return load === 'masked' ? different('masked', 'not masked') : wanted
    },
    apply: [command('systemctl', 'unmask', 'swap.target')],
  }
}
