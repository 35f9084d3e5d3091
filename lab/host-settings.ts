import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { hasNetavarkChains, removeNetavarkChains } from './firewall.ts'

/**
 * Kernel settings that the lab raises: each node's kubelet and containerd watch many files, and the
 * default of 128 instances ends with the fifth node (man inotify).
 */
const raised: Readonly<Record<string, number>> = {
  'fs.inotify.max_user_instances': 8192,
  'fs.inotify.max_user_watches': 524288,
}

/** Settings that podman, a kubelet or a kube-proxy changes, and that are not a container's own. */
const touched = [
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.forwarding',
  'net.ipv6.conf.default.forwarding',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.netfilter.nf_conntrack_max',
  'net.ipv4.conf.default.rp_filter',
  'net.ipv4.conf.default.route_localnet',
  'net.ipv4.conf.all.route_localnet',
  'net.core.somaxconn',
  'kernel.pid_max',
] as const

const modules = ['br_netfilter', 'overlay', 'nf_conntrack', 'nf_tables', 'nft_masq', 'veth']

/** What was there before the first lab came. */
export interface Before {
  /** Settings do not outlive a boot, so neither does this record. */
  readonly bootId: string
  readonly values: Readonly<Record<string, string>>
  /** Kernel modules that the lab loaded. */
  readonly loaded: readonly string[]
  /** podman's network program had been used before. */
  readonly netavark: boolean
}

/** One record for all labs of this computer. */
const recordPath = '/var/lib/kubestrap-lab/host-settings.json'

const settingPath = (key: string) => `/proc/sys/${key.replaceAll('.', '/')}`
const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

function read(key: string): string | undefined {
  try {
    return readFileSync(settingPath(key), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** @returns the record in a text, unless it is of another boot or damaged */
export function parseBefore(text: string, boot: string): Before | undefined {
  try {
    const before = JSON.parse(text) as Before
    return before.bootId === boot ? before : undefined
  } catch {
    return undefined
  }
}

const recorded = () =>
  existsSync(recordPath) ? parseBefore(readFileSync(recordPath, 'utf8'), bootId()) : undefined

/** Notes what is, before the first change; then makes room for six nodes. */
export async function raiseHostSettings(): Promise<void> {
  if (!recorded()) await record()
  for (const [key, value] of Object.entries(raised)) {
    if (Number(read(key)) < value) writeFileSync(settingPath(key), `${value}\n`)
  }
}

async function record(): Promise<void> {
  const values = present()
  const netavark = await hasNetavarkChains()
  save({ bootId: bootId(), values, netavark, loaded: await loadModules() })
}

function present(): Readonly<Record<string, string>> {
  const keys = [...Object.keys(raised), ...touched]
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = read(key)
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

function save(before: Before): void {
  mkdirSync(dirname(recordPath), { recursive: true, mode: 0o755 })
  writeFileSync(`${recordPath}.new`, JSON.stringify(before, undefined, 2), { mode: 0o600 })
  renameSync(`${recordPath}.new`, recordPath)
}

/** Loads what nodes need, since they load nothing themselves; built-in modules count as there. */
async function loadModules(): Promise<readonly string[]> {
  const missing = modules.filter((name) => !existsSync(join('/sys/module', name)))
  const loaded: string[] = []
  for (const name of missing) {
    const { exitCode } = await $({ quiet: true, nothrow: true })`modprobe ${name}`
    if (exitCode === 0 && existsSync(join('/sys/module', name))) loaded.push(name)
  }
  return loaded
}

/** Settings whose present value is not the recorded one. */
export function changed(
  before: Before,
  now: (key: string) => string | undefined,
): readonly (readonly [string, string])[] {
  return Object.entries(before.values).filter(([key, value]) => {
    const found = now(key)
    return found !== undefined && found !== value
  })
}

/**
 * Puts everything back. For the last lab only.
 * @param idle no other container runs on this computer
 * @returns the settings that were different
 */
export async function restoreHostSettings(idle: boolean): Promise<readonly string[]> {
  const before = recorded()
  if (before && !before.netavark && idle) await removeNetavarkChains()
  const different = before ? changed(before, read) : []
  for (const [key, value] of different) {
    try {
      writeFileSync(settingPath(key), `${value}\n`)
    } catch {
      // A setting that went away with its module needs no restoring.
    }
  }
  for (const name of [...(before?.loaded ?? [])].reverse()) {
    await $({ quiet: true, nothrow: true })`modprobe --remove ${name}`
  }
  rmSync(dirname(recordPath), { recursive: true, force: true })
  return different.map(([key, value]) => `${key} = ${value}`)
}
