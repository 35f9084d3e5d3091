import { KubestrapError } from '../../lib/errors.ts'
import { openingName, openings, trustedNetworks } from '../../lib/firewall.ts'
import {
  firewallFiles,
  hostPolicy,
  livingFirewall,
  nodeSet,
  podPolicy,
} from '../../lib/render/firewall.ts'
import type { Machine } from '../run/machine.ts'
import type { Context } from '../run/phase-script.ts'
import { command, different, type Finding, type Step, wanted, wantedBut } from '../run/step.ts'
import { file } from './file.ts'
import { service } from './service.ts'

const firewalld = 'firewalld.service'

/** What the cluster file says about firewalld. */
export function firewall(context: Context): readonly Step[] {
  switch (context.cluster.firewall) {
    case 'disabled':
      return [switchedOff()]
    case 'managed':
      return managed(context)
    case 'unmanaged':
      return [left(context)]
  }
}

function switchedOff(): Step {
  return {
    title: 'Switch firewalld off',
    why: 'It would reject what nodes and pods say to each other. Simple, and open: whoever reaches the machine reaches all of it. `firewall: managed` opens only the ports that are needed.',
    async check(on) {
      const { load, active, enabled } = await on.unit(firewalld)
      if (load === 'not-found') return wanted
      if (active === 'active') return different('it runs', 'off')
      return enabled === 'enabled' ? different('it starts at the next boot', 'off') : wanted
    },
    apply: [command('systemctl', 'disable', '--now', firewalld)],
  }
}

/** Nothing to do, but a firewall that nobody opened is the first thing to look at. */
function left({ cluster, node }: Context): Step {
  const { anybody, nodes } = openings(cluster, node)
  const list = (all: typeof nodes) => all.map(openingName).join(' ')
  return {
    title: 'Leave the firewall as it is',
    why: `The cluster file says \`firewall: unmanaged\`: its rules are yours. This node answers on ${list(anybody) || 'nothing'} for everybody and on ${list(nodes)} for the other nodes; ${trustedNetworks(cluster).join(' and ')} must pass.`,
    async check(on) {
      if ((await on.unit(firewalld)).active !== 'active') return wanted
      return wantedBut(
        `firewalld runs and is not kubestrap's to open; for everybody: ${list(anybody) || 'nothing'}; for the nodes: ${list(nodes)}; trusted sources: ${trustedNetworks(cluster).join(' ')}`,
      )
    },
    apply: [],
  }
}

function managed({ cluster, node }: Context): readonly Step[] {
  return [
    settingsSuit(),
    ...firewallFiles(cluster, node).map(({ path, content }) =>
      file({ path, content, why: reasons[path.split('/')[3] ?? ''] ?? '' }),
    ),
    networksTrusted(trustedNetworks(cluster)),
    service({
      name: firewalld,
      title: 'Start firewalld',
      why: 'It lets in ssh by itself, and from now on nothing else but what the files above open.',
      configuredBy: [],
    }),
    loaded({ cluster, node }),
  ]
}

const reasons: Readonly<Record<string, string>> = {
  ipsets:
    'The addresses of all nodes: what only nodes may reach is opened for this set. A node that is added is added here on every other node.',
  policies:
    'A policy holds in every zone, so it does not matter which one the network interface is in, and what you opened yourself stays. The file opens what this node has to answer, each port with its reason.',
}

const settings = '/etc/firewalld/firewalld.conf'

/** Two settings under which no rule of ours would help. https://firewalld.org/documentation/man-pages/firewalld.conf.html */
function settingsSuit(): Step {
  return {
    title: 'Look whether firewalld’s settings suit Kubernetes',
    why: 'kube-proxy forwards packets that firewalld did not ask for, and its rules must survive a reload of firewalld. Nothing is changed here: who set this had a reason.',
    async check(on) {
      const text = (await on.read(settings)) ?? ''
      const found = unfit.filter(({ sign }) => sign.test(text))
      if (found.length === 0) return wanted
      throw new KubestrapError({
        id: 'KS-FIREWALL-SETTINGS',
        exit: 'conflict',
        what: `${settings} has settings that Services do not work with`,
        lines: found.map(({ why }) => why),
        unchanged: 'no rule of firewalld was touched',
        remedy: 'change them there, or take firewall: unmanaged in the cluster file',
      })
    },
    apply: [],
  }
}

const unfit = [
  {
    sign: /^\s*StrictForwardPorts\s*=\s*(yes|true)\s*$/im,
    why: 'StrictForwardPorts=yes drops what kube-proxy sends on to pods; wanted: no',
  },
  {
    sign: /^\s*FirewallBackend\s*=\s*iptables\s*$/im,
    why: 'FirewallBackend=iptables: each reload would delete kube-proxy’s rules; wanted: nftables',
  },
]

