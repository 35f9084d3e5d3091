import type { HostFacts } from '../host-facts.ts'

/**
 * What containerd needs to be told in the lab and nowhere else. It is merged over the kit's
 * configuration (`imports`); only the keys that differ stand here.
 * @returns undefined on a computer where the kit's own settings work
 */
export function containerdDropIn({ cgroupV2, mayRaiseLimits }: HostFacts): string | undefined {
  if (cgroupV2 && mayRaiseLimits) return undefined
  const score = mayRaiseLimits
    ? ''
    : "\n# An OOM score lower than our own cannot be set here.\n[plugins.'io.containerd.cri.v1.runtime']\n  restrict_oom_score_adj = true\n"
  const driver = cgroupV2
    ? ''
    : "\n# systemd in a container cannot manage cgroup v1.\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n  SystemdCgroup = false\n"
  return `# Part of the lab's machine image: settings for nodes that are containers.\nversion = 3\n${score}${driver}`
}

/**
 * The same for CRI-O, as a drop-in that sorts after the kit's own. The machine has Debian's runc and
 * conmon; a package of CRI-O may name a crun that it does not bring along.
 */
export function crioDropIn({ cgroupV2 }: HostFacts): string {
  const driver = cgroupV2
    ? ''
    : '# systemd in a container cannot manage cgroup v1.\ncgroup_manager = "cgroupfs"\nconmon_cgroup = "pod"\n'
  const runc = `
# A runc that asks for nothing that root lacks here: the clock of the computer, for one.
[crio.runtime.runtimes.runc]
runtime_path = "/usr/local/sbin/lab-runc"
monitor_path = "/usr/bin/conmon"
`
  return `# Part of the lab's machine image: settings for nodes that are containers.\n[crio.runtime]\ndefault_runtime = "runc"\n${driver}${runc}`
}

/** podman on the machines, which makes the manifest of kube-vip there: a container in a container. */
export function containersConf({ mayRaiseLimits }: HostFacts): string {
  // Without the capability runc cannot set podman's default limits, which are higher than ours.
  const limits = mayRaiseLimits
    ? ''
    : '[containers]\ndefault_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]\n\n'
  return `# Part of the lab's machine image: settings for nodes that are containers.
${limits}[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
`
}

/** Settings of the cluster file that the lab's machines need. */
export interface ClusterQuirks {
  readonly kubelet: Readonly<Record<string, unknown>>
  readonly kubeProxy: Readonly<Record<string, unknown>>
  readonly ignore: readonly string[]
}

/** Only what this computer makes necessary. @param diskUsed how full its disk is, 0 to 1 */
export function clusterQuirks(host: HostFacts, diskUsed: number): ClusterQuirks {
  const onV1 = { cgroupDriver: 'cgroupfs', failCgroupV1: false }
  // All nodes see the computer's own disk: nobody's pods shall be evicted because it is full.
  const fullDisk = {
    evictionHard: {
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    imageGCHighThresholdPercent: 100,
  }
  return {
    kubelet: { ...(host.cgroupV2 ? {} : onV1), ...(diskUsed > 0.75 ? fullDisk : {}) },
    // The table of connections belongs to the computer's kernel; nodes cannot resize it.
    kubeProxy: {
      mode: 'nftables',
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    },
    // SystemVerification looks for the kernel's configuration and modules, and refuses cgroup v1.
    // Its nodes are Debian, and nobody sets the clock in a container: their host does.
    ignore: [
      ...['SystemVerification', 'OperatingSystem', 'TimeSync'],
      ...(host.cgroupV2 ? [] : ['CgroupV1']),
      ...(host.cpus < 2 ? ['NumCPU'] : []),
    ],
  }
}
