import type { Role } from '../cluster.ts'

/** A cluster file that is about to be written: what was given, and nothing of the defaults. */
export interface Draft {
  readonly name: string
  readonly endpoint: {
    readonly provider: 'external' | 'kube-vip'
    readonly address: string
    readonly name?: string
  }
  readonly ssh: DraftSsh
  readonly nodes: readonly DraftNode[]
}

export interface DraftSsh {
  readonly user?: string
  readonly port?: number
  readonly key?: string
}

export interface DraftNode {
  readonly name: string
  readonly address: string
  readonly role: Role
  /** A control plane that ordinary pods may run on. */
  readonly schedulable?: true
  readonly ssh?: DraftSsh
}

/** What a draft is made of: from flags, or from an inventory. */
export interface DraftParts {
  readonly name?: string | undefined
  /** `192.168.9.120`, or `NAME=192.168.9.120`. */
  readonly endpoint?: string | undefined
  /** The endpoint is a load balancer of one's own. */
  readonly loadBalancer: boolean
  readonly ssh: DraftSsh
  /** Without a name: it gets one. */
  readonly nodes: readonly (Omit<DraftNode, 'name'> & { readonly name?: string })[]
}

export type Drafted =
  | { readonly draft: Draft; readonly problems?: never }
  | { readonly draft?: never; readonly problems: readonly string[] }

/**
 * Puts the parts together. A virtual IP belongs to no machine, so that an endpoint that is the
 * address of a node, or that was not given for a single control plane, is that node's own.
 */
export function draftOf({ name, endpoint, loadBalancer, ssh, nodes }: DraftParts): Drafted {
  const planes = nodes.filter(({ role }) => role === 'control-plane')
  const [first] = planes
  if (!first) return { problems: ['there is no control plane: --control-planes ADDRESSES'] }
  if (endpoint === undefined && planes.length > 1) {
    const what = `${planes.length} control planes need one address for all of them`
    const wanted = '--endpoint ADDRESS, free in their network (kube-vip moves it between them)'
    return { problems: [`${what}: ${wanted}, or with --load-balancer that of your own balancer`] }
  }
  const { address, host } = namedAddress(endpoint ?? first.address)
  const isNode = nodes.some((node) => node.address === address)
  const provider = loadBalancer || isNode ? 'external' : 'kube-vip'
  return {
    draft: {
      name: name ?? 'kubernetes',
      endpoint: { provider, address, ...(host === undefined ? {} : { name: host }) },
      ssh,
      nodes: namedNodes(nodes),
    },
  }
}

/** `NAME=ADDRESS` or `ADDRESS`; the cluster file's own rules judge both. */
function namedAddress(text: string): { address: string; host?: string } {
  const at = text.indexOf('=')
  if (at < 0) return { address: text }
  return { address: text.slice(at + 1), host: text.slice(0, at) }
}

const prefixes = { 'control-plane': 'k-master', worker: 'k-worker' } as const

/** Nameless nodes get k-master-1, k-worker-1, ...: the next number that is free. */
function namedNodes(nodes: DraftParts['nodes']): DraftNode[] {
  const taken = new Set(nodes.map(({ name }) => name))
  return nodes.map(({ name, ...node }) => {
    if (name !== undefined) return { name, ...node }
    let number = 1
    while (taken.has(`${prefixes[node.role]}-${number}`)) number++
    const free = `${prefixes[node.role]}-${number}`
    taken.add(free)
    return { name: free, ...node }
  })
}
