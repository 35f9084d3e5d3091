import type { Machine } from '../run/machine.ts'
import { serverAt } from './api.ts'

/**
 * etcd asked over its own JSON gateway on the client port, with kubeadm's health-check certificate:
 * no etcdctl is needed, and it answers while the API server is down.
 * https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export interface EtcdMember {
  /** Unsigned 64 bit number as a decimal string: too large for a JavaScript number. */
  readonly id: string
  /** Empty until the member has started once. */
  readonly name: string
  readonly peerURLs: readonly string[]
  readonly clientURLs: readonly string[]
  readonly isLearner: boolean
}

export interface EtcdHealth {
  readonly members: readonly EtcdMember[]
  /** Names of the members that answered, with the leader's id. */
  readonly answering: readonly string[]
  readonly leader: string
  readonly alarms: readonly string[]
}

const pki = '/etc/kubernetes/pki/etcd'

interface Question {
  readonly address: string
  readonly path: string
  readonly body: unknown
}

/** @param by remembered for what only looks, anew for what changes something */
async function post(on: Machine, by: Machine['https'], { address, path, body }: Question) {
  const [ca, cert, key] = await Promise.all([
    on.read(`${pki}/ca.crt`),
    on.read(`${pki}/healthcheck-client.crt`),
    on.read(`${pki}/healthcheck-client.key`),
  ])
  if (!ca || !cert || !key) return undefined
  const server = serverAt(address, 2379)
  const answer = await by({ server, path, body, ca, cert, key, method: 'POST' })
  return answer.status === 200 ? (answer.json as Record<string, unknown>) : undefined
}

const look = (on: Machine, address: string, path: string, body: unknown = {}) =>
  post(on, on.askHttps, { address, path, body })

/** A member as the gateway writes it: upper-case ID, and no field that has its zero value. */
interface GatewayMember {
  readonly ID?: string
  readonly name?: string
  readonly peerURLs?: readonly string[]
  readonly clientURLs?: readonly string[]
  readonly isLearner?: boolean
}

/** Members as the etcd at this address sees them; undefined when it does not answer. */
export async function etcdMembers(
  on: Machine,
  address: string,
): Promise<readonly EtcdMember[] | undefined> {
  const answer = await look(on, address, '/v3/cluster/member/list')
  const members = answer?.members as readonly GatewayMember[] | undefined
  return members?.map(({ ID = '0', name = '', ...member }) => ({
    id: ID,
    name,
    peerURLs: member.peerURLs ?? [],
    clientURLs: member.clientURLs ?? [],
    isLearner: member.isLearner ?? false,
  }))
}

/** Members, which of them answer, and alarms; undefined when the local etcd does not answer. */
export async function etcdHealth(on: Machine, address: string): Promise<EtcdHealth | undefined> {
  const members = await etcdMembers(on, address)
  if (!members) return undefined
  const [states, alarmList] = await Promise.all([
    Promise.all(members.map((member) => memberStatus(on, member))),
    look(on, address, '/v3/maintenance/alarm', { action: 'GET' }),
  ])
  const answering = members.filter((_, index) => states[index] !== undefined)
  const alarms = (alarmList?.alarms ?? []) as readonly { alarm?: string }[]
  return {
    members,
    answering: answering.map((member) => member.name),
    leader: String(states.find((state) => state?.leader)?.leader ?? ''),
    alarms: alarms.map(({ alarm = 'unknown' }) => alarm),
  }
}

async function memberStatus(on: Machine, { clientURLs }: EtcdMember) {
  const [url] = clientURLs
  if (!url) return undefined
  const { hostname } = new URL(url)
  const address = hostname.replace(/^\[|\]$/g, '')
  return look(on, address, '/v3/maintenance/status')
}

/** Takes a member out. @returns whether etcd agreed */
export async function removeEtcdMember(on: Machine, address: string, id: string): Promise<boolean> {
  const remove = { address, path: '/v3/cluster/member/remove', body: { ID: id } }
  return (await post(on, on.https, remove)) !== undefined
}

/** How many members may be lost before the rest cannot decide: floor((n - 1) / 2). */
export const tolerance = (members: number): number => Math.floor((members - 1) / 2)

/** etcdctl as a person would call it: it is in the etcd image, so in the etcd pod of this node. */
export const etcdctlByHand = [
  'kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system exec etcd-$(hostname) --',
  'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt',
  '--cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key',
].join(' ')
