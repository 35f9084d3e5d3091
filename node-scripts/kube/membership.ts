import { createHash, X509Certificate } from 'node:crypto'
import type { ClusterNode } from '../../lib/cluster.ts'
import type { Machine } from '../run/machine.ts'
import { controlPlaneLabel, kubeletApi, localApi, type NodeObject } from './api.ts'
import { adminConf, kubeletConf } from './kubeconfig.ts'

/**
 * Whether this machine is a member of a cluster, judged by what is on it and by what the cluster
 * itself says.
 * - `none`: it holds nothing of a cluster
 * - `member`: the cluster confirms it
 * - `unconfirmed`: it once became a member (our hint says so), but no API server answers now
 * - `partial`: an init or join began here and never finished
 */
export type Membership = 'none' | 'member' | 'unconfirmed' | 'partial'

/** Written by the last step of init and join. A hint: the living cluster decides. */
export const memberHint = '/var/lib/kubestrap/member'

export const caCertificate = '/etc/kubernetes/pki/ca.crt'
const manifests = '/etc/kubernetes/manifests'
export const etcdData = '/var/lib/etcd/member'

/** Looks at files first: most machines need no question to the cluster. */
export async function membership(on: Machine, node: ClusterNode): Promise<Membership> {
  const [kubelet, etcd, pods] = await Promise.all([
    on.stat(kubeletConf),
    on.stat(etcdData),
    on.list(manifests),
  ])
  const staticPods = pods.filter((name) => name.endsWith('.yaml'))
  if (!kubelet && !etcd && staticPods.length === 0) return 'none'
  const object = await ownNode(on, node)
  if (object && isWhole(object, node, staticPods)) return 'member'
  if ((await on.read(memberHint)) === undefined) return 'partial'
  return object ? 'partial' : 'unconfirmed'
}

function isWhole(object: NodeObject, node: ClusterNode, staticPods: readonly string[]): boolean {
  if (node.role === 'worker') return true
  const wanted = ['etcd.yaml', 'kube-apiserver.yaml', 'kube-controller-manager.yaml']
  const marked = controlPlaneLabel in (object.metadata.labels ?? {})
  return marked && wanted.every((name) => staticPods.includes(name))
}

/** This machine's Node object, asked as the kubelet, or as admin where the kubelet cannot yet. */
export async function ownNode(on: Machine, node: ClusterNode): Promise<NodeObject | undefined> {
  const asKubelet = await kubeletApi(on)
  const path = `/api/v1/nodes/${node.name}`
  const first = await asKubelet?.get(path)
  if (first?.status === 200) return first.json as NodeObject
  if ((await on.stat(adminConf)) === undefined) return undefined
  const second = await (await localApi(on, node.address))?.get(path)
  return second?.status === 200 ? (second.json as NodeObject) : undefined
}

/** `sha256:` and the hash of the CA's public key, as kubeadm's discovery wants it (RFC 7469). */
export async function caCertHash(on: Machine): Promise<string | undefined> {
  const pem = await on.read(caCertificate)
  if (pem === undefined) return undefined
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}
