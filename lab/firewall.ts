import { $ } from 'zx'

const ask = $({ quiet: true, nothrow: true, timeout: '60s' })

/** Name of a lab's table in nftables. */
export const tableName = (lab: string) => `kubestrap_lab_${lab.replaceAll('-', '_')}`

const comment = (lab: string) => `kubestrap-lab-${lab}`

/**
 * Nothing leaves the lab and nothing enters it, whatever other rules say: a packet that one table
 * rejects is gone (man nft). Packets between nodes are kept from the computer's own address
 * translation, which would hide a node's address where br_netfilter is loaded.
 */
export function firewallRules(lab: string, bridge: string): string {
  const table = `inet ${tableName(lab)}`
  return `add table ${table}
delete table ${table}
table ${table} {
  chain untranslated {
    type filter hook prerouting priority raw; policy accept;
    iifname "${bridge}" fib daddr type != local notrack
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    iifname "${bridge}" oifname != "${bridge}" reject with icmpx type admin-prohibited
    iifname != "${bridge}" oifname "${bridge}" reject with icmpx type admin-prohibited
  }
}
`
}

/** A computer that runs Docker drops forwarded packets; those between nodes shall pass. */
const acceptRule = (lab: string, bridge: string) => [
  'FORWARD',
  '--in-interface',
  bridge,
  '--out-interface',
  bridge,
  '--match',
  'comment',
  '--comment',
  comment(lab),
  '--jump',
  'ACCEPT',
]

/** Closes the lab's bridge; any number of times. */
export async function closeBridge(lab: string, bridge: string): Promise<void> {
  await $({ quiet: true, input: firewallRules(lab, bridge), timeout: '60s' })`nft --file -`
  const rule = acceptRule(lab, bridge)
  const there = await ask`iptables --wait 10 --check ${rule}`
  if (there.exitCode !== 0) await ask`iptables --wait 10 --insert ${rule}`
}

/** Takes away what closeBridge made; any number of times, also when the bridge has gone. */
export async function removeRules(lab: string): Promise<void> {
  const table = tableName(lab)
  const tables = await ask`nft list tables inet`
  if (tables.stdout.includes(`table inet ${table}\n`)) await ask`nft delete table inet ${table}`
  const rules = await ask`iptables --wait 10 --list-rules FORWARD`
  for (const rule of ownRules(rules.stdout, lab)) await ask`iptables --wait 10 --delete ${rule}`
}

/** Our lines of `iptables --list-rules FORWARD`, as arguments for --delete. */
export function ownRules(listing: string, lab: string): readonly (readonly string[])[] {
  return listing
    .split('\n')
    .map((line) => line.replaceAll('"', '').trim().split(/\s+/))
    .filter((words) => words[0] === '-A' && words[words.indexOf('--comment') + 1] === comment(lab))
    .map((words) => words.slice(1))
}

const netavarkChain = /^-N (NETAVARK\S*)$/gm

/** Whether podman's network program has made its chains on this computer. */
export async function hasNetavarkChains(): Promise<boolean> {
  const rules = await ask`iptables --wait 10 --list-rules`
  return rules.stdout.includes('-N NETAVARK')
}

/** Takes away the empty chains that podman leaves behind; only when no container runs at all. */
export async function removeNetavarkChains(): Promise<void> {
  for (const table of ['filter', 'nat']) {
    const listing = (await ask`iptables --wait 10 --table ${table} --list-rules`).stdout
    for (const rule of jumpsToNetavark(listing)) {
      await ask`iptables --wait 10 --table ${table} --delete ${rule}`
    }
    const chains = [...listing.matchAll(netavarkChain)].flatMap(([, name]) => name ?? [])
    for (const chain of chains) await ask`iptables --wait 10 --table ${table} --flush ${chain}`
    for (const chain of chains)
      await ask`iptables --wait 10 --table ${table} --delete-chain ${chain}`
  }
}

/** Rules that lead into netavark's chains from outside, as arguments for --delete. */
export function jumpsToNetavark(listing: string): readonly (readonly string[])[] {
  return listing
    .split('\n')
    .filter((line) => /^-A (?!NETAVARK)\S+ .*-j NETAVARK/.test(line))
    .map((line) =>
      (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', '')).slice(1),
    )
}
