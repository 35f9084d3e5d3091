/** What belongs to a minor version of Kubernetes and cannot be asked before its packages are there. */
export interface MinorFacts {
  /** Pause image tag: PauseVersion in cmd/kubeadm/app/constants/constants.go of that release. */
  readonly pause: string
}

export const knownMinors: Readonly<Record<string, MinorFacts>> = {
  '1.36': { pause: '3.10.2' },
  '1.37': { pause: '3.10.2' },
}

/** `1.36.3` -> `1.36`. */
export const minorPart = (version: string): string => version.split('.').slice(0, 2).join('.')

/** The pause image kubeadm of this version uses. */
export function pauseImage(version: string): string {
  const tag = knownMinors[minorPart(version)]?.pause ?? '3.10.2'
  return `registry.k8s.io/pause:${tag}`
}
