/**
 * Which documentation each file that a phase writes follows: the beginning of its path, then the
 * page. The longest beginning counts. A file without a line here fails the golden test.
 */
export const documentation: Readonly<Record<string, string>> = {
  '/etc/cni/net.d/': 'https://www.cni.dev/plugins/current/main/bridge/',
  '/etc/containerd/certs.d/':
    'https://github.com/containerd/containerd/blob/main/docs/hosts.md#registry-configuration---introduction',
  '/etc/containerd/config.toml':
    'https://kubernetes.io/docs/setup/production-environment/container-runtimes/#containerd-systemd',
  '/etc/containers/registries.conf.d/':
    'https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md',
  '/etc/crio/crio.conf.d/': 'https://github.com/cri-o/cri-o/blob/main/docs/crio.conf.5.md',
  '/etc/fstab': 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#swap-configuration',
  '/etc/hosts': 'https://man7.org/linux/man-pages/man5/hosts.5.html',
  '/etc/kubernetes/kubestrap/admission':
    'https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/',
  '/etc/kubernetes/kubestrap/audit':
    'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy',
  '/etc/kubernetes/kubestrap/encryption':
    'https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/',
  '/etc/kubernetes/manifests/kube-vip': 'https://kube-vip.io/docs/installation/static/',
  '/etc/kubernetes/pki/etcd-external/':
    'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/#external-etcd-nodes',
  '/etc/NetworkManager/conf.d/':
    'https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting#configure-networkmanager',
  '/etc/selinux/config': 'https://man7.org/linux/man-pages/man5/selinux_config.5.html',
  '/etc/systemd/zram-generator.conf':
    'https://github.com/systemd/zram-generator/blob/main/man/zram-generator.conf.md',
  '/etc/kubestrap/pod-masquerade.nft': 'https://wiki.nftables.org/wiki-nftables/index.php/Performing_Network_Address_Translation_(NAT)',
  '/etc/modules-load.d/':
    'https://kubernetes.io/docs/setup/production-environment/container-runtimes/#install-and-configure-prerequisites',
  '/etc/sysctl.d/':
    'https://kubernetes.io/docs/setup/production-environment/container-runtimes/#prerequisite-ipv4-forwarding-optional',
  '/etc/systemd/system/': 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html',
  '/etc/yum.repos.d/': 'https://dnf.readthedocs.io/en/latest/conf_ref.html#repo-options',
  '/run/kubestrap/secret/': 'https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/',
  '/usr/local/share/bash-completion/':
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_completion/',
  '/var/lib/kubestrap/': 'docs/architecture.md, "Judgement"',
}

export const noPage = '(no page yet: test/golden/documentation.ts)'

/** The page a file follows, or `noPage`. */
export function documentationOf(path: string): string {
  const fitting = Object.keys(documentation).filter((beginning) => path.startsWith(beginning))
  const longest = fitting.sort((a, b) => b.length - a.length)[0]
  return longest === undefined ? noPage : (documentation[longest] ?? noPage)
}
