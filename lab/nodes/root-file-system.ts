import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { KubestrapError } from '../../lib/errors.ts'
import { hostFacts } from '../host-facts.ts'
import { projectRoot } from '../project.ts'
import { type Report, withHeartbeat } from '../report.ts'
import { archiveKeyring, nodePackages, servicesPackages } from './packages.ts'
import { containerdDropIn, containersConf, crioDropIn } from './quirks.ts'

export const release = 'bookworm'

/** Where Debian's packages come from: debootstrap's own default, or KUBESTRAP_DEBIAN_MIRROR. */
export const mirror = () => process.env.KUBESTRAP_DEBIAN_MIRROR || undefined

const run = $({ quiet: true, timeout: '1200s', stdio: ['ignore', 'pipe', 'pipe'] })

/** Namespaces of its own: whatever is mounted or left running there ends with the command. */
const alone = ['--mount', '--pid', '--fork', '--kill-child']

/**
 * Makes the root file systems of both images as tar files.
 * @param folder gets node.tar and services.tar; whatever else is in it is removed afterwards
 */
export async function makeRootFileSystems(folder: string, say: Report): Promise<void> {
  const base = join(folder, 'base')
  await mkdir(folder, { recursive: true })
  await withHeartbeat(`machine image: Debian ${release}, base system`, say, () => debootstrap(base))
  const services = join(folder, 'services')
  await run`cp -a ${base} ${services}`
  await withHeartbeat('machine image: packages of nodes, endpoint and sources', say, async () => {
    await Promise.all([makeNode(base), install(services, servicesPackages)])
  })
  await withHeartbeat('machine image: packing', say, async () => {
    await Promise.all([
      pack(base, join(folder, 'node.tar')),
      pack(services, join(folder, 'services.tar')),
    ])
  })
}

async function debootstrap(root: string): Promise<void> {
  const flags = ['--variant=minbase', `--keyring=${archiveKeyring}`, '--include=ca-certificates']
  try {
    await run`unshare ${alone} --mount-proc debootstrap ${flags} ${release} ${root} ${mirror() ?? []}`
  } catch (error) {
    throw failed('debootstrap', error)
  }
}

async function makeNode(root: string): Promise<void> {
  await install(root, nodePackages)
  await cp(join(projectRoot, 'lab/nodes/root'), root, { recursive: true })
  await dropIn(root, 'etc/containerd/conf.d/lab.toml', containerdDropIn(hostFacts()))
  await dropIn(root, 'etc/crio/crio.conf.d/99-lab.conf', crioDropIn(hostFacts()))
  await dropIn(root, 'etc/containers/containers.conf', containersConf(hostFacts()))
  await cp(join(projectRoot, 'lab/nodes/prepare-node.sh'), join(root, 'root/prepare-node.sh'))
  try {
    await inside(root, ['sh', '/root/prepare-node.sh'])
  } catch (error) {
    throw failed('preparing the node image', error)
  }
  await rm(join(root, 'root/prepare-node.sh'))
}

async function dropIn(root: string, path: string, text: string | undefined): Promise<void> {
  if (text === undefined) return
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

/** Installs Debian packages into a root file system; no service is started there. */
async function install(root: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  await writeFile(
    join(root, 'etc/dpkg/dpkg.cfg.d/lab'),
    'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n',
  )
  try {
    await inside(root, ['apt-get', 'update'])
    await inside(root, ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages])
  } catch (error) {
    throw failed('apt-get in the machine image', error)
  }
  await rm(join(root, 'usr/sbin/policy-rc.d'))
}

async function inside(root: string, command: readonly string[]): Promise<void> {
  const environment = [
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    'DEBIAN_FRONTEND=noninteractive',
    'LC_ALL=C',
  ]
  await run`unshare ${alone} --mount-proc=${join(root, 'proc')} chroot ${root} env ${environment} ${[...command]}`
}

async function pack(root: string, file: string): Promise<void> {
  for (const leftover of [
    'var/cache/apt',
    'var/lib/apt/lists',
    'etc/resolv.conf',
    'etc/hostname',
  ]) {
    await rm(join(root, leftover), { recursive: true, force: true })
  }
  await mkdir(join(root, 'var/cache/apt/archives/partial'), { recursive: true })
  await run`tar --create --numeric-owner --xattrs --xattrs-include=security.capability --one-file-system --exclude=./dev/* --file ${`${file}.part`} --directory ${root} .`
  await rename(`${file}.part`, file)
  await rm(root, { recursive: true, force: true })
}

function failed(what: string, error: unknown): KubestrapError {
  const text = String((error as { stderr?: string }).stderr ?? error)
  return new KubestrapError(
    {
      id: 'KS-LAB-IMAGE',
      exit: 'phaseFailed',
      what: `${what} failed`,
      lines: text.trim().split('\n').slice(-12),
      unchanged: 'the half-made image was thrown away',
      remedy:
        'check the network, or name another Debian mirror in KUBESTRAP_DEBIAN_MIRROR, and run the same command again',
    },
    { cause: error },
  )
}
