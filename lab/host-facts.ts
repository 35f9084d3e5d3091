import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the lab must know about the computer it runs on. */
export interface HostFacts {
  readonly platform: string
  readonly root: boolean
  readonly debianLike: boolean
  /** The computer has only cgroup v2; else v1 (or both, which counts as v1). */
  readonly cgroupV2: boolean
  /** Without CAP_SYS_RESOURCE limits cannot be raised, nor an OOM score lowered. */
  readonly mayRaiseLimits: boolean
  readonly memoryKiB: number
  readonly cpus: number
}

const capSysResource = 24n // linux/capability.h

/** Whether the effective capabilities in the text of /proc/self/status hold CAP_SYS_RESOURCE. */
export function hasSysResource(status: string): boolean {
  const [, hex] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? []
  return hex !== undefined && (BigInt(`0x${hex}`) & (1n << capSysResource)) !== 0n
}

/** ID and ID_LIKE of an os-release text name Debian. */
export const isDebianLike = (osRelease: string) =>
  /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease)

const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** Reads the facts; works (with zeros) on systems that are not Linux, too. */
export function hostFacts(): HostFacts {
  const [, memory = '0'] = /^MemTotal:\s+(\d+)/m.exec(text('/proc/meminfo')) ?? []
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    debianLike: isDebianLike(text('/etc/os-release')),
    cgroupV2: existsSync('/sys/fs/cgroup/cgroup.controllers'),
    mayRaiseLimits: hasSysResource(text('/proc/self/status')),
    memoryKiB: Number(memory),
    cpus: text('/proc/cpuinfo').match(/^processor\s/gm)?.length ?? 1,
  }
}

/** Free space, in GiB, where a folder is or will be, and how full that file system is, 0 to 1. */
export async function diskAt(folder: string): Promise<{ freeGiB: number; used: number }> {
  if (!existsSync(folder)) return diskAt(dirname(folder))
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeGiB: (bavail * bsize) / 2 ** 30, used: 1 - bavail / Math.max(blocks, 1) }
}
