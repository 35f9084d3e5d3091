import { existsSync, readdirSync } from 'node:fs'
import { $ } from 'zx'
import { KubestrapError } from '../lib/errors.ts'
import { buildTools } from './artifacts/artifacts.ts'
import { diskAt, type HostFacts, hostFacts } from './host-facts.ts'
import type { Counts } from './layout.ts'
import { archiveKeyring } from './nodes/packages.ts'
import { cacheFolder } from './project.ts'
import { type Report, withHeartbeat } from './report.ts'

export interface Tool {
  /** Name of a program, or the whole path of another file. */
  readonly command: string
  /** Debian package that has it. */
  readonly package: string
}

/** What the lab itself calls; what the artifacts are built with comes on top. */
export const labTools: readonly Tool[] = [
  { command: 'podman', package: 'podman' },
  { command: 'netavark', package: 'netavark' },
  { command: 'runc', package: 'runc' },
  { command: 'debootstrap', package: 'debootstrap' },
  // Without it debootstrap would not check Debian's signatures.
  { command: archiveKeyring, package: 'debian-archive-keyring' },
  { command: 'nft', package: 'nftables' },
  { command: 'iptables', package: 'iptables' },
  { command: 'ip', package: 'iproute2' },
  { command: 'ssh', package: 'openssh-client' },
  { command: 'nsenter', package: 'util-linux' },
  { command: 'tar', package: 'tar' },
]

/** Folders of programs, among them those that are on no PATH. */
const folders = [
  ...(process.env.PATH ?? '').split(':'),
  ...['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/lib/podman', '/usr/libexec/podman'],
].filter(Boolean)

/** Tools that are not there. */
export const missingTools = (tools: readonly Tool[], isThere: (command: string) => boolean) =>
  tools.filter(({ command }) => !isThere(command))

const isInstalled = (command: string) =>
  command.startsWith('/')
    ? existsSync(command)
    : folders.some((folder) => existsSync(`${folder}/${command}`))

export interface Measured {
  readonly host: HostFacts
  readonly counts: Counts
  /** Nothing is in the cache yet: everything has to be built. */
  readonly cold: boolean
  readonly freeGiB: number
  readonly missing: readonly Tool[]
  /** `1.26.1`, or undefined: no Go. */
  readonly go: string | undefined
  /** Machines without packages: no Go is needed. */
  readonly bare: boolean
}

/** All reasons why the lab cannot be raised on this computer; empty when it can. */
export function hostProblems(measured: Measured): readonly string[] {
  const { host, counts, cold, freeGiB, missing, go, bare } = measured
  if (host.platform === 'win32') return ['this is Windows: run it inside WSL 2, as root']
  if (host.platform !== 'linux') {
    return ['the lab needs Linux: use a Linux virtual machine; the orchestrator itself runs here']
  }
  const nodes = counts.controlPlanes + counts.workers + counts.spare
  const memoryGiB = Math.ceil(2 + nodes)
  const diskGiB = cold ? 15 : 6
  const found = host.memoryKiB / 2 ** 20
  const packages = missing.map((tool) => tool.package)
  return [
    ...(host.root ? [] : ['the lab needs root, for podman, networks and mounts: sudo npm start']),
    ...(found >= memoryGiB * 0.95
      ? []
      : [`${nodes} machines need ${memoryGiB} GiB of memory, here are ${found.toFixed(1)}`]),
    ...(freeGiB >= diskGiB
      ? []
      : [
          `${diskGiB} GiB of free disk are needed ${cold ? 'to build everything' : ''}, here are ${freeGiB.toFixed(1)}`,
        ]),
    ...(packages.length === 0 || host.debianLike
      ? []
      : [`these tools are missing, install them first: ${[...new Set(packages)].join(' ')}`]),
    ...(bare || isGoEnough(go)
      ? []
      : [`Go 1.26 or newer is needed, here is ${go ?? 'none'}: https://go.dev/doc/install`]),
  ]
}

/** @param version as `go env GOVERSION` has it, without "go" */
export function isGoEnough(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map((part) => Number.parseInt(part, 10))
  return major > 1 || (major === 1 && minor >= 26)
}

async function goVersion(): Promise<string | undefined> {
  const { exitCode, stdout } = await $({ quiet: true, nothrow: true })`go env GOVERSION`
  return exitCode === 0 ? /^go(\S+)/.exec(stdout)?.[1] : undefined
}

const allTools = (): readonly Tool[] => [...labTools, ...buildTools]

/** Whether something finished of this kind is in the cache. */
const isCached = (kind: string) =>
  existsSync(cacheFolder(kind)) &&
  readdirSync(cacheFolder(kind)).some((name) => /^[0-9a-f]{16}$/.test(name))

/** Without podman there can be no lab here. */
export const hasPodman = () => isInstalled('podman')

/** For the verbs that look at a lab, or end it: Linux, root and podman. */
export function requireLab(): void {
  const { platform, root } = hostFacts()
  const problems = [
    ...(platform === 'linux' ? [] : ['labs run on Linux only']),
    ...(root ? [] : ['the lab needs root: sudo npm run lab -- ...']),
    ...(hasPodman() ? [] : ['podman is not installed, so there is no lab here']),
  ]
  if (problems.length > 0) throw refused('the lab cannot be reached', problems)
}

const refused = (what: string, lines: readonly string[]) =>
  new KubestrapError({
    id: 'KS-LAB-HOST',
    exit: 'preflight',
    what,
    lines,
    unchanged: 'nothing was installed or started',
  })

/** Throws one error with all reasons, before anything is changed. */
export async function checkHost(counts: Counts, bare: boolean): Promise<void> {
  const cold = !['images', 'rpms'].every(isCached)
  const problems = hostProblems({
    host: hostFacts(),
    counts,
    cold: cold && !bare,
    freeGiB: process.platform === 'linux' ? (await diskAt(cacheFolder('images'))).freeGiB : 0,
    missing: missingTools(allTools(), isInstalled),
    go: await goVersion(),
    bare,
  })
  if (problems.length > 0) throw refused('the lab cannot be raised on this computer', problems)
}

/** Installs what is missing on a Debian-like system; checkHost has refused the others. */
export async function installMissingTools(say: Report): Promise<void> {
  const missing = missingTools(allTools(), isInstalled)
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((tool) => tool.package))]
  const apt = $({
    quiet: true,
    timeout: '900s',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  await withHeartbeat(`installing ${packages.join(' ')}`, say, async () => {
    await apt`apt-get -o DPkg::Lock::Timeout=300 update`
    await apt`apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends ${packages}`
  })
}
