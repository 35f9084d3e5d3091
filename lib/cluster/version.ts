import { knownMinors, minorPart } from '../versions.ts'

export { minorPart as minorOf }

/** `1.36`, not `1.36.3`. */
export const isMinor = (version: string): boolean => /^\d+\.\d+$/.test(version)

/** Orders versions by their numbers; negative when `a` is older. `1.36` comes before `1.36.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? -1) - (right?.[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/** Minor versions that this kubestrap was tried with, oldest first. */
export const supportedMinors: readonly string[] = Object.keys(knownMinors).sort(compareVersions)

/** What is wanted in place of a version that is not accepted, with the reason. */
export function wantedVersion(found: string): string {
  const choice = supportedMinors.map((minor) => `"${minor}"`).join(' or ')
  const newest = supportedMinors.at(-1) ?? ''
  const version = /^\d+\.\d+(\.\d+)?$/.test(found)
  if (!version || supportedMinors.includes(minorPart(found))) {
    return `a minor version (${choice}) or an exact one ("${newest}.1")`
  }
  return compareVersions(found, newest) > 0
    ? `${choice}: this kubestrap is older than Kubernetes ${minorPart(found)}`
    : `${choice}: kubeadm v1beta4 with containerd 2 was not tried with older versions`
}
