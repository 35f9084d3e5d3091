import type { KubeApi } from './api.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

interface StatusObject {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

const isTrue = (conditions: readonly Condition[], type: string) =>
  conditions.find((one) => one.type === type && one.status === 'True')

/**
 * What of the wanted parts does not work yet, in the operator's words.
 * https://docs.tigera.io/calico/latest/reference/installation/api#tigerastatus
 */
export async function partsNotReady(
  kube: KubeApi,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const { status, json } = await kube.get('/apis/operator.tigera.io/v1/tigerastatuses')
  if (status !== 200) return ['the operator has not said anything yet']
  const objects = (json as { items: readonly StatusObject[] }).items
  return wanted.flatMap((name) => {
    const found = objects.find(({ metadata }) => metadata.name === name)
    if (!found) return [`${name}: the operator has not said anything yet`]
    const conditions = found.status?.conditions ?? []
    const degraded = isTrue(conditions, 'Degraded')
    if (degraded) return [`${name}: degraded: ${wordsOf(degraded)}`]
    if (isTrue(conditions, 'Available')) return []
    const progress = isTrue(conditions, 'Progressing')
    return [`${name}: ${progress ? wordsOf(progress) : 'not available yet'}`]
  })
}

const wordsOf = ({ reason, message }: Condition) => shorter(message || reason || 'no reason given')

interface PodObject {
  readonly metadata: { readonly namespace: string; readonly name: string }
  readonly spec: { readonly nodeName?: string }
  readonly status: {
    readonly phase: string
    readonly conditions?: readonly Condition[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

interface ContainerStatus {
  readonly ready: boolean
  readonly restartCount?: number
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } }
  readonly lastState?: {
    readonly terminated?: { readonly exitCode: number; readonly reason?: string }
  }
}

/** calico-apiserver: where releases before 3.31 have it. */
const namespaces = ['tigera-operator', 'calico-system', 'calico-apiserver']

/** A pod that is not ready. */
export interface PodTrouble {
  /** Reason, node and pod in one line: what comes first is seen where lines are cut. */
  readonly text: string
  /** The kubelet has tried, and cannot get an image. */
  readonly noImage: boolean
}

/** Pods of Calico that are not ready. */
export async function podsNotReady(kube: KubeApi): Promise<readonly PodTrouble[]> {
  const answers = await Promise.all(
    namespaces.map((name) => kube.get(`/api/v1/namespaces/${name}/pods`)),
  )
  const pods = answers.flatMap(({ status, json }) =>
    status === 200 ? (json as { items: readonly PodObject[] }).items : [],
  )
  return pods.flatMap((pod) => {
    const reason = podTrouble(pod.status)
    if (reason === undefined) return []
    const { namespace, name } = pod.metadata
    const [short = '', ...more] = reason.split(': ')
    const place = pod.spec.nodeName ? ` on ${pod.spec.nodeName}` : ''
    const words = more.length > 0 ? `: ${more.join(': ')}` : ''
    const noImage = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)\b/.test(
      reason,
    )
    return [{ text: `${short}${place}, pod ${namespace}/${name}${words}`, noImage }]
  })
}

function podTrouble(status: PodObject['status']): string | undefined {
  const { phase, conditions = [] } = status
  if (phase === 'Succeeded' || isTrue(conditions, 'Ready')) return undefined
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  for (const { state, lastState } of containers) {
    const { reason, message } = state?.waiting ?? {}
    // Ordinary on the way: an init container runs, or the image is just being fetched.
    if (!reason || reason === 'PodInitializing' || reason === 'ContainerCreating') continue
    const ended = lastState?.terminated
    const before = ended ? ` (it ended with exit code ${ended.exitCode})` : ''
    return shorter(message ? `${reason}: ${message}${before}` : `${reason}${before}`)
  }
  const unscheduled = conditions.find(
    ({ type, status: s }) => type === 'PodScheduled' && s !== 'True',
  )
  if (unscheduled) return shorter(`not on any node yet: ${unscheduled.message ?? ''}`)
  return phase === 'Running' ? 'runs, not ready' : 'being started'
}

const shorter = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 297)}...` : line
}
