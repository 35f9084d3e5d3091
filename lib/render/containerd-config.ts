/**
 * containerd's configuration, version 3 (containerd 2.x).
 * Keys: https://github.com/containerd/containerd/blob/main/docs/cri/config.md
 * @param selinux whether containers get labels; without them SELinux cannot tell them apart
 */
export function containerdConfig(pauseImage: string, selinux = false): string {
  return `# Written by kubestrap, phase prerequisites. Own settings go into /etc/containerd/conf.d/.
version = 3
imports = ["/etc/containerd/conf.d/*.toml"]

# The package's own default switches the Kubernetes interface (CRI) off.
disabled_plugins = []

[plugins.'io.containerd.cri.v1.images']
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    # The image kubeadm was tested with, kept by the kubelet's image garbage collection.
    sandbox = '${pauseImage}'
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = '/etc/containerd/certs.d'
${selinux ? labels : ''}
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
    # kubelet and runtime must agree; on systemd machines systemd owns the cgroup tree.
    SystemdCgroup = true
`
}

const labels = `
[plugins.'io.containerd.cri.v1.runtime']
  # SELinux is enforced: each container runs with a label of its own.
  enable_selinux = true
`

/**
 * hosts.toml of a registry: its mirror first, the registry itself after it. Docker Hub's images are
 * named docker.io, and its registry is elsewhere.
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function registryHosts(registry: string, mirror: string): string {
  const server = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  return `# Written by kubestrap, phase prerequisites.
server = 'https://${server}'

[host.'${mirror}']
  capabilities = ['pull', 'resolve']
`
}
