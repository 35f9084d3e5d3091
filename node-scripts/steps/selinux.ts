import type { Cluster } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import { command, different, type Step, wanted, wantedBut, wantedSince } from '../run/step.ts'

/** Read at boot (man selinux_config). */
const configFile = '/etc/selinux/config'
/** `1` while SELinux enforces; missing where the kernel runs without it (man selinuxfs). */
const living = '/sys/fs/selinux/enforce'

type Mode = Exclude<Cluster['selinux'], 'unmanaged'>

/** SELinux in the wanted mode, at the next boot and now. */
export const selinux = (mode: Cluster['selinux']): readonly Step[] =>
  mode === 'unmanaged' ? [] : [atBoot(mode), now(mode)]

const reasons: Readonly<Record<Mode, string>> = {
  permissive:
    'kubeadm’s guide for this distribution asks for it: SELinux then logs what it would forbid, and a volume without the right label does not stop a pod.',
  enforcing:
    'A container that breaks out still may not do more than the policy allows. The rules for containers come from the package container-selinux.',
}

async function look(on: Machine) {
  const [config, enforce] = await Promise.all([on.read(configFile), on.read(living)])
  return { config, mode: setMode(config), enforce: enforce?.trim() }
}

const setMode = (config = '') => /^\s*SELINUX\s*=\s*(\w+)/m.exec(config)?.[1]

function atBoot(mode: Mode): Step {
  return {
    title: `Set SELinux to ${mode} for the next boot`,
    writes: configFile,
    why: reasons[mode],
    async check(on) {
      const { config, mode: found, enforce } = await look(on)
      if (config === undefined) return notHere(mode)
      if (mode === 'enforcing' && enforce === undefined) throw disabled()
      if (mode === 'permissive' && found === 'disabled') {
        return wantedSince('it is disabled, and so forbids nothing either')
      }
      return found === mode ? wanted : different(`SELINUX=${found ?? ''}`, `SELINUX=${mode}`)
    },
    apply: {
      byHand: `sed -i 's/^SELINUX=.*/SELINUX=${mode}/' ${configFile}`,
      async run(on) {
        const text = await on.read(configFile)
        if (text === undefined) return
        const state = (await on.stat(configFile))?.mode ?? 0o644
        const line = `SELINUX=${mode}`
        const changed = setMode(text)
          ? text.replace(/^\s*SELINUX\s*=.*$/m, line)
          : `${text}${line}\n`
        await on.write(configFile, changed, state)
      },
    },
  }
}

function notHere(mode: Mode) {
  return mode === 'permissive'
    ? wantedSince('this machine has no SELinux')
    : wantedBut('selinux: enforcing, but this machine has no SELinux: nothing is enforced')
}

function now(mode: Mode): Step {
  const want = mode === 'enforcing' ? '1' : '0'
  return {
    title: `Set SELinux to ${mode} now`,
    why: 'The file is read at boot only; this holds for the running kernel.',
    async check(on) {
      const { enforce } = await look(on)
      if (enforce === undefined) return wantedSince('SELinux does not run here')
      return enforce === want ? wanted : different(named(enforce), mode)
    },
    apply: {
      byHand: `setenforce ${want}`,
      async run(on) {
        const { enforce } = await look(on)
        if (enforce !== undefined) await on.run(command('setenforce', want))
      },
    },
  }
}

const named = (enforce: string) => (enforce === '1' ? 'enforcing' : 'permissive')

/** Files that were made without SELinux have no labels: enforced now, not even a login would work. */
function disabled(): KubestrapError {
  return new KubestrapError({
    id: 'KS-SELINUX-DISABLED',
    exit: 'preflight',
    what: 'selinux: enforcing is wanted, but SELinux is disabled on this machine',
    lines: [
      'files made while it was disabled have no labels: enforced at once, the machine would lock itself',
    ],
    unchanged: 'SELinux and its configuration',
    remedy: `write SELINUX=permissive into ${configFile}, remove selinux=0 from the kernel command line (grubby --update-kernel ALL --remove-args selinux), run fixfiles -F onboot, restart the machine, and run this again`,
  })
}
