/** Debian packages of a node: what an Enterprise Linux cloud image has, and no more. */
export const nodePackages = [
  'bsdextrautils',
  'ca-certificates',
  'chrony',
  'conmon',
  'conntrack',
  'curl',
  'dbus',
  'dnf',
  'ebtables',
  'ethtool',
  'firewalld',
  'gnupg',
  'golang-github-containers-common',
  'hostname',
  'iproute2',
  'iptables',
  'iputils-ping',
  'jq',
  'kmod',
  'less',
  'netavark',
  'network-manager',
  'nftables',
  'openssh-server',
  'podman',
  'procps',
  'rpm',
  'runc',
  'socat',
  'sudo',
  'systemd',
  'systemd-sysv',
  'systemd-zram-generator',
  'tar',
  'util-linux',
  'vim-tiny',
  'xz-utils',
  'zstd',
] as const

/** Debian packages of the endpoint and of the machine that packages and images come from. */
export const servicesPackages = ['haproxy', 'nginx-light', 'iproute2', 'procps'] as const

/** Keys that Debian's packages are signed with. */
export const archiveKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