/** For reset: the rules of this cluster go; firewalld itself stays as it is. */
export function firewallForgotten({ cluster, node }: Context): Step {
  const files = firewallFiles(cluster, node).map(({ path }) => path)
  const networks = trustedNetworks(cluster)
  const rest = async (on: Machine) => {
    const states = await Promise.all(files.map((path) => on.stat(path)))
    return files.filter((_, index) => states[index] !== undefined)
  }
  const remove = networks.map((network) => `--remove-source=${network}`)
  return {
    title: 'Close the ports of the cluster',
    why: 'They were open for a node that is none any more.',
    async check(on) {
      const found = await rest(on)
      return found.length === 0 ? wanted : different(found.join(', '), 'gone')
    },
    apply: {
      byHand: `rm ${files.join(' ')}\nfirewall-cmd --permanent --zone=trusted ${remove.join(' ')}\nfirewall-cmd --reload`,
      async run(on) {
        const runs = (await on.unit(firewalld)).active === 'active'
        await on.run(command(...permanently(runs), '--zone=trusted', ...remove))
        // A policy names the set: it goes first.
        for (const path of (await rest(on)).toReversed()) await on.remove(path)
        if (runs) await on.run(command('firewall-cmd', '--reload'))
      },
    },
  }
}

/** Permanent settings are firewalld's files; firewall-offline-cmd is for a firewalld that is off. */
const permanently = (runs: boolean) =>
  runs ? ['firewall-cmd', '--permanent'] : ['firewall-offline-cmd']

function networksTrusted(networks: readonly string[]): Step {
  const add = networks.map((network) => `--add-source=${network}`)
  const missing = async (on: Machine) => {
    const text = (await on.read('/etc/firewalld/zones/trusted.xml')) ?? ''
    return networks.filter((network) => !text.includes(`<source address="${network}"`))
  }
  return {
    title: 'Trust the networks of pods and Services',
    why: 'Packets between pods carry the pods’ own addresses. The trusted zone accepts them, on the node and through it; what pods may say to each other is a matter of NetworkPolicies.',
    async check(on) {
      const others = await missing(on)
      return others.length === 0 ? wanted : different(`not trusted: ${others}`, 'trusted')
    },
    apply: {
      byHand: `firewall-cmd --permanent --zone=trusted ${add.join(' ')}`,
      async run(on) {
        const runs = (await on.unit(firewalld)).active === 'active'
        await on.run(command(...permanently(runs), '--zone=trusted', ...add))
      },
    },
  }
}

function loaded({ cluster, node }: Pick<Context, 'cluster' | 'node'>): Step {
  return {
    title: 'Load the rules into the running firewall',
    why: 'Files count at the next start; what counts now is what firewalld holds. A reload leaves open connections and kube-proxy’s own tables alone.',
    async check(on) {
      if ((await on.unit(firewalld)).active !== 'active') return different('firewalld is off', 'on')
      const want = livingFirewall(cluster, node)
      const [host, pods, nodes, trusted] = await Promise.all([
        on.ask('firewall-cmd', `--info-policy=${hostPolicy}`),
        on.ask('firewall-cmd', `--info-policy=${podPolicy}`),
        on.ask('firewall-cmd', `--ipset=${nodeSet}`, '--get-entries'),
        on.ask('firewall-cmd', '--zone=trusted', '--list-sources'),
      ])
      return (
        unlike('ports', field(host.stdout, 'ports'), want.ports) ??
        unlike('rules', rules(host.stdout), want.rules) ??
        unlike('rules for pods', rules(pods.stdout), want.podRules) ??
        unlike('nodes', words(nodes.stdout), want.nodes) ??
        lacking(words(trusted.stdout), trustedNetworks(cluster)) ??
        wanted
      )
    },
    apply: [command('firewall-cmd', '--reload')],
  }
}

const words = (text: string) => text.split(/\s+/).filter(Boolean)

/** `  ports: 6443/tcp 10250/tcp` in the answer to --info-policy. */
const field = (text: string, name: string) =>
  words(new RegExp(`^ +${name}: (.*)$`, 'm').exec(text)?.[1] ?? '')

const rules = (text: string) => text.split('\n').flatMap((line) => line.match(/rule .*\S/) ?? [])

function unlike(
  what: string,
  found: readonly string[],
  want: readonly string[],
): Finding | undefined {
  const same = found.length === want.length && want.every((one) => found.includes(one))
  if (same) return undefined
  const list = (all: readonly string[]) => `${what}: ${all.join(', ') || 'none'}`
  return different(list(found), list(want))
}

function lacking(found: readonly string[], want: readonly string[]): Finding | undefined {
  const missing = want.filter((one) => !found.includes(one))
  return missing.length === 0 ? undefined : different(`not trusted: ${missing}`, 'trusted')
}
