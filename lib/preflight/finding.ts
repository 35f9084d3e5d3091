import type { Cluster, ClusterNode } from '../cluster.ts'
import type { Facts } from '../observed.ts'

/**
 * Something about the machines that a cluster should not be built on.
 * - `refuse`: nothing is begun
 * - `warn`: told, and gone on
 * - `note`: told; the kit itself will mend it
 */
export interface PreflightFinding {
  readonly check: CheckName
  readonly severity: 'refuse' | 'warn' | 'note'
  /** Names of the nodes it is about, in the order of the file. */
  readonly nodes: readonly string[]
  /** What was found there. */
  readonly what: string
  /** Name for preflight.ignore; the check's own but for ports. */
  readonly ignore: string
  /** It would have been refused, but for preflight.ignore. */
  readonly ignored?: true
}

export interface Check {
  /** Stable, for people to look up. */
  readonly id: string
  /** What is asked of the machines. */
  readonly wants: string
  readonly remedy: string
}

/** A node as preflight looks at it. */
export interface LookedAt {
  readonly node: ClusterNode
  readonly facts: Facts
  /** It is to become a member now: members live already and are not judged, only compared with. */
  readonly joins: boolean
  /** Nothing is to be fetched any more: what prerequisites installs is there. */
  readonly equipped: boolean
  /** Lines `TYPE KEY` of its ssh host keys, as far as they are known. */
  readonly hostKeys: readonly string[]
  readonly clock?: Clock
}

/** A node's clock beside that of the admin's computer, in seconds. */
export interface Clock {
  /** Positive when the node is ahead. */
  readonly ahead: number
  /** Half of the time that asking took: so much of it may be error. */
  readonly within: number
}

export interface Look {
  readonly cluster: Cluster
  readonly nodes: readonly LookedAt[]
  /** An API server of the cluster answers on one of its nodes. */
  readonly lives: boolean
}

/**
 * Every check by its name. Names that kubeadm has as well (Mem, NumCPU, Port-6443) mean the same
 * there: https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-init/ (preflight checks).
 */
