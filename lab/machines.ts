import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { KubestrapError } from '../lib/errors.ts'
import { loginUser, machineKeys, sshArguments } from './keys.ts'
import {
  containerName,
  hardwareAddress,
  type LabMachine,
  networkName,
  sourcesOf,
  volumeName,
} from './layout.ts'
import { askPodman, labLabel, machineLabel, podman } from './podman.ts'
import { type Report, waitUntil } from './report.ts'

export interface MachineSetting {
  readonly lab: string
  readonly octet: number
  readonly image: string
}

/**
 * Arguments of `podman create` for a machine with systemd as its first process.
 * - /var/lib is a volume: overlay file systems cannot be stacked.
 * - --systemd=false with an init of ours: podman's own mode mounts a second hierarchy on cgroup v1.
 * - rp_filter is off for all interfaces, as on Enterprise Linux, and not as this computer has it
 *   (Ubuntu: 2, with which Calico's agent does not start).
 * - DNS points to a machine that has no such server: a query for a foreign name ends at once.
 */
export function machineArguments(machine: LabMachine, setting: MachineSetting): readonly string[] {
  const { lab, octet, image } = setting
  const name = containerName(lab, machine.name)
  return [
    'create',
    ...['--name', name, '--hostname', machine.name],
    ...['--label', `${labLabel}=${lab}`, '--label', `${machineLabel}=${machine.name}`],
    ...['--network', networkName(lab), '--ip', machine.address],
    ...['--mac-address', hardwareAddress(machine.address), '--dns', sourcesOf(octet)],
    ...['--sysctl', 'net.ipv4.conf.all.rp_filter=0'],
    ...['--privileged', '--cgroupns=private', '--systemd=false', '--pids-limit=-1'],
    ...['--tmpfs', '/run:rw,exec,mode=755', '--tmpfs', '/tmp:rw,exec,mode=1777'],
    ...['--env', 'container=podman', '--stop-signal', 'SIGRTMIN+3', '--stop-timeout', '60'],
    ...['--log-driver', 'k8s-file', '--log-opt', 'max-size=10mb'],
    ...['--volume', `${volumeName(lab, machine.name)}:/var/lib`],
    image,
    '/usr/local/sbin/lab-init',
  ]
}

/** dnf repository of the distribution's own packages, as an Enterprise Linux machine has it. */
export function appstreamRepository(octet: number): string {
  return `[appstream]
name=Lab - AppStream
baseurl=http://${sourcesOf(octet)}/appstream/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-lab
`
}

/** Makes a machine that does not run yet. @param signingKey the lab's public key for packages */
export async function createMachine(
  machine: LabMachine,
  setting: MachineSetting,
  signingKey: string | undefined,
): Promise<void> {
  const { lab } = setting
  const volume = volumeName(lab, machine.name)
  if ((await askPodman('volume', 'exists', volume)).exitCode !== 0) {
    await podman('volume', 'create', '--label', `${labLabel}=${lab}`, volume)
  }
  await podman(...machineArguments(machine, setting))
  await giveIdentity(machine, setting, signingKey)
}

async function giveIdentity(
  machine: LabMachine,
  { lab, octet }: MachineSetting,
  signingKey: string | undefined,
): Promise<void> {
  const { authorized, hostKey } = machineKeys(lab, machine.name)
  const folder = mkdtempSync(join(tmpdir(), 'kubestrap-lab-'))
  const paths: string[] = []
  const put = (path: string, write: (to: string) => void) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    write(join(folder, path))
    paths.push(path)
  }
  try {
    put(`home/${loginUser}/.ssh/authorized_keys`, (to) => cpSync(authorized, to))
    put('etc/ssh/ssh_host_ed25519_key', (to) => cpSync(hostKey, to))
    put('etc/ssh/ssh_host_ed25519_key.pub', (to) => cpSync(`${hostKey}.pub`, to))
    put('etc/yum.repos.d/lab-appstream.repo', (to) => writeFileSync(to, appstreamRepository(octet)))
    if (signingKey !== undefined) {
      put('etc/pki/rpm-gpg/RPM-GPG-KEY-lab', (to) => cpSync(signingKey, to))
    }
    await copyIn(folder, paths, containerName(lab, machine.name))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Puts files into a container; only the files are in the archive, so folders keep their owners. */
export async function copyIn(folder: string, paths: readonly string[], container: string) {
  const tar = join(folder, '.tar')
  await $({
    quiet: true,
  })`tar --create --owner=0 --group=0 --file ${tar} --directory ${folder} ${[...paths]}`
  await podmanCopy(tar, container)
}

async function podmanCopy(tar: string, container: string): Promise<void> {
  const root = await podman('mount', container)
  try {
    await $({ quiet: true })`tar --extract --file ${tar} --directory ${root} --no-overwrite-dir`
  } finally {
    await podman('umount', container)
  }
}

/** Runs a command on a machine over ssh, as the kit will do. */
export function askMachine(lab: string, machine: LabMachine, ...command: readonly string[]) {
  const ask = $({ quiet: true, nothrow: true, timeout: '90s' })
  return ask`ssh ${[...sshArguments(lab)]} ${loginUser}@${machine.address} ${[...command]}`
}

/** Waits until a machine has booted and lets us in. */
export async function waitForMachine(lab: string, machine: LabMachine, say: Report): Promise<void> {
  const ready = await waitUntil(
    { what: `${machine.name}: sshd`, limit: 90_000, every: 500 },
    say,
    async () => (await askMachine(lab, machine, 'true')).exitCode === 0,
  )
  if (!ready) throw notReady(machine, 'no login over ssh within 90 s')
  const { stdout } = await askMachine(lab, machine, 'systemctl', 'is-system-running', '--wait')
  const state = stdout.trim()
  if (state === 'running') return
  const failed = await askMachine(lab, machine, 'systemctl', '--failed', '--plain', '--no-legend')
  if (state !== 'degraded') throw notReady(machine, `systemd says "${state}"`)
  say(`${machine.name} is up, but not all of its services: ${failed.stdout.trim().split(' ')[0]}`)
}

function notReady(machine: LabMachine, what: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-LAB-MACHINE',
    exit: 'timeout',
    what: `${machine.name} did not start: ${what}`,
    remedy: `look at its log: npm run lab -- logs ${machine.name}`,
  })
}
