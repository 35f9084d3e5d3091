import type { Symptom } from './page.ts'

export const machine: Symptom = {
  title: 'A machine is not fit',
  about:
    'Exit code 10, before anything is changed. All machines are judged together and everything is told at once; limits and names are in [preflight.md](preflight.md). What you want to accept goes into `preflight.ignore` by the name that stands first in its line. On Proxmox: [seed-cluster.md](seed-cluster.md#the-virtual-machines).',
  errors: {
    'KS-PREFLIGHT': {
      says: 'the machines are not fit to be a cluster: <N findings on M nodes>',
      means: 'The sum of what follows here; each finding has its own id and how to mend it.',
      todo: 'Mend them all, then run the same command again. `plan` shows the same without beginning anything.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-DUPLICATE-HOST-NAME': {
      says: 'DuplicateHostName: wanted is a host name of its own on each node',
      means:
        'Clones kept the name of their template. The name becomes the node’s name: the second one would take the first one’s place.',
      todo: '`hostnamectl set-hostname k-worker-1` on each. `prerequisites` sets the name of the cluster file too, but not where two machines claim one.',
    },
    'KS-DUPLICATE-MACHINE-ID': {
      says: 'DuplicateMachineId: wanted is a machine-id of its own on each node',
      means:
        'Clones of a template whose `/etc/machine-id` was not emptied. DHCP leases and the journal are tied to it.',
      todo: 'On all but one: `rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup; reboot`. Better: empty it in the template, then clone anew.',
    },
    'KS-DUPLICATE-PRODUCT-UUID': {
      says: 'DuplicateProductUuid: wanted is a product_uuid of its own on each node',
      means:
        'Two virtual machines have one SMBIOS UUID. A Proxmox clone gets a new one; a copied disk image or configuration does not.',
      todo: 'Clone anew, or `qm set VMID --smbios1 uuid=$(uuidgen)` with the machine off.',
    },
    'KS-DUPLICATE-MAC': {
      says: 'DuplicateMac: wanted is hardware addresses of its own on each node',
      means: 'Two machines with one MAC in one network lose each other’s packets, now and then.',
      todo: '`qm set VMID --net0 virtio,bridge=vmbr0` makes a new one.',
    },
    'KS-DUPLICATE-HOST-KEY': {
      says: 'DuplicateHostKey: wanted is an ssh host key of its own on each node',
      means: 'Whoever owns one clone can pass for all others.',
      todo: 'On all but one: `rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart sshd`. Better: delete them in the template.',
    },
    'KS-CLOCK-SKEW': {
      says: 'ClockSkew: wanted is clocks that agree',
      means:
        'More than 30 s from the others is refused, from 5 s on it warns. Certificates and leases depend on time. A machine that was rolled back or suspended is often late.',
      todo: '`systemctl enable --now chronyd; chronyc makestep; chronyc tracking`.',
    },
    'KS-TIME-NOT-SYNCHRONISED': {
      says: 'TimeSync: wanted is clocks that follow a time server',
      means: 'The clock is right now, but nobody keeps it. Only a warning.',
      todo: '`chronyc sources`: are its servers reached (UDP 123)? In closed networks name your own in `/etc/chrony.conf`.',
    },
    'KS-OPERATING-SYSTEM': {
      says: 'OperatingSystem: wanted is CentOS Stream, Rocky Linux, AlmaLinux or RHEL, version 9 or 10',
      means:
        'Package names, repositories and SELinux differ elsewhere. A relative by `ID_LIKE` only warns.',
      todo: 'Install one of them.',
    },
    'KS-KERNEL-MODULES': {
      says: 'a kernel module is missing, and the repositories have no <kernel-modules-extra of its release> any more',
      means:
        'On Enterprise Linux 10 `br_netfilter` is in the package `kernel-modules-extra`, which cloud images lack. `prerequisites` installs it for the kernel that runs; repositories keep the newest kernel only, and this machine runs an older one.',
      todo: "`sudo dnf upgrade 'kernel*'`, restart the machine, run the same command again.",
      unchanged: 'No package was installed, no module was loaded.',
    },
    'KS-ARCHITECTURE': {
      says: 'Architecture: wanted is x86_64 or aarch64',
      means: 'The packages are made for these two.',
      todo: 'Use another machine.',
    },
    'KS-CGROUP-V1': {
      says: 'CgroupV1: wanted is cgroup v2: the kubelet of 1.35 and newer does not start on v1',
      means: 'Enterprise Linux 9 has cgroup v2 by default; somebody switched back.',
      todo: "`grubby --update-kernel=ALL --remove-args='systemd.unified_cgroup_hierarchy=0'; reboot`. Then `stat -fc %T /sys/fs/cgroup` says `cgroup2fs`.",
    },
    'KS-CPUS': {
      says: 'NumCPU: wanted is 2 CPUs on control planes',
      means: 'kubeadm’s own limit: with one CPU the API server and etcd starve each other.',
      todo: '`qm set VMID --cores 2`, then stop and start the machine (a restart from inside is not enough).',
    },
    'KS-MEMORY': {
      says: 'Mem: wanted is 1700 MiB of memory on control planes, 700 MiB on workers',
      means: 'kubeadm’s limit for control planes, ours for workers (a warning there).',
      todo: '`qm set VMID --memory 3072`, then stop and start. With ballooning the machine may show less than it was given: `--balloon 0`.',
    },
    'KS-DISK': {
      says: 'Disk: wanted is room for packages, images, etcd and pods',
      means:
        'Full disks are the slowest way to fail: the kubelet evicts pods at 85 %, etcd stops writing.',
      todo: '`qm disk resize VMID scsi0 +20G`, then on the machine `growpart /dev/sda N; xfs_growfs /`. With logical volumes `lvextend --resizefs` in place of the last.',
    },
    'KS-PORT-TAKEN': {
      says: "<Port-6443>: wanted is Kubernetes' ports free",
      means: 'A program listens where Kubernetes has to, or something of another cluster is left.',
      todo: '`ss -ltnp` names it. Left-overs of Kubernetes: `kubestrap reset NODE`, or `sudo sh reset.mjs`.',
    },
    'KS-INTERFACE-MISSING': {
      says: "Interface: wanted is the address and the interface of the cluster file on the node's own network",
      means:
        'The address of the cluster file is on none of the machine’s interfaces: behind NAT, or a typing error.',
      todo: '`ip -brief address` on the node; correct the file or the machine.',
    },
    'KS-PORTS-BLOCKED': {
      says: 'BlockedPorts: wanted is a free way between the nodes (silent: packets are dropped; rejected: a firewall says no)',
      means:
        'A packet filter stands between two nodes, on a port they need. Which pairs and ports is in the lines.',
      todo: '`firewall-cmd --list-all` on the node; the Proxmox firewall of the virtual machine and of the host; a filter between networks. `firewall: managed` in the cluster file opens exactly what is needed.',
    },
    'KS-VIP-IN-USE': {
      says: 'VirtualIpInUse: wanted is a virtual IP that nobody has yet',
      means: 'With kube-vip in ARP mode: somebody answers at `endpoint.address`. Its MAC is told.',
      todo: '`ip neigh show ADDRESS` and the DHCP server’s list say who. Choose an address outside the DHCP range. Is it a node of an older try? Reset it.',
    },
    'KS-VIP-OUTSIDE': {
      says: "VirtualIpOutside: wanted is a virtual IP inside the nodes' own network: ARP does not go further",
      means:
        'ARP works within one network only: the virtual IP must be an address of the network of the node’s interface.',
      todo: 'Look at the prefix: `ip -brief address`. 192.168.9.120 lies inside 192.168.8.0/23, but not inside 192.168.8.0/24.',
    },
    'KS-ENDPOINT-NAME': {
      says: 'EndpointName: wanted is endpoint.name to resolve to endpoint.address on every node',
      means:
        'Nodes use the name to find the API server; one that resolves it otherwise cannot join.',
      todo: '`getent ahosts NAME` on the node that is told. Mend DNS, or add a line to `/etc/hosts` on every node.',
    },
    'KS-REPOSITORY-UNREACHABLE': {
      says: 'Repository: wanted is package repositories that answer',
      means: 'A node that still has to install something gets no `repodata/repomd.xml` within 3 s.',
      todo: '`curl -I URL/repodata/repomd.xml` on the node. Behind a proxy say so in the cluster file; without internet name mirrors under `sources`.',
    },
    'KS-MANIFESTS-UNREACHABLE': {
      says: 'Manifests: wanted is manifests of the pod network that can be fetched',
      means: 'A control plane gets no `tigera-operator.yaml` of Calico within 3 s.',
      todo: '`curl -I URL` on the node. Behind a proxy say so in the cluster file; without internet name a mirror or a folder: `sources.manifests.calico`.',
    },
    'KS-REGISTRY-UNREACHABLE': {
      says: 'Registry: wanted is image registries that answer',
      means: 'The same for container images: no `/v2/` within 3 s.',
      todo: '`curl -I https://registry.k8s.io/v2/` on the node. Mirrors: `sources.images`.',
    },
    'KS-HOST-NAME': {
      says: 'this machine belongs to a cluster under the name <NAME>, the cluster file calls it <NAME>',
      means: 'A member cannot be renamed: its certificate and its Node object carry the name.',
      todo: 'Correct name or address in the cluster file, or reset the node first.',
      unchanged: 'Nothing.',
    },
    'KS-SELINUX-DISABLED': {
      says: 'selinux: enforcing is wanted, but SELinux is disabled on this machine',
      means:
        'Files made while it was off have no labels: enforced at once, the machine would lock itself.',
      todo: 'The message has the way: permissive first, `fixfiles -F onboot`, restart, then run again.',
    },
    'KS-FIREWALL-SETTINGS': {
      says: '<firewalld> has settings that Services do not work with',
      means: 'The lines say which. They were set by somebody, and are not ours to change.',
      todo: 'Change them there, or take `firewall: unmanaged`.',
      unchanged: 'No rule of firewalld was touched.',
    },
    'KS-FILE-IS-FOLDER': {
      says: '<FILE> is a folder where a file is wanted',
      means:
        'Often made by a container runtime: a mounted file that was missing becomes an empty folder.',
      todo: 'Look into it, then `mv FILE FILE.old`.',
    },
  },
  messages: [
    {
      from: 'the kernel’s log or a crashing container',
      says: 'Fatal glibc error: CPU does not support x86-64-v2',
      means:
        'The virtual machine has the CPU type kvm64, Proxmox’ default on the command line. Enterprise Linux 9 needs x86-64-v2.',
      todo: '`qm set VMID --cpu x86-64-v2-AES` (or `host`), then stop and start. Enterprise Linux 10 needs `x86-64-v3`.',
    },
    {
      from: 'kubelet',
      says: 'running with swap on is not supported, please disable swap or set --fail-swap-on flag to false',
      means: 'Swap came back: another line in /etc/fstab, a swap unit, or zram.',
      todo: '`swapon --show` and `systemctl list-units --type swap` say which; `up` switches it off again, and for good.',
    },
    {
      from: 'kubelet',
      says: 'kubelet is configured to not run on a host using cgroup v1',
      means: 'See [KS-CGROUP-V1](#ks-cgroup-v1).',
      todo: 'Boot with cgroup v2.',
    },
    {
      from: 'kube-proxy',
      says: 'open /proc/sys/net/netfilter/nf_conntrack_max: no such file or directory',
      means:
        'The kernel module nf_conntrack is not loaded; cloud images of Enterprise Linux 10 lack the package that has it.',
      todo: '`dnf install kernel-modules-extra`, restart into that kernel, `modprobe nf_conntrack`.',
    },
  ],
}
