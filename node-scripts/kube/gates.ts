import type { Cluster, ClusterNode, ExternalEtcd } from '../../lib/cluster.ts'
import { endpointSilent } from '../../lib/endpoint-silent.ts'
import { KubestrapError } from '../../lib/errors.ts'
import { etcdClientFiles } from '../../lib/etcd-client.ts'
import type { ApiServerSeen } from '../../lib/observed.ts'
import type { Machine } from '../run/machine.ts'
import { different, type Step, wanted } from '../run/step.ts'
import {
  controlPlaneLabel,
  localApi,
  type NodeObject,
  nodeObjects,
  readyz,
  serverAt,
} from './api.ts'
import { etcdctlByHand, etcdHealth } from './etcd.ts'
import { externalEtcdProblems } from './external-etcd.ts'
import { caCertificate } from './membership.ts'

const limit = 300_000
/** A balancer may send the first question to a good backend and the second to a bad one. */
const timesInARow = 3

/** What is asked about. */
export interface Scope {
  readonly endpoint: boolean
  /** Of control planes and etcd members only this one; all when undefined. */
  readonly node?: string
}

/**
 * What keeps this control plane from being called healthy; empty when it is. Asked on a control
 * plane, before and after each join:
 * every control plane and the endpoint ready, etcd's members the joined control planes, all of them
 * voters that answer, no alarm. Of an external etcd: every endpoint answers, no alarm.
 */
export async function controlPlaneProblems(
  on: Machine,
  cluster: Cluster,
  address: string,
  { endpoint: asksEndpoint, node }: Scope = { endpoint: true },
): Promise<readonly string[]> {
  const kube = await localApi(on, address)
  const objects = kube && (await nodeObjects(kube))
  if (!objects) return [`the API server at ${address} does not answer yet`]
  const planes = objects
    .filter(isControlPlane)
    .filter(({ metadata }) => node === undefined || metadata.name === node)
  if (node !== undefined && planes.length === 0)
    return [`the cluster does not know ${node} as a control plane yet`]
  const ca = await on.read(caCertificate)
  const [etcd, endpoint, servers] = await Promise.all([
    cluster.etcd.external
      ? externalEtcdProblems(on, cluster.etcd.external)
      : etcdProblems(
          on,
          address,
          planes.map(({ metadata }) => metadata.name),
          node,
        ),
    asksEndpoint ? endpointProblem(on, cluster, ca) : undefined,
    apiServersSeen(on, planes),
  ])
  const silent = servers.flatMap(({ node: name, answer }) =>
    answer === 'ok' ? [] : [`API server of ${name}: ${answer}`],
  )
  return [...silent, ...etcd, ...(endpoint ? [endpoint] : [])]
}

const isControlPlane = ({ metadata }: NodeObject) => controlPlaneLabel in (metadata.labels ?? {})

/** What the API server of each of these control planes says to /readyz. */
export async function apiServersSeen(
  on: Machine,
  objects: readonly NodeObject[],
): Promise<readonly ApiServerSeen[]> {
  const ca = await on.read(caCertificate)
  return Promise.all(
    objects.filter(isControlPlane).map(async ({ metadata, status }) => {
      const at = status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
      return { node: metadata.name, answer: await readyz(on.askHttps, serverAt(at), ca) }
    }),
  )
}

/** Why the endpoint cannot be relied on yet; undefined when it answered three times in a row. */
export async function endpointProblem(
  on: Machine,
  { endpoint }: Cluster,
  ca: string | undefined,
): Promise<string | undefined> {
  const server = serverAt(endpoint.name ?? endpoint.address, endpoint.port)
  for (let again = 0; again < timesInARow; again += 1) {
    const answer = await readyz((question) => on.askHttps({ ...question, again }), server, ca)
    if (answer !== 'ok') return `the endpoint ${server}: ${answer}`
  }
  return undefined
}

