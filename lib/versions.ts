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

/**
 * Why kubeadm of this exact version cannot begin a cluster whose endpoint comes up after init.
 * Undefined for a minor alone, and for versions that can.
 * https://github.com/kubernetes/kubernetes/pull/138449 , in 1.35.6 and 1.36.3
 */
export function initNeedsEndpoint(version: string): string | undefined {
  const [major = 0, minor = 0, patch] = version.split('.').map(Number)
  const firstGood: Readonly<Record<number, number>> = { 35: 6, 36: 3 }
  const least = firstGood[minor] ?? (minor < 35 ? Number.POSITIVE_INFINITY : 0)
  if (major !== 1 || patch === undefined || patch >= least) return undefined
  return '1.36.3 or newer (1.35.6 of its minor): before, kubeadm init asked through the endpoint, which kube-vip can only bring up with super-admin.conf'
}
