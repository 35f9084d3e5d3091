import { KubestrapError } from '../../lib/errors.ts'
import { type EtcdClient, etcdClientFiles } from '../../lib/etcd-client.ts'
import { judgeExternalEtcd } from '../../lib/external-etcd.ts'
import { hasJoined } from '../../lib/observed.ts'
import { dataSeen, endpointsSeen, etcdClientHere } from '../kube/external-etcd.ts'
import { begunMark, membership } from '../kube/membership.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { type Step, wanted } from '../run/step.ts'
import { file } from './file.ts'

const ownEtcd = '/etc/kubernetes/manifests/etcd.yaml'

/** Where a cluster keeps its state is decided once: a file that says otherwise is refused. */
export function etcdAsInFile({ cluster, node }: Context): Step {
  const external = cluster.etcd.external !== undefined
  return {
    title: 'Make sure that the cluster keeps its state where the file says',
    why: 'Members of its own or an external etcd: a cluster cannot be moved from one to the other by a line in a file.',
    async check(on) {
      if ((await on.stat('/etc/kubernetes/manifests/kube-apiserver.yaml')) === undefined)
        return wanted
      const half = (await on.read(begunMark)) !== undefined
      const stacked = (await on.stat(ownEtcd)) !== undefined
      if (half || stacked !== external) return wanted
      throw otherEtcd(node.name, external)
    },
    apply: [],
  }
}

function otherEtcd(node: string, external: boolean): KubestrapError {
  const [wants, has] = external ? ['an external etcd', 'its own'] : ['its own', 'an external one']
  return new KubestrapError({
    id: 'KS-ETCD-KIND',
    exit: 'conflict',
    what: `the cluster file wants ${wants}, but the API server of ${node} uses ${has}`,
    unchanged: 'nothing, on no node',
    remedy: external
      ? 'take etcd.external out of the file; a cluster is not moved to another etcd'
      : 'give etcd.external as it was when the cluster was begun',
  })
}

/** The steps before init or join that bring an external etcd's client certificate; else none. */
export function externalEtcd(context: Context, before: 'init' | 'join'): readonly Step[] {
  if (!context.cluster.etcd.external) return []
  return [usable(context, before), ...clientFiles(context)]
}

function usable({ cluster, node, input }: Context, before: 'init' | 'join'): Step {
  const { external } = cluster.etcd
  return {
    title: 'Make sure that the external etcd can be used',
    why: 'Every member must answer to the client certificate. One that holds a cluster already would give this one that other one’s objects.',
    async check(on) {
      const here = await etcdClientHere(on)
      const client = input.etcdClient ?? here
      if (!external || !client) throw noClient(node.name)
      hideKey(on, client)
      const state = await membership(on, node)
      // A member's questions are asked at the gates; new files are tried before they are written.
      const same = JSON.stringify(here) === JSON.stringify(client)
      if (hasJoined(state) && same) return wanted
      const endpoints = await endpointsSeen(on, external, client)
      const begins = before === 'init' && state === 'none'
      const ours = (await on.read(begunMark)) !== undefined
      const [first = ''] = external.endpoints
      const data = begins && !ours ? await dataSeen(on, cluster, first, client) : undefined
      const seen = { node: node.name, endpoints, ...(data ? { data } : {}) }
      for (const line of judgeExternalEtcd(cluster, [seen])) on.emit({ kind: 'output', line })
      return wanted
    },
    apply: [],
  }
}

/** The whole text, and each of its lines: an error may show one alone. */
function hideKey(on: Machine, { key }: EtcdClient): void {
  for (const line of key.split('\n'))
    if (/^[A-Za-z0-9+/=]{16,}$/.test(line.trim())) on.hide(line.trim())
}

function clientFiles({ input, node }: Context): readonly Step[] {
  const texts = input.etcdClient
  const anew = 'kubeadm names the file to the API server, which reads it anew at each connection.'
  const files = [
    [
      'ca',
      'the CA of the external etcd',
      0o644,
      'kubeadm names the file to the API server, which reads it when it starts: after a change of the CA restart it, one control plane after the other.',
    ],
    ['certificate', 'the client certificate for the external etcd', 0o644, anew],
    ['key', 'the key of that certificate', 0o600, anew],
  ] as const
  return files.map(([what, title, mode, why]) => {
    const path = etcdClientFiles[what]
    return {
      ...file({
        path,
        mode,
        title: `Write ${title}`,
        why,
        secret: true,
        content: {
          example: `(what etcd.external.${what} names)`,
          make: async (on) => texts?.[what] ?? (await on.read(path)) ?? noText(node.name),
        },
      }),
    }
  })
}

const noText = (node: string): never => {
  throw noClient(node)
}

const noClient = (node: string) =>
  new KubestrapError({
    id: 'KS-ETCD-CLIENT',
    exit: 'usage',
    what: 'the files of etcd.external are not here',
    node,
    unchanged: 'nothing on this node',
    remedy:
      'by hand: copy them beside the cluster file that --config names, under the names it gives',
  })
