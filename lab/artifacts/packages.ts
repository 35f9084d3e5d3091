import { nodeStreams, versions } from './versions.ts'

/** A package of the lab's repositories: upstream's name, version, files and Requires. */
export interface PackageSpec {
  readonly name: string
  readonly version: string
  readonly release?: string
  readonly summary: string
  /** `noarch`, or this machine's architecture when absent. */
  readonly arch?: 'noarch'
  readonly requires?: readonly string[]
  readonly provides?: readonly string[]
  readonly conflicts?: readonly string[]
  /** Path on the node to where it comes from: `MODULE/program`, or a text. */
  readonly files: readonly PackageFile[]
  readonly folders?: readonly string[]
  /** `nodejs:22`: the package is part of a dnf module. */
  readonly module?: string
}

export interface PackageFile {
  readonly path: string
  /** A program of a Go module (`kubernetes/kubelet`), of the cache (`node-22/node`), or a text. */
  readonly from: { readonly program: string } | { readonly text: string }
  readonly config?: true
  /** For a text: a script. */
  readonly executable?: true
}

const release = '150500.1.1'
const program = (path: string, name: string): PackageFile => ({ path, from: { program: name } })
const text = (path: string, content: string): PackageFile => ({ path, from: { text: content } })

// As in https://github.com/kubernetes/release/tree/master/cmd/krel/templates/latest/kubelet
const kubeletService = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`

// https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/
const kubeadmDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# Written at run time by kubeadm init and kubeadm join.
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# For a person's own arguments.
EnvironmentFile=-/etc/sysconfig/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`

