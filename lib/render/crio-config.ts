/**
 * A drop-in for CRI-O; the package's own /etc/crio/crio.conf.d/10-crio.conf comes before it.
 * Keys: https://github.com/cri-o/cri-o/blob/v1.36.3/docs/crio.conf.5.md
 */
export function crioConfig(pauseImage: string): string {
  return `# Written by kubestrap, phase prerequisites. Own settings go into a file that sorts after this one.
[crio.image]
# The image kubeadm was tested with; CRI-O keeps it out of the kubelet's image garbage collection.
pause_image = "${pauseImage}"

[crio.runtime]
# kubelet and runtime must agree; on systemd machines systemd owns the cgroup tree.
cgroup_manager = "systemd"
# A static pod that mounts a kubeconfig before kubeadm has written it would else find, and leave,
# a folder in its place: the next init or join then fails.
absent_mount_sources_to_reject = [
  "/etc/kubernetes/admin.conf",
  "/etc/kubernetes/super-admin.conf",
]

[crio.network]
network_dir = "/etc/cni/net.d/"
plugin_dirs = ["/opt/cni/bin/"]
`
}
