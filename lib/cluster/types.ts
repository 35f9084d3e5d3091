import type { CalicoChecksums } from '../calico-releases.ts'

/**
 * The cluster as every other part sees it: checked, defaults filled in, overrides of single nodes
 * resolved, frozen. docs and completion of the file itself come from schema.ts.
 */
export type Role = 'control-plane' | 'worker'

export interface SshTarget {
  readonly user: string
  readonly port: number
  /** Path as written; relative to the folder of the cluster file. */
  readonly key?: string
  /** Where ssh goes first: it forwards to the node. */
  readonly jump?: SshJump
}

export interface SshJump {
  /** Name or address, without brackets. */
  readonly host: string
  readonly user: string
  readonly port: number
}

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

export interface ClusterNode {
  readonly name: string
  /** IP address, IPv6 in its shortest spelling. */
  readonly address: string
  readonly role: Role
  readonly labels: Readonly<Record<string, string>>
  /** With the control planes' own taint, unless the node is schedulable. */
  readonly taints: readonly Taint[]
  /** Ordinary pods may run here: always on workers, on control planes when the file says so. */
  readonly schedulable: boolean
  readonly ssh: SshTarget
  /** On control planes, when the file names it: what kube-vip puts the virtual IP on. */
  readonly interface?: string
}

/** Router that kube-vip announces the virtual IP to. */
export interface BgpPeer {
  readonly address: string
  readonly as: number
  readonly multihop: boolean
}

/** How kube-vip keeps the endpoint's address alive. */
export interface KubeVip {
  readonly mode: 'arp' | 'bgp'
  /** `v1.2.3` */
  readonly version: string
  /** Without a tag. */
  readonly image: string
  readonly manifest: 'podman' | 'template'
  readonly services: boolean
  /** Seconds; only mode arp elects a leader. */
  readonly lease: {
    readonly duration: number
    readonly renewDeadline: number
    readonly retryPeriod: number
  }
  /** In mode bgp, and only then. */
  readonly bgp?: { readonly localAS: number; readonly peers: readonly BgpPeer[] }
}

/** A dnf repository with the key that signs its packages. */
export interface PackageSource {
  /** May hold `{minor}` (Kubernetes, CRI-O) and dnf's `$releasever` and `$basearch`. */
  readonly baseurl: string
  /** May hold `{minor}` (Kubernetes, CRI-O). */
  readonly gpgkey: string
  /** 40 hexadecimal digits in upper case; absent: the first key that its place gives is trusted. */
  readonly fingerprint?: string
}

/** An etcd cluster that the nodes only use. Paths are relative to the cluster file's folder. */
export interface ExternalEtcd {
  /** `https://192.168.9.131:2379` */
  readonly endpoints: readonly string[]
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** A forward proxy of the nodes. URLs as `http://HOST:PORT`, never with a password. */
export interface ForwardProxy {
  readonly http: string
  readonly https: string
  /** Beyond what the cluster itself needs: see lib/render/proxy.ts. */
  readonly noProxy: readonly string[]
}

/** Calico's network, with what the file left open decided. */
export interface CalicoSettings {
  /** `v3.32.1` */
  readonly version: string
  readonly encapsulation: 'VXLANCrossSubnet' | 'VXLAN' | 'IPIPCrossSubnet' | 'IPIP' | 'None'
  readonly bgp: boolean
  /** Bytes; absent: Calico finds it out. */
  readonly mtu?: number
  /** Prefix length. */
  readonly blockSize: number
  readonly natOutgoing: boolean
  readonly apiServer: boolean
  readonly calicoctl: boolean
  /** SHA-256 of files of the release, over those that are known. */
  readonly checksums: Partial<CalicoChecksums>
}

export interface Cluster {
  readonly name: string
  /** A minor version `1.36`, or an exact one `1.36.3`. */
  readonly kubernetesVersion: string
  readonly endpoint: {
    readonly provider: 'external' | 'kube-vip'
    readonly address: string
    /** DNS name of the address, if it has one. */
    readonly name?: string
    readonly port: number
    /** Every node resolves the name by its own /etc/hosts. */
    readonly hostsEntry: boolean
    /** Present with provider kube-vip, and only then. */
    readonly kubeVip?: KubeVip
  }
  readonly networking: {
    readonly podSubnet: string
    readonly serviceSubnet: string
    readonly dnsDomain: string
  }
  readonly podNetwork: {
    readonly provider: 'bridge' | 'calico' | 'none'
    /** With provider calico only. */
    readonly calico?: CalicoSettings
    /** Paths, relative to the cluster file's folder; only with provider none. */
    readonly manifests: readonly string[]
  }
  readonly runtime: 'containerd' | 'cri-o'
  readonly etcd: {
    /** An etcd cluster of one's own; absent: each control plane runs a member of its own. */
    readonly external?: ExternalEtcd
  }
  readonly selinux: 'permissive' | 'enforcing' | 'unmanaged'
  readonly firewall: 'disabled' | 'managed' | 'unmanaged'
  readonly timeSync: 'chrony' | 'unmanaged'
  /** All updates of the distribution once, before a machine joins. */
  readonly systemUpdate: boolean
  /** The user of ssh may use kubectl on control planes, without sudo. */
  readonly adminKubeconfig: boolean
  readonly nodes: readonly ClusterNode[]
  /** Fields of KubeletConfiguration, but those in owned-settings.ts. */
  readonly kubelet: Readonly<Record<string, unknown>>
  readonly apiServer: {
    /** Flag without its dashes -> value. */
    readonly extraArgs: Readonly<Record<string, string>>
    readonly certSANs: readonly string[]
  }
  /** Fields of KubeProxyConfiguration, but those in owned-settings.ts. */
  readonly kubeProxy: Readonly<Record<string, unknown>>
  readonly preflight: {
    /** Names of checks, ours and kubeadm's, whose refusals become warnings. */
    readonly ignore: readonly string[]
  }
  readonly proxy?: ForwardProxy
  readonly security: {
    /** API servers write an audit log. */
    readonly auditLog: boolean
    /** Secrets are encrypted in etcd. */
    readonly encryptSecrets: boolean
    /** Kubelets have serving certificates of the cluster's CA. */
    readonly kubeletServingCertificates: boolean
  }
  readonly sources: {
    readonly kubernetes: PackageSource
    readonly containerd: PackageSource
    readonly crio: PackageSource
    /** Registry -> URL of its mirror. */
    readonly images: Readonly<Record<string, string>>
    readonly manifests: {
      /** URL with `{version}`, or a folder relative to the cluster file's. */
      readonly calico: string
    }
    readonly binaries: {
      /** URL with `{version}` and `{arch}`. */
      readonly calicoctl: string
    }
  }
}
