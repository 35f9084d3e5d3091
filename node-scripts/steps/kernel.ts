import type { Machine } from '../run/machine.ts'
import { command, different, type Finding, type Step, wanted } from '../run/step.ts'
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

/** Kernel modules, judged by what they bring: modprobe fails where one is built into the kernel. */
export function kernelModules(): readonly Step[] {
  return [
    file({
      path: '/etc/modules-load.d/kubestrap.conf',
      content: `# Written by kubestrap, phase prerequisites.\n${modules.map((m) => m.name).join('\n')}\n`,
      why: 'systemd loads these kernel modules at every boot.',
    }),
    {
      title: `Load the kernel modules ${modules.map((m) => m.name).join(' and ')}`,
      why: 'overlay holds the layers of container images; br_netfilter lets the packet filter see what crosses the pod bridge, which Services need.',
      async check(on) {
        const there = await Promise.all(modules.map((module) => module.effect(on)))
        const missing = modules.filter((_, index) => !there[index]).map((module) => module.name)
        return missing.length === 0 ? wanted : different(`not there: ${missing}`, 'loaded')
      },
      apply: [command('modprobe', '--all', ...modules.map((module) => module.name))],
    },
  ]
}

const kernelSettings: Readonly<Record<string, string>> = {
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.ipv4.ip_forward': '1',
}

const settingPath = (key: string) => `/proc/sys/${key.replaceAll('.', '/')}`

/** Kernel settings, written for the next boot and checked by their present values. */
export function sysctls(): readonly Step[] {
  const path = '/etc/sysctl.d/90-kubestrap.conf'
  const lines = Object.entries(kernelSettings).map(([key, value]) => `${key} = ${value}`)
  return [
    file({
      path,
      content: `# Written by kubestrap, phase prerequisites.\n${lines.join('\n')}\n`,
      why: 'A node forwards packets between its pods and the network, and bridged packets pass the packet filter.',
    }),
    {
      title: 'Apply the kernel settings',
      why: 'What counts is what the running kernel does; the file alone is for the next boot.',
      check: checkSettings,
      apply: [command('sysctl', '--load', path)],
    },
  ]
}

async function checkSettings(on: Machine): Promise<Finding> {
  const wrong: string[] = []
  for (const [key, value] of Object.entries(kernelSettings)) {
    const found = (await on.read(settingPath(key)))?.trim()
    if (found !== value) wrong.push(`${key} = ${found ?? 'missing'}`)
  }
  return wrong.length === 0 ? wanted : different(wrong.join(', '), 'as in the file')
}