export const checks = {
  DuplicateHostName: {
    id: 'KS-DUPLICATE-HOST-NAME',
    wants: 'a host name of its own on each node',
    remedy: 'hostnamectl set-hostname NAME, with the name of the cluster file',
  },
  DuplicateMachineId: {
    id: 'KS-DUPLICATE-MACHINE-ID',
    wants: 'a machine-id of its own on each node',
    remedy:
      'on all but one: rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup; reboot',
  },
  DuplicateProductUuid: {
    id: 'KS-DUPLICATE-PRODUCT-UUID',
    wants: 'a product_uuid of its own on each node',
    remedy:
      'clone the virtual machine anew, or give it another SMBIOS UUID (Proxmox: qm set VMID --smbios1 uuid=NEW)',
  },
  DuplicateMac: {
    id: 'KS-DUPLICATE-MAC',
    wants: 'hardware addresses of its own on each node',
    remedy: 'let the hypervisor make new ones (Proxmox: qm set VMID --net0 virtio,bridge=vmbr0)',
  },
  DuplicateHostKey: {
    id: 'KS-DUPLICATE-HOST-KEY',
    wants: 'an ssh host key of its own on each node',
    remedy: 'on all but one: rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart sshd',
  },
  ClockSkew: {
    id: 'KS-CLOCK-SKEW',
    wants: 'clocks that agree',
    remedy: 'systemctl enable --now chronyd; chronyc makestep; chronyc tracking',
  },
  TimeSync: {
    id: 'KS-TIME-NOT-SYNCHRONISED',
    wants: 'clocks that follow a time server',
    remedy: 'systemctl enable --now chronyd; chronyc sources: are its servers to be reached?',
  },
  OperatingSystem: {
    id: 'KS-OPERATING-SYSTEM',
    wants: 'CentOS Stream, Rocky Linux, AlmaLinux or RHEL, version 9 or 10',
    remedy: 'install one of them',
  },
  Architecture: {
    id: 'KS-ARCHITECTURE',
    wants: 'x86_64 or aarch64',
    remedy: 'use another machine: the packages are made for these two',
  },
  CgroupV1: {
    id: 'KS-CGROUP-V1',
    wants: 'cgroup v2: the kubelet of 1.35 and newer does not start on v1',
    remedy: "grubby --update-kernel=ALL --remove-args='systemd.unified_cgroup_hierarchy=0'; reboot",
  },
  NumCPU: {
    id: 'KS-CPUS',
    wants: '2 CPUs on control planes',
    remedy: 'give the virtual machine more (Proxmox: qm set VMID --cores 2)',
  },
  Mem: {
    id: 'KS-MEMORY',
    wants: '1700 MiB of memory on control planes, 700 MiB on workers',
    remedy: 'give the virtual machine more (Proxmox: qm set VMID --memory 3072)',
  },
  Disk: {
    id: 'KS-DISK',
    wants: 'room for packages, images, etcd and pods',
    remedy:
      'make the disk larger (Proxmox: qm disk resize VMID scsi0 +20G; then growpart, xfs_growfs), or clean up',
  },
  Port: {
    id: 'KS-PORT-TAKEN',
    wants: "Kubernetes' ports free",
    remedy: 'stop the program (ss -ltnp names it), or reset what is left of another cluster',
  },
  Interface: {
    id: 'KS-INTERFACE-MISSING',
    wants: "the address and the interface of the cluster file on the node's own network",
    remedy: 'correct the cluster file, or the network of the machine (ip -brief address)',
  },
  BlockedPorts: {
    id: 'KS-PORTS-BLOCKED',
    wants:
      'a free way between the nodes (silent: packets are dropped; rejected: a firewall says no)',
    remedy:
      'open the ports in the firewall of the node, and in any between them (firewall-cmd --list-all)',
  },
  VirtualIpInUse: {
    id: 'KS-VIP-IN-USE',
    wants: 'a virtual IP that nobody has yet',
    remedy: 'find the machine by its MAC (ip neigh; arping), or choose another endpoint.address',
  },
  VirtualIpOutside: {
    id: 'KS-VIP-OUTSIDE',
    wants: "a virtual IP inside the nodes' own network: ARP does not go further",
    remedy: 'choose an endpoint.address of that network, or kube-vip in BGP mode',
  },
  EndpointName: {
    id: 'KS-ENDPOINT-NAME',
    wants: 'endpoint.name to resolve to endpoint.address on every node',
    remedy: 'mend the DNS entry (getent ahosts NAME), or add a line to /etc/hosts on the nodes',
  },
  Repository: {
    id: 'KS-REPOSITORY-UNREACHABLE',
    wants: 'package repositories that answer',
    remedy:
      'mend network or DNS; behind a proxy set `proxy:` in the cluster file; `sources:` names mirrors (docs/sources.md)',
  },
  Manifests: {
    id: 'KS-MANIFESTS-UNREACHABLE',
    wants: 'manifests of the pod network that can be fetched',
    remedy:
      'mend network or DNS; behind a proxy set `proxy:` in the cluster file; `sources.manifests` names a mirror or a folder (docs/sources.md)',
  },
  Registry: {
    id: 'KS-REGISTRY-UNREACHABLE',
    wants: 'image registries that answer',
    remedy:
      'mend network or DNS; behind a proxy set `proxy:` in the cluster file; `sources.images` names mirrors (docs/sources.md)',
  },
} as const satisfies Readonly<Record<string, Check>>

export type CheckName = keyof typeof checks

/** Makes findings; the check's own name is the one for preflight.ignore. */
export const finding = (
  check: CheckName,
  severity: PreflightFinding['severity'],
  nodes: readonly string[],
  what: string,
  ignore: string = check,
): PreflightFinding => ({ check, severity, nodes, what, ignore })

export const joining = ({ nodes }: Look): readonly LookedAt[] => nodes.filter(({ joins }) => joins)
