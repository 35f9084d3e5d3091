import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Finding, type Step, wanted } from '../run/step.ts'
import { file } from './file.ts'

/** The host name is the node's name: kubelet and certificates are made for it. */
export function hostName(name: string): Step {
  return {
    title: `Set the host name to ${name}`,
    why: 'kubeadm and the kubelet name the node after it, and a clone that kept its template’s name would take another node’s place.',
    async check(on) {
      const { stdout } = await on.ask('hostname')
      const found = stdout.trim()
      if (found === name) return wanted
      if ((await on.stat('/etc/kubernetes/kubelet.conf')) !== undefined)
        throw otherName(found, name)
      return different(found, name)
    },
    apply: [command('hostnamectl', 'set-hostname', name)],
  }
}

function otherName(found: string, name: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-HOST-NAME',
    exit: 'conflict',
    what: `this machine belongs to a cluster under the name ${found}, the cluster file calls it ${name}`,
    unchanged: 'nothing: a node cannot be renamed while it is a member',
    remedy: `correct the name or the address in the cluster file, or reset the node first`,
  })
}

/** Swap off now, and after the next boot as well. */
export function swapOff(): Step {
  return {
    title: 'Switch swap off, and keep it off',
    why: 'The kubelet refuses to start while swap is on: memory limits of pods would not mean anything.',
    async check(on) {
      const [swaps, fstab, target] = await Promise.all([
        on.read('/proc/swaps'),
        on.read('/etc/fstab'),
        on.unit('swap.target'),
      ])
      const active = (swaps ?? '').split('\n').slice(1).filter(Boolean)
      if (active.length > 0) return different(`swap on: ${active[0]?.split(/\s+/)[0]}`, 'no swap')
      if (swapLines(fstab).length > 0) return different('swap in /etc/fstab', 'no swap there')
      return target.load === 'masked' ? wanted : different('swap.target can start', 'masked')
    },
    apply: {
      byHand: [
        'swapoff --all',
        "sed -i.before-kubestrap '/^[^#].*[[:space:]]swap[[:space:]]/s/^/# /' /etc/fstab",
        'systemctl mask swap.target',
      ].join('\n'),
      run: keepSwapOff,
    },
  }
}

const swapLines = (fstab = '') =>
  fstab.split('\n').filter((line) => /^\s*[^#\s]+\s+\S+\s+swap\s/.test(line))

async function keepSwapOff(on: Machine): Promise<void> {
  await on.run(command('swapoff', '--all'))
  const fstab = await on.read('/etc/fstab')
  if (fstab !== undefined && swapLines(fstab).length > 0) {
    const mode = (await on.stat('/etc/fstab'))?.mode ?? 0o644
    const off = new Set(swapLines(fstab))
    const lines = fstab.split('\n').map((line) => (off.has(line) ? `# ${line}` : line))
    await on.write('/etc/fstab', lines.join('\n'), mode)
  }
  await on.run(command('systemctl', 'mask', 'swap.target'))
}

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
