import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import type { ServingRequest } from '../lib/observed.ts'
import { localApi, type NodeObject, nodeObjects } from './kube/api.ts'
import { kubectl } from './kube/kubectl.ts'
import { kubeletProblem, kubeletsAsk, pendingRequests } from './kube/serving-certificates.ts'
import type { Machine, Probe } from './run/machine.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { different, type Finding, type Step, unknown, wanted, wantedBut } from './run/step.ts'

/**
 * Approves the kubelets' requests for serving certificates, on a control plane: by `up` after the
 * joins, and by `kubestrap approve` when certificates are renewed, after about ten months.
 */
export const phase: PhaseScript = {
  name: 'approve-certificates',
  about:
    'API servers talk to kubelets for logs, exec and metrics. With security.kubeletServingCertificates a kubelet proves itself with a certificate of the cluster’s CA. It asks for one by itself, but nothing in Kubernetes approves: a request may name any address. Here each is compared with the cluster file, and what does not fit stays unapproved.',
  steps: (context) => [
    ...context.cluster.nodes.map((member) => approve(context, member)),
    nameOthers(context),
  ],
  gives: async (on, context) => (await look(on, context)) ?? [],
}

/** Requests nobody answered yet; undefined when the API server is silent. */
async function look(on: Machine, { cluster, node }: Context) {
  const kube = await localApi(on, node.address)
  return kube && pendingRequests(kube, cluster)
}

const fits = ({ problems }: ServingRequest) => problems.length === 0
const isOf =
  ({ name }: ClusterNode) =>
  (request: ServingRequest) =>
    request.node === name

function approve(context: Context, member: ClusterNode): Step {
  return {
    title: `Approve the serving certificate of ${member.name}`,
    why: 'Approved is a request that the node itself made, for its own name and the address of the cluster file, to be a server, and for nothing else.',
    check: (on) => check(on, context, member),
    apply: {
      byHand: [
        `kubectl get certificatesigningrequests --field-selector spec.signerName=kubernetes.io/kubelet-serving`,
        `kubectl get csr NAME -o jsonpath='{.spec.request}' | base64 -d | openssl req -noout -text   # name and address of ${member.name}, no others?`,
        'kubectl certificate approve NAME',
      ].join('\n'),
      run: (on) =>
        on.waitFor(`${member.name} has its serving certificate`, 120_000, () =>
          approveOnce(on, context, member),
        ),
    },
  }
}

async function check(on: Machine, context: Context, member: ClusterNode): Promise<Finding> {
  const kube = await localApi(on, context.node.address)
  const objects = kube && (await nodeObjects(kube))
  if (!kube || !objects) return unknown('control-plane-init')
  // A cluster that was begun without: plan notes that the file wants it otherwise.
  if (!(await kubeletsAsk(kube))) return wanted
  const object = objects.find(({ metadata }) => metadata.name === member.name)
  if (!object) return unknown(`${member.name} has joined`)
  const waiting = (await look(on, context))?.filter(isOf(member)).filter(fits) ?? []
  if (waiting.length > 0) return different(names(waiting), 'approved')
  const problem = await kubeletProblem(on, member.address)
  if (problem === undefined) return wanted
  if (isSilent(object)) return wantedBut(`${member.name} is silent: nothing was approved for it`)
  return different(`its kubelet: ${problem}`, 'a certificate of the cluster')
}

const names = (requests: readonly ServingRequest[]) =>
  `${requests.map(({ name }) => name).join(', ')} waiting`

/** The node controller heard nothing of it for long: not even "not Ready". */
const isSilent = ({ status }: NodeObject) =>
  status.conditions?.find(({ type }) => type === 'Ready')?.status === 'Unknown'

/** @throws KubestrapError KS-SERVING-REQUEST when the node asks for what it must not have */
async function approveOnce(
  on: Machine,
  context: Context,
  member: ClusterNode,
): Promise<Probe<undefined>> {
  const own = (await look(on, context))?.filter(isOf(member)) ?? []
  for (const { name } of own.filter(fits))
    await on.run(kubectl(context.node.address, 'certificate', 'approve', name))
  const problem = await kubeletProblem(on, member.address)
  if (problem === undefined) return { value: undefined }
  const unfit = own.filter((request) => !fits(request))
  if (unfit.length > 0 && unfit.length === own.length) throw doesNotFit(member, unfit)
  const asked = own.length === 0 ? 'its kubelet has not asked yet' : 'approved'
  return { missing: `${asked}; its port: ${problem}` }
}

const described = ({ name, requester, problems }: ServingRequest) =>
  `${name} of ${requester || 'nobody'}: ${problems.join('; ')}`

function doesNotFit(member: ClusterNode, requests: readonly ServingRequest[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-SERVING-REQUEST',
    exit: 'verification',
    what: `${member.name} asks for a serving certificate that does not fit the cluster file`,
    lines: requests.map(described),
    unchanged: 'nothing of this was approved',
    remedy:
      'correct name and address of the node in the file or on the machine; then kubectl delete csr NAME, restart its kubelet, and run the same command again',
  })
}

/** Whoever made it wants to pass for a node: that is worth a line, but stops nobody. */
function nameOthers(context: Context): Step {
  return {
    title: 'Name the requests that do not fit',
    why: 'A request with a foreign name or address may be an attempt to pass for another server. It is never approved; Kubernetes forgets it after a day.',
    async check(on) {
      const unfit = (await look(on, context))?.filter((request) => !fits(request)) ?? []
      if (unfit.length === 0) return wanted
      return wantedBut(`not approved: ${unfit.map(described).join(' | ')}`)
    },
    apply: [],
  }
}
