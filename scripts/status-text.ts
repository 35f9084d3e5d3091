import { plainLine } from '../lib/text.ts'
import { told, toldAll } from '../lib/texts/told.ts'
import { requestLine } from './commands/approve.ts'
import { type NodeStatus, type StatusReport, warnBelowDays } from './status-report.ts'
import { table } from './view/table.ts'

/** The report for people. */
export function statusText(report: StatusReport): string[] {
  const { nodes, surplus = [], etcd } = report
  return [
    `${report.cluster}  ${told('endpoint')} ${report.endpoint}: ${endpointAnswer(report)}`,
    '',
    ...table([
      toldAll('NODE', 'ROLE', 'ADDRESS', 'STATE', 'VERSION', 'API SERVER', 'CERTIFICATES'),
      ...nodes.map((node) => nodeRow(node, report)),
    ]),
    ...surplus.map(({ name, address }) =>
      told(`${name} (${address}) is in the cluster but not in the file`),
    ),
    '',
    ...etcdLines(etcd),
    ...block((report.problems ?? []).map((problem) => `${told('not healthy')}: ${told(problem)}`)),
    ...block((report.skew ?? []).map((line) => `${told('version')}: ${told(line)}`)),
    ...block(nodes.flatMap(certificateLines)),
    ...block((report.servingRequests ?? []).map(requestLine).map(plainLine)),
    ...podLines(report),
  ]
}

/** Lines with an empty one before them, if there are any. */
const block = (lines: readonly string[]) => (lines.length === 0 ? [] : ['', ...lines])

function endpointAnswer({ problems, endpointHolder }: StatusReport): string {
  if (!problems) return told('no control plane could be asked')
  const problem = problems.find((one) => one.startsWith('the endpoint'))
  return `${told(problem ?? 'answers')}${endpointHolder ? `, ${told(`${endpointHolder} holds it`)}` : ''}`
}

function nodeRow(node: NodeStatus, { apiServers = [] }: StatusReport): string[] {
  const { name, role, address, known, problem, membership, certificates } = node
  const inCluster = known ? (known.ready ? 'Ready' : 'NotReady') : told('not in the cluster')
  const state = problem ? `${inCluster}; ${told('unreachable')}: ${problem}` : inCluster
  const cordoned = known?.cordoned ? `, ${told('cordoned')}` : ''
  const half = membership === 'partial' ? `, ${told('a half join')}` : ''
  const answer = apiServers.find((one) => one.node === name)?.answer
  const server = answer === undefined ? '-' : answer === 'ok' ? told('answers') : answer
  const days = certificates?.map(({ daysLeft }) => daysLeft) ?? []
  const left = days.length === 0 ? '-' : told(`${Math.min(...days)} days`)
  return [name, role, address, state + cordoned + half, known?.kubeletVersion ?? '-', server, left]
}

function certificateLines({ name, certificates = [] }: NodeStatus): string[] {
  return certificates
    .filter(({ daysLeft }) => daysLeft < warnBelowDays)
    .map(({ path, daysLeft, expires }) => {
      const day = expires.slice(0, 10)
      const when =
        daysLeft < 0 ? told(`ended on ${day}`) : told(`ends on ${day}, in ${daysLeft} days`)
      return plainLine(
        `${told(`certificate ${path} on ${name}`)} ${when}: ${told(remedyFor(path))}`,
      )
    })
}

/** https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/ */
const remedyFor = (path: string) =>
  /kubelet/.test(path.split('/').pop() ?? '')
    ? 'its kubelet renews it by itself; see journalctl -u kubelet'
    : /ca\.crt$/.test(path)
      ? 'a CA is renewed by hand: kubernetes.io, "Manual Rotation of CA Certificates"'
      : 'on that node kubeadm certs renew all, then restart the static pods'

function etcdLines(etcd: StatusReport['etcd']): string[] {
  if (!etcd) return [told('etcd: could not be asked')]
  const rows = etcd.members.map(({ name, id, learner, answers, leader }) => {
    const role = learner ? 'learner' : leader ? 'leader' : 'voter'
    const health = told(answers ? 'answers' : 'silent')
    return [name || told('(not started)'), BigInt(id).toString(16), told(role), health]
  })
  return [
    ...table([toldAll('ETCD', 'ID', 'ROLE', 'HEALTH'), ...rows]),
    ...etcd.alarms.map((alarm) => told(`etcd alarm: ${alarm}`)),
  ]
}

function podLines({ pods }: StatusReport): string[] {
  if (!pods) return []
  if (pods.length === 0) return ['', told('All pods are well.')]
  const rows = pods.map(({ namespace, name, node, problem }) => [namespace, name, node, problem])
  return ['', ...table([toldAll('NAMESPACE', 'POD', 'NODE', 'PROBLEM'), ...rows])]
}
