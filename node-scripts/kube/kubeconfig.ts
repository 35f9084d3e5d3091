import type { Machine } from '../run/machine.ts'

/** What is needed to ask an API server as somebody: from a kubeconfig file. */
export interface KubeAccess {
  /** `https://10.0.0.11:6443` */
  readonly server: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export const adminConf = '/etc/kubernetes/admin.conf'
export const kubeletConf = '/etc/kubernetes/kubelet.conf'

interface KubeconfigFile {
  readonly clusters?: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string }
  }[]
  readonly users?: readonly {
    readonly user: Readonly<Record<string, string | undefined>>
  }[]
}

/**
 * Reads a kubeconfig as kubeadm writes it (one cluster, one user, client certificate inline or in
 * a file). Undefined when the file is not there or not whole yet.
 */
export async function kubeAccess(on: Machine, path: string): Promise<KubeAccess | undefined> {
  const text = await on.read(path)
  if (text === undefined) return undefined
  const { clusters, users } = await parsed(text)
  const cluster = clusters?.[0]?.cluster
  const user = users?.[0]?.user ?? {}
  const ca = cluster?.['certificate-authority-data']
  const [cert, key] = await Promise.all([
    inlineOrFile(on, user['client-certificate-data'], user['client-certificate']),
    inlineOrFile(on, user['client-key-data'], user['client-key']),
  ])
  if (!cluster || !ca || !cert || !key) return undefined
  return { server: cluster.server, ca: fromBase64(ca), cert, key }
}

/** Each text is parsed once: a look at a node reads the same two files a dozen times. */
const known = new Map<string, KubeconfigFile>()

async function parsed(text: string): Promise<KubeconfigFile> {
  const { parse } = await import('yaml')
  const file = known.get(text) ?? ((parse(text) ?? {}) as KubeconfigFile)
  known.set(text, file)
  return file
}

async function inlineOrFile(on: Machine, inline?: string, path?: string) {
  if (inline) return fromBase64(inline)
  return path ? on.read(path) : undefined
}

const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString('utf8')
