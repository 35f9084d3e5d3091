import type { Cluster } from './cluster.ts'

/** What differs between container runtimes, as far as a phase has to know it. */
export interface Runtime {
  readonly title: string
  /** Its CRI socket: what kubelet, kubeadm and crictl talk to. */
  readonly socket: string
  readonly service: string
  readonly package: string
  /** What the package brings first of all. */
  readonly program: string
  /** Id of the dnf repository it comes from. */
  readonly repository: string
}

export const runtimes: Readonly<Record<Cluster['runtime'], Runtime>> = {
  containerd: {
    title: 'containerd',
    socket: '/run/containerd/containerd.sock',
    service: 'containerd.service',
    package: 'containerd.io',
    program: '/usr/bin/containerd',
    repository: 'kubestrap-containerd',
  },
  'cri-o': {
    title: 'CRI-O',
    // CrioSocketPath in https://github.com/cri-o/cri-o/blob/v1.36.3/pkg/config/config_unix.go
    socket: '/var/run/crio/crio.sock',
    service: 'crio.service',
    package: 'cri-o',
    program: '/usr/bin/crio',
    repository: 'kubestrap-cri-o',
  },
}

/** `unix://...`, as kubeadm and crictl want it; given always, since kubeadm refuses to choose. */
export const criSocket = (runtime: Cluster['runtime']): string =>
  `unix://${runtimes[runtime].socket}`
