import type { ServerAnswer } from '../machine-facts.ts'
import { finding, joining, type Look, type LookedAt, type PreflightFinding } from './finding.ts'
import { questionsFor, type Server } from './questions.ts'

/**
 * Pairs of nodes with a packet filter between them, all ports of a pair and kind in one finding.
 * firewalld on the other node is no reason to refuse where prerequisites will open or stop it.
 */
export function blockedPorts(look: Look): readonly PreflightFinding[] {
  return joining(look).flatMap((from) => {
    const { peers } = questionsFor(look.cluster, from.node)
    const pairs = new Map<string, { to: LookedAt; how: string; ports: number[] }>()
    for (const { number, how } of from.facts.machine.network?.blocked ?? []) {
      const peer = peers[number]
      // A node that nobody could look at is silent for a reason of its own.
      const to = look.nodes.find(({ node }) => node.name === peer?.node)
      if (!peer || !to) continue
      const key = `${to.node.name} ${how}`
      const pair = pairs.get(key) ?? { to, how, ports: [] }
      pairs.set(key, { ...pair, ports: [...pair.ports, peer.port] })
    }
    return [...pairs.values()].map(({ to, how, ports }) => {
      const ours = look.cluster.firewall !== 'unmanaged' && to.facts.machine.firewalld
      const whose = ours ? ' by firewalld, which prerequisites will see to' : ''
      const what = `-> ${to.node.name} ${ports.join(', ')}: ${how}${whose}`
      return finding('BlockedPorts', ours ? 'note' : 'refuse', [from.node.name], what)
    })
  })
}

/** Where a node that lacks something would fetch it from. */
export function servers(look: Look): readonly PreflightFinding[] {
  return joining(look).flatMap(({ node, facts, equipped }) => {
    if (equipped) return []
    const asked = questionsFor(look.cluster, node).servers
    return (facts.machine.network?.served ?? []).flatMap((answer) => {
      const server = asked[answer.number]
      const what = server && trouble(server, answer)
      return server && what ? [finding(server.kind, 'refuse', [node.name], what)] : []
    })
  })
}

/** Reasons in curl's own exit codes: man curl(1). */
const reasons: Readonly<Record<number, string>> = {
  5: 'its proxy cannot be resolved',
  6: 'its name does not resolve',
  7: 'no connection',
  28: 'silent for 3 s',
  35: 'TLS fails',
  51: 'its TLS certificate is another one’s',
  52: 'it answers nothing',
  56: 'the connection broke, or the proxy refused it',
  60: 'its TLS certificate is not trusted',
}

function trouble(
  { kind, title, url, proxy }: Server,
  { curl, status }: ServerAnswer,
): string | undefined {
  const where = `${title}, ${url}${proxy === undefined ? '' : ` through ${proxy}`}`
  // Slow is not unreachable: an answer had begun.
  if (curl !== 0 && !(curl === 28 && status > 0))
    return `${where}: ${reasons[curl] ?? `curl ends with ${curl}`}`
  // A registry may ask who we are.
  const fine = status < 400 || (kind === 'Registry' && [401, 403].includes(status))
  return fine ? undefined : `${where}: answers ${status}`
}
