import type { Cluster, ExternalEtcd } from '../../lib/cluster.ts'
import { type EtcdClient, etcdClientFiles } from '../../lib/etcd-client.ts'
import {
  anyKeyAnswer,
  anyKeyQuestion,
  type EtcdData,
  type EtcdEndpointSeen,
  healthText,
} from '../../lib/external-etcd.ts'
import type { EtcdView } from '../../lib/observed.ts'
import type { Machine } from '../run/machine.ts'

/**
 * An etcd that the control planes only use: it is asked whether it is well, never changed. Its
 * health comes from GET /health, which every member answers; more (leader, alarms) only from the
 * JSON gateway, which its owner may have switched off.
 */

/** The client files as they are on this control plane. */
export async function etcdClientHere(on: Machine): Promise<EtcdClient | undefined> {
  const [ca, certificate, key] = await Promise.all([
    on.read(etcdClientFiles.ca),
    on.read(etcdClientFiles.certificate),
    on.read(etcdClientFiles.key),
  ])
  return ca && certificate && key ? { ca, certificate, key } : undefined
}

interface Question {
  readonly endpoint: string
  readonly path: string
  readonly body?: unknown
}

const ask = (on: Machine, { ca, certificate, key }: EtcdClient, { endpoint, ...rest }: Question) =>
  on.https({ server: endpoint, ...rest, ca, cert: certificate, key })

/** Each endpoint's answer to GET /health. */
export function endpointsSeen(
  on: Machine,
  { endpoints }: ExternalEtcd,
  client: EtcdClient,
): Promise<readonly EtcdEndpointSeen[]> {
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const { status, problem } = await ask(on, client, { endpoint, path: '/health' })
      return { endpoint, status, ...(problem ? { problem } : {}) }
    }),
  )
}

/** Whether there is a cluster's data in it already. */
export async function dataSeen(
  on: Machine,
  cluster: Cluster,
  endpoint: string,
  client: EtcdClient,
): Promise<EtcdData> {
  const body = anyKeyQuestion(cluster)
  const answer = await ask(on, client, { endpoint, path: '/v3/kv/range', body })
  return anyKeyAnswer(answer.status, answer.json)
}

interface GatewayStatus {
  readonly header?: { readonly member_id?: string }
  readonly leader?: string
  readonly isLearner?: boolean
}

/** The external etcd in the form of a stacked one: an endpoint stands for a member. */
export async function externalEtcdView(on: Machine, external: ExternalEtcd): Promise<EtcdView> {
  const client = await etcdClientHere(on)
  const silent = (endpoint: string) => ({
    endpoint,
    status: 0,
    problem: 'no client certificate here',
  })
  const seen = client ? await endpointsSeen(on, external, client) : external.endpoints.map(silent)
  const states = await Promise.all(
    seen.map(async ({ endpoint, status }) => {
      if (!client || status !== 200) return undefined
      const answer = await ask(on, client, { endpoint, path: '/v3/maintenance/status', body: {} })
      return answer.status === 200 ? (answer.json as GatewayStatus) : undefined
    }),
  )
  const answering = seen.find(({ status }) => status === 200)?.endpoint
  return {
    external: true,
    alarms: client && answering ? await alarms(on, client, answering) : [],
    members: seen.map((one, index) => {
      const { header, leader, isLearner = false } = states[index] ?? {}
      const id = header?.member_id ?? '0'
      const answers = one.status === 200
      const rest = { id, learner: isLearner, answers, leader: id !== '0' && leader === id }
      return { name: one.endpoint, ...rest, ...(answers ? {} : { problem: healthText(one) }) }
    }),
  }
}

async function alarms(on: Machine, client: EtcdClient, endpoint: string): Promise<string[]> {
  const body = { action: 'GET' }
  const { status, json } = await ask(on, client, { endpoint, path: '/v3/maintenance/alarm', body })
  if (status !== 200) return []
  const { alarms: found = [] } = json as { alarms?: readonly { alarm?: string }[] }
  return found.map(({ alarm = 'unknown' }) => alarm)
}

/** What keeps a control plane with an external etcd from being called healthy. */
export async function externalEtcdProblems(on: Machine, external: ExternalEtcd): Promise<string[]> {
  const view = await externalEtcdView(on, external)
  const silent = view.members.filter(({ answers }) => !answers)
  return [
    ...view.alarms.map((alarm) => `etcd alarm ${alarm}`),
    ...silent.map(({ name, problem }) => `the external etcd ${name}: ${problem}`),
  ]
}