const containerdService = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`

export const kubernetesPackages: readonly PackageSpec[] = [
  {
    name: 'kubelet',
    version: versions.kubernetes,
    release,
    summary: 'Container cluster management: the node agent',
    requires: [
      ...['conntrack', 'ebtables', 'ethtool', 'iproute', 'iptables >= 1.4.21', 'socat', 'mount'],
      ...['util-linux', 'kubernetes-cni >= 1.2.0'],
    ],
    files: [
      program('/usr/bin/kubelet', 'kubernetes/kubelet'),
      text('/usr/lib/systemd/system/kubelet.service', kubeletService),
      { ...text('/etc/sysconfig/kubelet', 'KUBELET_EXTRA_ARGS=\n'), config: true },
    ],
    folders: ['/etc/kubernetes/manifests', '/var/lib/kubelet'],
  },
  {
    name: 'kubeadm',
    version: versions.kubernetes,
    release,
    summary: 'Command-line utility for administering a Kubernetes cluster',
    requires: ['cri-tools >= 1.28.0'],
    files: [
      program('/usr/bin/kubeadm', 'kubernetes/kubeadm'),
      text('/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', kubeadmDropIn),
    ],
  },
  {
    name: 'kubectl',
    version: versions.kubernetes,
    release,
    summary: 'Command-line utility for interacting with a Kubernetes cluster',
    files: [program('/usr/bin/kubectl', 'kubernetes/kubectl')],
  },
  {
    name: 'kubernetes-cni',
    version: versions.cniPlugins,
    release,
    summary: 'Binaries required to provision kubernetes container networking',
    files: cniPlugins().map((name) => program(`/opt/cni/bin/${name}`, `cni-plugins/${name}`)),
  },
  {
    // crictl itself is not to be had from the registries.
    name: 'cri-tools',
    version: '1.36.0',
    release,
    summary: 'A stand-in for crictl: what the kit and a curious student ask most',
    files: [program('/usr/bin/crictl', 'crictl/crictl')],
  },
]

function cniPlugins(): readonly string[] {
  return [
    ...['bandwidth', 'bridge', 'dhcp', 'dummy', 'firewall', 'host-device', 'host-local'],
    ...[
      'ipvlan',
      'loopback',
      'macvlan',
      'portmap',
      'ptp',
      'sbr',
      'static',
      'tuning',
      'vlan',
      'vrf',
    ],
  ]
}

export const containerdPackages: readonly PackageSpec[] = [
  {
    name: 'containerd.io',
    version: versions.containerd,
    release: '1.el9',
    summary: 'An industry-standard container runtime',
    requires: ['container-selinux', 'libseccomp', 'runc'],
    provides: ['containerd', 'containerd.io'],
    files: [
      program('/usr/bin/containerd', 'containerd/containerd'),
      program('/usr/bin/containerd-shim-runc-v2', 'containerd/containerd-shim-runc-v2'),
      program('/usr/bin/ctr', 'containerd/ctr'),
      text('/usr/lib/systemd/system/containerd.service', containerdService),
      { ...text('/etc/containerd/config.toml', 'disabled_plugins = ["cri"]\n'), config: true },
    ],
  },
]

/** What the Debian root of a node has already, under the names that EL9 packages ask for. */
const alreadyThere = [
  ...['conntrack', 'conntrack-tools', 'ebtables', 'ethtool', 'iproute'],
  ...['iptables = 1.8.9', 'iptables-nft', 'libseccomp', 'mount', 'runc', 'socat', 'systemd'],
  ...['tar', 'util-linux', '/bin/sh'],
]

/** The kit asks rpm for these by name; the programs are Debian's, in the root file system. */
const onlyNames = [
  ['bash-completion', '2.11'],
  ['chrony', '4.6.1'],
  ['container-selinux', '2.235.0'],
  ['firewalld', '1.3.4'],
  ['nftables', '1.0.9'],
  ['podman', '4.3.1'],
].map(
  ([name = '', version = '']): PackageSpec => ({
    name,
    version,
    release: '1.el9',
    summary: `A stand-in: the name, for what the root file system has of ${name}`,
    arch: 'noarch',
    files: [text(`/usr/share/kubestrap-lab/${name}`, `${name} is in the root file system\n`)],
  }),
)

export const appstreamPackages: readonly PackageSpec[] = [
  {
    name: 'kubestrap-lab-base',
    version: '1',
    summary: 'Provides, under their EL9 names, what the root file system of a lab node has',
    arch: 'noarch',
    provides: alreadyThere,
    files: [text('/usr/share/kubestrap-lab/base', 'Debian packages stand for these EL9 names\n')],
  },
  ...onlyNames,
  ...Object.entries(nodeStreams).map(([stream, version]) => ({
    name: 'nodejs',
    version,
    release: `1.module_el9+lab+${stream}`,
    summary: 'JavaScript runtime',
    module: `nodejs:${stream}`,
    files: [program('/usr/bin/node', `node-${stream}/node`)],
  })),
]

/** For packages that a person brought: names that they require, and that nobody else provides. */
export const assumedPackage = (provides: readonly string[]): PackageSpec => ({
  name: 'kubestrap-lab-assumed',
  version: '1',
  summary: 'Provides what the packages that were given require of an Enterprise Linux machine',
  arch: 'noarch',
  provides,
  files: [text('/usr/share/kubestrap-lab/assumed', `${provides.join('\n')}\n`)],
})

/** For tests that must see dnf refuse: never signed, and signed with a key nobody trusts. */
export const refusedPackages = (kind: 'unsigned' | 'wrong-key'): readonly PackageSpec[] => [
  {
    name: 'kubestrap-lab-hello',
    version: '1',
    summary: `A package that must be refused: ${kind}`,
    arch: 'noarch',
    files: [text('/usr/share/kubestrap-lab/hello', 'this must never be installed\n')],
  },
]

/** The spec file of a package (https://rpm-software-management.github.io/rpm/manual/spec.html). */
export function specFile(spec: PackageSpec): string {
  const line = (tag: string, values: readonly string[] = []) => values.map((v) => `${tag}: ${v}`)
  return [
    // Nothing is compiled, stripped or searched here: the files are as they will be.
    '%global debug_package %{nil}',
    '%global _build_id_links none',
    '%global __strip /bin/true',
    '%global __os_install_post %{nil}',
    '%global _binary_payload w3.zstdio',
    '%global _source_payload w3.zstdio',
    ...(spec.module ? [`%global modularitylabel ${spec.module}:1:lab`] : []),
    `Name: ${spec.name}`,
    `Version: ${spec.version}`,
    `Release: ${spec.release ?? '1'}`,
    `Summary: ${spec.summary}`,
    'License: Apache-2.0',
    'AutoReqProv: no',
    ...(spec.arch ? [`BuildArch: ${spec.arch}`] : []),
    ...(spec.module ? [`ModularityLabel: ${spec.module}:1:lab`] : []),
    ...line('Requires', spec.requires),
    ...line('Provides', spec.provides),
    ...line('Conflicts', spec.conflicts),
    '%description',
    `${spec.summary}.`,
    '%install',
    'cp -a %{_sourcedir}/root/. %{buildroot}/',
    '%files',
    ...spec.files.map(fileLine),
    ...(spec.folders ?? []).map((folder) => `%dir %attr(0755,root,root) ${folder}`),
    '',
  ].join('\n')
}

/** Modes are written down: the files must not get those of the umask they were built under. */
function fileLine({ path, from, config, executable }: PackageFile): string {
  const mode = 'program' in from || executable ? '0755' : '0644'
  return `${config ? '%config(noreplace) ' : ''}%attr(${mode},root,root) ${path}`
}
