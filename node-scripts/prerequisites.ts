import { containerdConfig, registryHosts } from '../lib/render/containerd-config.ts'
import { minorPart, pauseImage } from '../lib/versions.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import type { Step } from './run/step.ts'
import { runtimeAnswers } from './steps/container-runtime.ts'
import { file } from './steps/file.ts'
import { controlPlaneImages } from './steps/images.ts'
import { hostName, kernelModules, swapOff, sysctls } from './steps/machine-settings.ts'
import { packages } from './steps/packages.ts'
import { repository } from './steps/repository.ts'
import { enabledService, service } from './steps/service.ts'

const runtimeConfig = '/etc/containerd/config.toml'

/** Everything a machine needs before kubeadm may be run on it. */
export const phase: PhaseScript = {
  name: 'prerequisites',
  about:
    'A fresh virtual machine is not yet able to be a Kubernetes node. It needs kernel modules and settings for pod networks, no swap, a container runtime, and the kubelet and kubeadm in exactly the wanted version, from repositories whose signatures are checked.',
  steps: (context) => [
    hostName(context.node.name),
    swapOff(),
    ...kernelModules(),
    ...sysctls(),
    ...repositories(context),
    packages(
      wantedPackages(context),
      'Install the container runtime, kubelet and kubeadm',
      'One dnf transaction, in exact versions: every node runs the same, today and when one is added in a year.',
    ),
    ...containerRuntime(context),
    enabledService({
      name: 'kubelet.service',
      title: 'Let the kubelet start at boot',
      why: 'kubeadm starts it, but after a reboot systemd has to. Until the node has joined it starts again and again; that is normal.',
    }),
    ...(context.node.role === 'control-plane' ? [controlPlaneImages(context)] : []),
  ],
}

function repositories({ cluster, input }: Context): readonly Step[] {
  const minor = minorPart(input.observed.kubernetesVersion)
  const { kubernetes, containerd } = cluster.sources
  const forMinor = (url: string) => url.replaceAll('{minor}', minor)
  return [
    ...repository({
      id: 'kubestrap-kubernetes',
      title: 'Kubernetes',
      source: {
        baseurl: forMinor(kubernetes.baseurl),
        gpgkey: forMinor(kubernetes.gpgkey),
        fingerprint: kubernetes.fingerprint,
      },
      exclude: ['kubelet', 'kubeadm', 'kubectl', 'cri-tools', 'kubernetes-cni'],
    }),
    ...repository({
      id: 'kubestrap-containerd',
      title: 'containerd',
      source: containerd,
      exclude: ['containerd.io'],
    }),
  ]
}

function wantedPackages({ node, input, cluster }: Context) {
  const version = input.observed.kubernetesVersion
  const kubernetes = ['kubelet', 'kubeadm', ...(node.role === 'control-plane' ? ['kubectl'] : [])]
  return [
    ...kubernetes.map((name) => ({ name, version })),
    { name: 'containerd.io' },
    // The bridge's second half translates addresses with nft.
    ...(cluster.podNetwork.provider === 'bridge' ? [{ name: 'nftables' }] : []),
  ]
}

function containerRuntime({ cluster, input }: Context): readonly Step[] {
  const pause = pauseImage(input.observed.kubernetesVersion)
  const mirrors = Object.entries(cluster.sources.images)
  return [
    file({
      path: runtimeConfig,
      content: containerdConfig(pause),
      why: 'The kubelet talks to containerd through its CRI interface, and both must leave the cgroup tree to systemd.',
    }),
    ...mirrors.map(([registry, mirror]) =>
      file({
        path: `/etc/containerd/certs.d/${registry}/hosts.toml`,
        content: registryHosts(registry, mirror),
        why: `Images of ${registry} come from the mirror ${mirror} first.`,
      }),
    ),
    service({
      name: 'containerd.service',
      title: 'Start containerd with its configuration',
      why: 'The kubelet starts every container through it.',
      configuredBy: [runtimeConfig],
    }),
    runtimeAnswers(),
  ]
}
