import type { Cluster } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Finding, type Step, wanted } from '../run/step.ts'
import { runDnf } from './dnf.ts'
import { file } from './file.ts'

/** A kernel module and how its effect can be seen, built in or loaded. */
interface Module {
  readonly name: string
  readonly effect: (on: Machine) => Promise<boolean>
}

const modules: readonly Module[] = [
  {
    name: 'overlay',
    effect: async (on) => /\toverlay$/m.test((await on.read('/proc/filesystems')) ?? ''),
  },
  {
    name: 'br_netfilter',
    effect: async (on) =>
      (await on.stat('/proc/sys/net/bridge/bridge-nf-call-iptables')) !== undefined,
  },
]

const names = modules.map(({ name }) => name)
const loadAll = command('modprobe', '--all', ...names)

/** Kernel modules, judged by what they bring: modprobe fails where one is built into the kernel. */
export function kernelModules(): readonly Step[] {
  return [
    file({
      path: '/etc/modules-load.d/kubestrap.conf',
      content: `# Written by kubestrap, phase prerequisites.\n${names.join('\n')}\n`,
      why: 'systemd loads these kernel modules at every boot.',
    }),
    {
      title: `Load the kernel modules ${names.join(' and ')}`,
      why: 'overlay holds the layers of container images; br_netfilter lets the packet filter see what crosses the pod bridge, which Services need. On Enterprise Linux 10 it is in a package of its own, which cloud images lack.',
      async check(on) {
        const missing = await notLoaded(on)
        return missing.length === 0 ? wanted : different(`not there: ${missing}`, 'loaded')
      },
      apply: {
        byHand: `[ -d /proc/sys/net/bridge ] || modinfo ${names.at(-1)} > /dev/null || dnf install "${extraPackage('$(uname -r)')}"\n${loadAll.argv.join(' ')}`,
        async run(on) {
          const files = await Promise.all(
            (await notLoaded(on)).map((name) => on.ask('modinfo', name)),
          )
          if (files.some(({ exitCode }) => exitCode !== 0)) await installExtra(on)
          await on.run(loadAll)
        },
      },
    },
  ]
}

async function notLoaded(on: Machine): Promise<readonly string[]> {
  const there = await Promise.all(modules.map((module) => module.effect(on)))
  return names.filter((_, index) => !there[index])
}

/**
 * Where Enterprise Linux 10 has br_netfilter; on 9 it comes with the kernel. For the kernel that
 * runs: the newest one would be of no use before a restart.
 * https://github.com/k3s-io/k3s-ansible/issues/419 and 536
 */
const extraPackage = (release: string) => `kernel-modules-extra-${release}`

async function installExtra(on: Machine): Promise<void> {
  const name = extraPackage((await on.ask('uname', '-r')).stdout.trim())
  const weak = '--setopt=install_weak_deps=False'
  try {
    await runDnf(on, {
      ...command('dnf', '--assumeyes', weak, 'install', name),
      timeout: 1_200_000,
    })
  } catch (error) {
    const isGone = error instanceof KubestrapError && error.details.id === 'KS-PACKAGE-MISSING'
    throw isGone ? olderKernel(name, error) : error
  }
}

/** Repositories of a distribution keep the newest kernel only. */
const olderKernel = (name: string, cause: KubestrapError) =>
  new KubestrapError(
    {
      id: 'KS-KERNEL-MODULES',
      exit: 'preflight',
      what: `a kernel module is missing, and the repositories have no ${name} any more`,
      lines: [...(cause.details.lines ?? [])],
      unchanged: 'no package was installed, no module was loaded',
      remedy:
        "the machine runs an older kernel than its repositories have: dnf --assumeyes upgrade 'kernel*', restart it, run the same command again",
    },
    { cause },
  )

/** kubeadm looks at forwarding of the family that nodes and pods have: addIPv6Checks in its checks.go. */
const kernelSettings = ({ networking }: Pick<Cluster, 'networking'>) => ({
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.ipv4.ip_forward': '1',
  ...(networking.podSubnet.includes(':') ? ipv6Settings : {}),
})

// `all` sets the others, too; kubeadm asks for `default` (ip-sysctl in the kernel's documentation).
const ipv6Settings = {
  'net.ipv6.conf.all.forwarding': '1',
  'net.ipv6.conf.default.forwarding': '1',
}

const settingPath = (key: string) => `/proc/sys/${key.replaceAll('.', '/')}`

/** Kernel settings, written for the next boot and checked by their present values. */
export function sysctls(cluster: Pick<Cluster, 'networking'>): readonly Step[] {
  const path = '/etc/sysctl.d/90-kubestrap.conf'
  const settings = Object.entries(kernelSettings(cluster))
  const lines = settings.map(([key, value]) => `${key} = ${value}`)
  return [
    file({
      path,
      content: `# Written by kubestrap, phase prerequisites.\n${lines.join('\n')}\n`,
      why: 'A node forwards packets between its pods and the network, and bridged packets pass the packet filter.',
    }),
    {
      title: 'Apply the kernel settings',
      why: 'What counts is what the running kernel does; the file alone is for the next boot.',
      check: (on) => checkSettings(on, settings),
      apply: [command('sysctl', '--load', path)],
    },
  ]
}

async function checkSettings(
  on: Machine,
  settings: readonly (readonly [string, string])[],
): Promise<Finding> {
  const wrong: string[] = []
  for (const [key, value] of settings) {
    const found = (await on.read(settingPath(key)))?.trim()
    if (found !== value) wrong.push(`${key} = ${found ?? 'missing'}`)
  }
  return wrong.length === 0 ? wanted : different(wrong.join(', '), 'as in the file')
}