const isOfEndpoint = (problem: string) => problem.startsWith('the endpoint ')

async function etcdProblems(
  on: Machine,
  address: string,
  planes: readonly string[],
  node: string | undefined,
): Promise<readonly string[]> {
  const health = await etcdHealth(on, address)
  if (!health) return [`etcd at ${address} does not answer yet`]
  const { members, answering, alarms, leader } = health
  const problems = alarms.map((alarm) => `etcd alarm ${alarm}`)
  if (leader === '' || leader === '0') problems.push('etcd has no leader')
  for (const { name, isLearner, peerURLs } of members) {
    if (node !== undefined && name !== node) continue
    const who = name || `at ${peerURLs[0] ?? '?'}`
    if (name === '') problems.push(`etcd member ${who} has not started`)
    else if (isLearner) problems.push(`etcd learner ${who} is catching up`)
    else if (!answering.includes(name)) problems.push(`etcd member ${who} does not answer`)
    if (name !== '' && !planes.includes(name))
      problems.push(`etcd member ${who} has no Node object`)
  }
  const names = members.map((member) => member.name)
  const missing = planes.filter((name) => !names.includes(name))
  return [...problems, ...missing.map((name) => `${name} is no etcd member yet`)]
}

/** The gate before every join of a control plane. */
export function healthyControlPlanes(cluster: Cluster, address: string): Step {
  return gate({ cluster, address, scope: { endpoint: true } }, 'every control plane is healthy')
}

/**
 * The gate after init and after a join: of the node itself only. What is wrong with another one is
 * asked before the next join; a living member must not wait for one that is about to be mended.
 * kube-vip comes after it, and waits for the endpoint itself.
 */
export function healthyControlPlane(cluster: Cluster, { name, address }: ClusterNode): Step {
  const endpoint = cluster.endpoint.provider === 'external'
  const what = 'this control plane is healthy'
  return gate({ cluster, address, scope: { endpoint, node: name } }, what)
}

interface Gate {
  readonly cluster: Cluster
  readonly address: string
  readonly scope: Scope
}

function gate({ cluster, address, scope }: Gate, what: string): Step {
  const look = (on: Machine) => controlPlaneProblems(on, cluster, address, scope)
  const also = [
    ...(scope.node === undefined ? ['the others'] : []),
    ...(scope.endpoint ? ['the endpoint'] : []),
  ].join(' and ')
  return {
    title: `Wait until ${what}`,
    why: cluster.etcd.external
      ? 'An external etcd is not touched by a join, but one control plane after the other is easier to follow, and shows a fault at the first one.'
      : 'etcd takes one new member at a time, and a second join while the first is not settled can cost the quorum.',
    async check(on) {
      const problems = await look(on)
      return problems.length === 0 ? wanted : different(problems.join('; '), 'healthy')
    },
    apply: {
      byHand: [
        `curl --cacert ${caCertificate} ${serverAt(address)}/readyz${also === '' ? '' : `   # and the same for ${also}`}`,
        'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes',
        cluster.etcd.external ? askExternal(cluster.etcd.external) : `${etcdctlByHand} member list`,
      ].join('\n'),
      async run(on) {
        let problems: readonly string[] = []
        try {
          await on.waitFor(what, limit, async () => {
            problems = await look(on)
            return problems.length === 0 ? { value: true } : { missing: problems.join('; ') }
          })
        } catch (error) {
          const isWait = error instanceof KubestrapError && error.details.id === 'KS-WAIT'
          // When nothing else is missing, those who look after the endpoint can mend it.
          throw isWait && problems.every(isOfEndpoint) ? endpointSilent(cluster, problems) : error
        }
      },
    },
  }
}

const askExternal = ({ endpoints }: ExternalEtcd) =>
  `etcdctl --endpoints=${endpoints.join(',')} --cacert=${etcdClientFiles.ca} --cert=${etcdClientFiles.certificate} --key=${etcdClientFiles.key} endpoint health`
