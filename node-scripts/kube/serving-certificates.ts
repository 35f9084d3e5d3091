import type { Cluster } from '../../lib/cluster.ts'
import type { ServingRequest } from '../../lib/observed.ts'
import {
  isPending,
  requestingNode,
  type SigningRequest,
  servingProblems,
  servingSigner,
} from '../../lib/serving-request.ts'
import type { Machine } from '../run/machine.ts'
import { type KubeApi, serverAt } from './api.ts'
import { caCertificate } from './membership.ts'

const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const ofKubelets = `${requests}?fieldSelector=${encodeURIComponent(`spec.signerName=${servingSigner}`)}`

/** Requests of kubelets that nobody has answered, each judged; undefined when the API is silent. */
export async function pendingRequests(
  kube: KubeApi,
  cluster: Cluster,
): Promise<readonly ServingRequest[] | undefined> {
  const { status, json } = await kube.get(ofKubelets)
  if (status !== 200) return undefined
  const { items } = json as { items: readonly SigningRequest[] }
  return items.filter(isPending).map((request) => {
    const node = requestingNode(cluster, request)?.name
    return {
      name: request.metadata.name,
      requester: request.spec.username ?? '',
      ...(node ? { node } : {}),
      problems: servingProblems(cluster, request),
    }
  })
}

/** Whether the living cluster's kubelets ask for certificates at all; decided when it was begun. */
export async function kubeletsAsk(kube: KubeApi): Promise<boolean> {
  const answer = await kube.get('/api/v1/namespaces/kube-system/configmaps/kubelet-config')
  const { data } = (answer.json ?? {}) as { data?: { kubelet?: string } }
  return /^serverTLSBootstrap: true$/m.test(data?.kubelet ?? '')
}

/** Why the kubelet's port cannot be trusted; undefined when its certificate is the cluster's. */
export async function kubeletProblem(on: Machine, address: string): Promise<string | undefined> {
  const ca = await on.read(caCertificate)
  const question = { server: serverAt(address, 10250), path: '/healthz', timeout: 3_000 }
  // 401 is an answer: who asked was not said, but who answers was proven.
  const { status, problem } = await on.https({ ...question, ca: ca ?? '' })
  return status > 0 ? undefined : (problem ?? 'no answer')
}
