import type { KnownNode } from '../../lib/phase-input.ts'
import type { HttpsAnswer } from '../run/https-json.ts'
import type { Machine } from '../run/machine.ts'
import { adminConf, type KubeAccess, kubeAccess, kubeletConf } from './kubeconfig.ts'

/** Asks one API server, as the owner of a kubeconfig. */
export interface KubeApi {
  readonly server: string
  readonly get: (path: string) => Promise<HttpsAnswer>
}

/** The parts of a Node object that are read here. */
export interface NodeObject {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly podCIDR?: string
    readonly unschedulable?: boolean
    readonly taints?: readonly { key: string; value?: string; effect: string }[]
  }
  readonly status: {
    readonly addresses?: readonly { type: string; address: string }[]
    readonly conditions?: readonly { type: string; status: string; message?: string }[]
    readonly nodeInfo: { readonly kubeletVersion: string }
  }
}

/** The API server on this control plane, by the node's own address, as cluster admin. */
export async function localApi(on: Machine, address: string): Promise<KubeApi | undefined> {
  const access = await kubeAccess(on, adminConf)
  return access && api(on, { ...access, server: serverAt(address) })
}

/** The API server as this node's kubelet reaches it: only what a kubelet may see. */
export async function kubeletApi(on: Machine): Promise<KubeApi | undefined> {
  const access = await kubeAccess(on, kubeletConf)
  return access && api(on, access)
}

/** `https://10.0.0.11:6443`, IPv6 in brackets. */
export const serverAt = (address: string, port = 6443): string =>
  `https://${address.includes(':') ? `[${address}]` : address}:${port}`

function api(on: Machine, access: KubeAccess): KubeApi {
  return { server: access.server, get: (path) => on.askHttps({ ...access, path }) }
}

export const isReady = ({ status }: NodeObject): boolean =>
  status.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True'

export const controlPlaneLabel = 'node-role.kubernetes.io/control-plane'

/** A Node object as phases and orchestrator pass it on. */
export function knownNode(object: NodeObject): KnownNode {
  const { metadata, spec, status } = object
  const address = status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
  return {
    name: metadata.name,
    address,
    ready: isReady(object),
    ...(spec.unschedulable === true ? { cordoned: true } : {}),
    controlPlane: controlPlaneLabel in (metadata.labels ?? {}),
    kubeletVersion: status.nodeInfo.kubeletVersion.replace(/^v/, ''),
    ...(spec.podCIDR ? { podCIDR: spec.podCIDR } : {}),
  }
}

/** All Node objects, or undefined when the API server does not answer. */
export async function nodeObjects(kube: KubeApi): Promise<readonly NodeObject[] | undefined> {
  const answer = await kube.get('/api/v1/nodes')
  return answer.status === 200 ? (answer.json as { items: NodeObject[] }).items : undefined
}

/**
 * `ok` from /readyz, else in a few words what came in its place.
 *
 * @param by whether the answer may be a remembered one
 */
export async function readyz(
  by: Machine['https'],
  server: string,
  ca?: string,
): Promise<'ok' | string> {
  const question = { server, path: '/readyz', timeout: 3_000, ...(ca ? { ca } : {}) }
  const { status, problem } = await by(question)
  return status === 200 ? 'ok' : (problem ?? `HTTP status ${status}`)
}
