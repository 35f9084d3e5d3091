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
import { command, different, type Step, unknown, wanted } from './run/step.ts'
import { file } from './steps/file.ts'
import { deleteRoute, type KernelRoute, routesToPods, setByUnit } from './steps/kernel-routes.ts'
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
      routesInEffect(routes, podSubnet),
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

function routesInEffect(routes: readonly Route[], podSubnet: string): Step {
  const family = podSubnet.includes(':') ? 'ip6' : 'ip'
  const left = async (on: Machine) =>
    (await routesToPods(on, podSubnet)).filter(
      (route) => setByUnit(route) && !routes.some(({ range }) => range === route.dst),
    )
  return {
    title: 'See that the kernel has the routes',
    why: 'What counts is the routing table, not the unit: somebody may have deleted a route, or a node has come back with another range.',
    async check(on) {
      const there = await routesToPods(on, podSubnet)
      const missing = routes.filter((route) => !there.some((one) => same(route, one)))
      const table = await on.ask('nft', 'list', 'table', family, 'kubestrap')
      const problems = [
        ...missing.map(({ range }) => `missing: ${range}`),
        ...(table.exitCode === 0 ? [] : ['missing: the address translation (nft table kubestrap)']),
        ...(await left(on)).map(({ dst }) => `no node has the range ${dst}`),
      ]
      return problems.length === 0 ? wanted : different(problems.join(', '), 'these routes alone')
    },
    apply: {
      byHand: `systemctl restart ${routesUnit}; ip route delete RANGE   # that no node has`,
      async run(on) {
        await on.run(command('systemctl', 'restart', routesUnit))
        for (const route of await left(on)) await on.run(deleteRoute(route))
      },
    },
  }
}

const same = ({ range, via }: Route, { dst, gateway, type }: KernelRoute) =>
  dst === range && (via ? gateway === via : type === 'unreachable')
