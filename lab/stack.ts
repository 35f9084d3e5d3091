/** Which parts a lab's cluster is made of; what is not to be had from registries is a choice. */
export interface Stack {
  readonly runtime: 'containerd' | 'cri-o'
  readonly endpoint: 'external' | 'kube-vip'
  readonly podNetwork: 'bridge' | 'calico'
  /** Folder with packages, images and manifests that a person brought: see artifacts/given.ts. */
  readonly artifacts?: string
}

export const defaultStack: Stack = {
  runtime: 'containerd',
  endpoint: 'external',
  podNetwork: 'bridge',
}

/** The flags of `lab up` that choose, with what each may be. */
export const stackFlags = {
  runtime: { key: 'runtime', values: ['containerd', 'cri-o'] },
  endpoint: { key: 'endpoint', values: ['external', 'kube-vip'] },
  'pod-network': { key: 'podNetwork', values: ['bridge', 'calico'] },
} as const

/** All that is wrong with the chosen values, in words. */
export function refuseStack(flags: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(stackFlags).flatMap(([flag, { values }]) => {
    const value = flags[flag]
    const known: readonly unknown[] = values
    return value === undefined || known.includes(value)
      ? []
      : [`--${flag} must be ${values.join(' or ')}`]
  })
}

/** What of the stack was asked for; the rest stays as the lab was, or the default. */
export function stackOf(flags: Readonly<Record<string, unknown>>): Partial<Stack> {
  const chosen = Object.entries(stackFlags).flatMap(([flag, { key }]) =>
    flags[flag] === undefined ? [] : [[key, flags[flag]]],
  )
  const { artifacts } = flags
  return {
    ...(Object.fromEntries(chosen) as Partial<Stack>),
    ...(typeof artifacts === 'string' ? { artifacts } : {}),
  }
}
