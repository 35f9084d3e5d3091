import { KubestrapError } from '../lib/errors.ts'
import {
  masqueradeFile,
  masqueradeRules,
  podRoutes,
  podRoutesUnit,
  type Route,
  routesUnit,
} from '../lib/render/pod-routes.ts'
import type { Machine } from './run/machine.ts'
import type { Context, PhaseScript } from './run/phase-script.ts'
import { different, type Step, unknown, wanted } from './run/step.ts'
import { file } from './steps/file.ts'
import { service } from './steps/service.ts'

const unitFile = `/etc/systemd/system/${routesUnit}`

/** The bridge's second half: how a pod reaches the pods of other nodes, and the world. */
export const phase: PhaseScript = {
  name: 'pod-routes',
  about:
    'The bridge of a node only knows its own pods. Each node gets a route to the pod range of every other node, through that node’s address: all nodes must be in one network. A systemd unit sets them again at every boot.',
  steps(context) {
    const { cluster, node, input } = context
    if (cluster.podNetwork.provider !== 'bridge') return []
    const { podSubnet } = cluster.networking
    const routes = podRoutes({ node: node.name, podSubnet, nodes: input.observed.nodes })
    return [
      allRangesKnown(context),
      file({
        path: masqueradeFile,
        content: masqueradeRules(podSubnet),
        why: 'Pods talk to the world with the node’s address, and to each other with their own.',
      }),
      file({
        path: unitFile,
        content: podRoutesUnit(routes),
        why: 'The routes as a unit: plain commands that one can read, run again at every boot.',
      }),
      service({
        name: routesUnit,
        title: 'Set the routes to the pods of the other nodes',
        why: 'Without them a Service works only as long as its pod happens to be on the same node.',
        configuredBy: [unitFile, masqueradeFile],
      }),
      routesInEffect(routes, podSubnet.includes(':') ? 'ip6' : 'ip'),
    ]
  },
}

/** A node of the file that has not joined yet has no range: its route comes when it has. */
function allRangesKnown({ cluster, input }: Context): Step {
  const known = new Set(input.observed.nodes.filter((n) => n.podCIDR).map((n) => n.name))
  const missing = cluster.nodes.map((n) => n.name).filter((name) => !known.has(name))
  return {
    title: 'Know the pod ranges of all nodes',
    why: 'The controller manager gives a range to each node when it joins.',
    // Nothing to do here: the ranges arrive with the input of the phase.
    check: async () => (known.size > 0 ? wanted : unknown('the nodes have joined')),
    apply: {
      byHand:
        'on a control plane: sudo sh inspect.mjs --out observed.json ; here: --observed observed.json',
      async run() {
        if (known.size === 0) throw rangesUnknown(missing)
      },
    },
  }
}

function rangesUnknown(missing: readonly string[]): KubestrapError {
  return new KubestrapError({
    id: 'KS-POD-RANGES-UNKNOWN',
    exit: 'usage',
    what: `the pod ranges of ${missing.join(', ')} are not known on this node`,
    unchanged: 'no route was set',
    remedy:
      'on a control plane: sudo sh inspect.mjs --out observed.json ; then here: --observed observed.json',
  })
}

function routesInEffect(routes: readonly Route[], family: 'ip' | 'ip6'): Step {
  return {
    title: 'See that the kernel has the routes',
    why: 'What counts is the routing table, not the unit: somebody may have deleted a route.',
    async check(on) {
      const missing = await missingRoutes(on, routes)
      const table = await on.ask('nft', 'list', 'table', family, 'kubestrap')
      if (table.exitCode !== 0) missing.push('the address translation (nft table kubestrap)')
      return missing.length === 0
        ? wanted
        : different(`missing: ${missing.join(', ')}`, 'all there')
    },
    apply: [{ argv: ['systemctl', 'restart', routesUnit] }],
  }
}

async function missingRoutes(on: Machine, routes: readonly Route[]): Promise<string[]> {
  const [v4, v6] = await Promise.all([
    on.ask('ip', '-4', '-json', 'route', 'show'),
    on.ask('ip', '-6', '-json', 'route', 'show'),
  ])
  const table = [v4, v6].flatMap(
    ({ stdout }) => JSON.parse(stdout || '[]') as readonly KernelRoute[],
  )
  const there = (route: Route) =>
    table.some(({ dst, gateway, type }) =>
      dst === route.range && route.via
        ? gateway === route.via
        : dst === route.range && type === 'unreachable',
    )
  return routes.filter((route) => !there(route)).map(({ range }) => range)
}

interface KernelRoute {
  readonly dst: string
  readonly gateway?: string
  readonly type?: string
}
