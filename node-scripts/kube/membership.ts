import { createHash, X509Certificate } from 'node:crypto'
import type { ClusterNode } from '../../lib/cluster.ts'
import { KubestrapError } from '../../lib/errors.ts'
import type { Membership } from '../../lib/observed.ts'
import type { HttpsAnswer } from '../run/https-json.ts'
import type { Machine } from '../run/machine.ts'
import { controlPlaneLabel, kubeletApi, localApi, type NodeObject } from './api.ts'
import { adminConf, kubeletConf } from './kubeconfig.ts'

/** Written by the last step of init and join. A hint: the living cluster decides. */
export const memberHint = '/var/lib/kubestrap/member'
/** Written just before kubeadm starts, with `init` or `join`; gone when the node is a member. */
export const begunMark = '/var/lib/kubestrap/begun'

export const caCertificate = '/etc/kubernetes/pki/ca.crt'
const manifests = '/etc/kubernetes/manifests'
export const etcdData = '/var/lib/etcd/member'

/**
 * Whether this machine is a member of a cluster, judged by what is on it and by what the cluster
 * itself says. Only what we began ourselves and never finished is `partial`, and may be cleared.
 *
 * @throws KubestrapError KS-ROLE when the cluster knows the node in another role
 */
export async function membership(on: Machine, node: ClusterNode): Promise<Membership> {
  const [begun, hint, kubelet, etcd, pods] = await Promise.all([
    on.read(begunMark),
    on.read(memberHint),
    on.stat(kubeletConf),
    on.stat(etcdData),
    on.list(manifests),
  ])
  const staticPods = pods.filter((name) => name.endsWith('.yaml'))
  const empty = !kubelet && !etcd && staticPods.length === 0
  if (begun !== undefined) return (await isFinished(on, node, begun.trim())) ? 'member' : 'partial'
  if (empty) return 'none'
  if (await ownNode(on, node)) {
    refuseOtherRole(node, staticPods)
    return 'member'
  }
  return hint === undefined ? 'foreign' : 'unconfirmed'
}

/** Killed between the end of kubeadm and our note: the cluster knows that the node is whole. */
async function isFinished(on: Machine, node: ClusterNode, begun: string): Promise<boolean> {
  const object = await ownNode(on, node)
  if (!object) return false
  if (node.role === 'worker') return true
  const marked = controlPlaneLabel in (object.metadata.labels ?? {})
  return marked && (begun !== 'init' || (await hasAddons(on, node)))
}

/** kubeadm installs its add-ons last: where they are, init was done. */
async function hasAddons(on: Machine, { address }: ClusterNode): Promise<boolean> {
  const kube = await localApi(on, address)
  const paths = ['daemonsets/kube-proxy', 'deployments/coredns']
  const answers = await Promise.all(
    paths.map((path) => kube?.get(`/apis/apps/v1/namespaces/kube-system/${path}`)),
  )
  return answers.every((answer) => answer?.status === 200)
}

function refuseOtherRole(node: ClusterNode, staticPods: readonly string[]): void {
  const isControlPlane = staticPods.includes('kube-apiserver.yaml')
  if (isControlPlane === (node.role === 'control-plane')) return
  const found = isControlPlane ? 'control plane' : 'worker'
  throw new KubestrapError({
    id: 'KS-ROLE',
    exit: 'conflict',
    what: `${node.name} is a ${found} of the cluster, the cluster file calls it ${node.role}`,
    unchanged: 'nothing on this node',
    remedy: `correct the role in the file, or take the node out first: kubestrap reset ${node.name}`,
  })
}

/** This machine's Node object, asked as the kubelet, or as admin where the kubelet cannot yet. */
export async function ownNode(on: Machine, node: ClusterNode): Promise<NodeObject | undefined> {
  const answer = await askOwnNode(on, node)
  return answer?.status === 200 ? (answer.json as NodeObject) : undefined
}

/** A member once that an API server of its cluster says it does not know: its Node object was deleted. */
export async function isForgotten(on: Machine, node: ClusterNode): Promise<boolean> {
  if ((await membership(on, node)) !== 'unconfirmed') return false
  return (await askOwnNode(on, node))?.status === 404
}

async function askOwnNode(on: Machine, node: ClusterNode): Promise<HttpsAnswer | undefined> {
  const asKubelet = await kubeletApi(on)
  const path = `/api/v1/nodes/${node.name}`
  const first = await asKubelet?.get(path)
  if (first?.status === 200 || (await on.stat(adminConf)) === undefined) return first
  return (await localApi(on, node.address))?.get(path)
}

/** What was begun here and is not known to have ended. */
export async function begunHere(on: Machine): Promise<'init' | 'join' | undefined> {
  const mark = (await on.read(begunMark))?.trim()
  return mark === 'init' || mark === 'join' ? mark : undefined
}

/** `sha256:` and the hash of the CA's public key, as kubeadm's discovery wants it (RFC 7469). */
export async function caCertHash(on: Machine): Promise<string | undefined> {
  const pem = await on.read(caCertificate)
  if (pem === undefined) return undefined
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** The same as a person would type it, with the tools of Enterprise Linux. */
export const caHashByHand = `openssl x509 -in ${caCertificate} -noout -pubkey | openssl pkey -pubin -outform der | sha256sum | sed 's/^/sha256:/; s/ .*//'`
