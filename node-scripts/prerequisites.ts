import type { Cluster, PackageSource } from '../lib/cluster.ts'
import { runtimes } from '../lib/runtimes.ts'
import { minorPart } from '../lib/versions.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import type { Step } from './run/step.ts'
import { kubectlCompletion } from './steps/admin-tools.ts'
import { apiServerFiles } from './steps/api-server-files.ts'
import { containerRuntime, mirrorsForPodman } from './steps/container-runtime.ts'
import { firewall } from './steps/firewall.ts'
import { noForeignCni } from './steps/foreign-cni.ts'
import { hostName } from './steps/host-name.ts'
import { endpointInHosts } from './steps/hosts-entry.ts'
import { controlPlaneImages } from './steps/images.ts'
import { kernelModules, sysctls } from './steps/kernel.ts'
import { networkManager } from './steps/network-manager.ts'
import { packages, type WantedPackage } from './steps/packages.ts'
import { kubeletProxy } from './steps/proxy.ts'
import { keyPath, repository } from './steps/repository.ts'
import { selinux } from './steps/selinux.ts'
import { enabledService } from './steps/service.ts'
import { swapOff } from './steps/swap.ts'
import { systemUpdate } from './steps/system-update.ts'
import { timeSync } from './steps/time-sync.ts'
import { noForgottenVirtualIp } from './steps/virtual-ip.ts'

/** Everything a machine needs before kubeadm may be run on it. */
export const phase: PhaseScript = {
  name: 'prerequisites',
  about:
    'A fresh virtual machine is not yet able to be a Kubernetes node. It needs kernel modules and settings for pod networks, no swap, a container runtime, and the kubelet and kubeadm in exactly the wanted version, from repositories whose signatures are checked.',
  steps: (context) => [
    hostName(context.node.name),
    ...endpointInHosts(context.cluster),
    ...noForgottenVirtualIp(context),
    ...swapOff(),
    ...kernelModules(),
    ...sysctls(context.cluster),
    ...networkManager(context.cluster),
    ...repositories(context),
    ...(context.cluster.systemUpdate ? [systemUpdate()] : []),
    packages(
      wantedPackages(context),
      'Install the container runtime, kubelet and kubeadm',
      'One dnf transaction, in exact versions: every node runs the same, today and when one is added in a year.',
    ),
    noForeignCni(context.cluster),
    ...selinux(context.cluster.selinux),
    ...timeSync(context.cluster.timeSync),
    ...firewall(context),
    ...containerRuntime(context),
    ...mirrorsForPodman(context),
    ...kubeletProxy(context),
    enabledService({
      name: 'kubelet.service',
      title: 'Let the kubelet start at boot',
      why: 'kubeadm starts it, but after a reboot systemd has to. Until the node has joined it starts again and again; that is normal.',
    }),
    ...(withAdminTools(context) ? [kubectlCompletion()] : []),
    ...apiServerFiles(context),
    ...(context.node.role === 'control-plane' ? [controlPlaneImages(context)] : []),
  ],
}

/** Where a person may sit down and type kubectl. */
const withAdminTools = ({ cluster, node }: Context) =>
  cluster.adminKubeconfig && node.role === 'control-plane'

function repositories({ cluster, input, node }: Context): readonly Step[] {
  const minor = minorPart(input.observed.kubernetesVersion)
  const { kubernetes, containerd, crio } = cluster.sources
  const { title, repository: id, package: name } = runtimes[cluster.runtime]
  const source = cluster.runtime === 'cri-o' ? crio : containerd
  return [
    ...repository({
      id: 'kubestrap-kubernetes',
      title: 'Kubernetes',
      source: forMinor(kubernetes, minor),
      exclude: ['kubelet', 'kubeadm', 'kubectl', 'cri-tools', 'kubernetes-cni'],
      packages: kubernetesPackages(node),
      cluster,
    }),
    ...repository({
      id,
      title,
      source: forMinor(source, minor),
      exclude: [name],
      packages: [name],
      cluster,
    }),
  ]
}

const forMinor = (source: PackageSource, minor: string): PackageSource => ({
  ...source,
  baseurl: source.baseurl.replaceAll('{minor}', minor),
  gpgkey: source.gpgkey.replaceAll('{minor}', minor),
})

const kubernetesPackages = ({ role }: Context['node']) => [
  'kubelet',
  'kubeadm',
  ...(role === 'control-plane' ? ['kubectl'] : []),
]

function wantedPackages(context: Context) {
  const { node, input, cluster } = context
  const version = input.observed.kubernetesVersion
  return [
    ...kubernetesPackages(node).map((name) => ({
      name,
      version,
      program: `/usr/bin/${name}`,
      keyFile: keyPath('kubestrap-kubernetes'),
    })),
    runtimePackage(cluster, version),
    ...(withAdminTools(context) ? [{ name: 'bash-completion' }] : []),
    // The bridge's second half translates addresses with nft; with Calico one looks at its rules by it.
    ...(cluster.podNetwork.provider === 'none' ? [] : [{ name: 'nftables' }]),
    ...machinePackages(cluster),
  ]
}

/** What the settings of the machine need. */
const machinePackages = ({ selinux, firewall, timeSync }: Cluster): readonly WantedPackage[] => [
  ...(selinux === 'enforcing' ? [{ name: 'container-selinux' }] : []),
  ...(firewall === 'managed' ? [{ name: 'firewalld' }] : []),
  ...(timeSync === 'chrony' ? [{ name: 'chrony' }] : []),
]

/** CRI-O's minor follows Kubernetes' own; containerd's versions go their own way. */
function runtimePackage({ runtime }: Cluster, version: string): WantedPackage {
  const { package: name, program, repository: id } = runtimes[runtime]
  const own = { name, program, keyFile: keyPath(id) }
  return runtime === 'cri-o' ? { ...own, minor: minorPart(version) } : own
}
