import { quoted } from '../cluster/problem.ts'
import { parseAddress } from '../networks.ts'
import { count } from '../text.ts'
import type { DraftParts, DraftSsh } from './draft.ts'
import type { Groups, Variables } from './inventory-groups.ts'
import { iniGroups } from './inventory-ini.ts'
import { yamlGroups } from './inventory-yaml.ts'

/** What a cluster file can take from an inventory. */
export interface FromInventory {
  readonly nodes: readonly InventoryNode[]
  /** Variables and hosts that were not taken over, each a sentence. */
  readonly notes: readonly string[]
  readonly problems: readonly string[]
}

type InventoryNode = DraftParts['nodes'][number]

/** Reads an inventory, INI or YAML: what begins like a map of YAML is YAML. */
export function readInventory(text: string): FromInventory {
  const isYaml = /^(?:---|[\w-]+:)\s*(?:#.*)?$/m.test(firstLine(text))
  const { groups, problems } = isYaml ? yamlGroups(text) : iniGroups(text)
  if (problems.length > 0) return { nodes: [], notes: [], problems }
  const hosts = [...new Set([...groups.values()].flatMap((group) => [...group.hosts.keys()]))]
  const read = hosts.map((host) => readHost(groups, host))
  return {
    nodes: read.flatMap(({ node }) => node ?? []),
    notes: [...read.flatMap(({ note }) => note ?? []), ...unusedVariables(groups)],
    problems: read.flatMap(({ problem }) => problem ?? []),
  }
}

const firstLine = (text: string) =>
  text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''

interface ReadHost {
  readonly node?: InventoryNode
  readonly note?: string
  readonly problem?: string
}

function readHost(groups: Groups['groups'], host: string): ReadHost {
  const own = groupsOf(groups, host)
  const isPlane = own.some(isControlPlane)
  const isWorker = own.some(isWorkerGroup)
  if (!isPlane && !isWorker) {
    const where = own.filter((name) => name !== 'all' && name !== 'ungrouped').join(', ')
    const note = `left out: ${quoted(host)}, in no group of control planes or workers`
    return { note: where === '' ? note : `${note} (${where})` }
  }
  const variables = variablesOf(groups, own, host)
  const address = variables.ansible_host ?? variables.ansible_ssh_host ?? host
  if (typeof address !== 'string' || !parseAddress(address)) {
    const what = `${host}: ${quoted(String(address))} is no IP address`
    return { problem: `${what}: give the host ansible_host=ADDRESS` }
  }
  const ssh = sshOf(variables)
  if (typeof ssh === 'string') return { problem: `${host}: ${ssh}` }
  const node = { address, role: isPlane ? 'control-plane' : 'worker' } as const
  const name = parseAddress(host) ? {} : { name: host }
  return {
    node: {
      ...name,
      ...node,
      ...(isPlane && isWorker ? { schedulable: true } : {}),
      ...(Object.keys(ssh).length > 0 ? { ssh } : {}),
    },
  }
}

/** Groups a host is in, directly or through their children, the general ones first. */
function groupsOf(groups: Groups['groups'], host: string): readonly string[] {
  const direct = [...groups].filter(([, { hosts }]) => hosts.has(host)).map(([name]) => name)
  const found = new Set(direct)
  for (const name of found) {
    for (const [parent, { children }] of groups) if (children.has(name)) found.add(parent)
  }
  found.delete('all')
  return ['all', ...[...found].reverse()]
}

/** What Ansible would use: the host's own over its groups', near groups over far ones. */
function variablesOf(groups: Groups['groups'], own: readonly string[], host: string): Variables {
  const ofGroups = own.map((name) => groups.get(name)?.vars ?? {})
  const ofHost = own.map((name) => groups.get(name)?.hosts.get(host) ?? {})
  return Object.assign({}, ...ofGroups, ...ofHost)
}

const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '')
// masters, k-masters, kube_control_plane, first_control_plane, controllers; workers, kube_node, agents.
const isControlPlane = (name: string) => /master|controlplane|controller/.test(plain(name))
const isWorkerGroup = (name: string) =>
  !isControlPlane(name) && /worker|minion|agent|(?:kube|k8s|^)nodes?$/.test(plain(name))

const known = {
  address: ['ansible_host', 'ansible_ssh_host'],
  user: ['ansible_user', 'ansible_ssh_user'],
  port: ['ansible_port', 'ansible_ssh_port'],
  key: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
} as const

/** @returns what is wrong, when it is no setting of ssh that can be taken over */
function sshOf(variables: Variables): DraftSsh | string {
  const value = (names: readonly string[]) =>
    names.map((name) => variables[name]).find((one) => one !== undefined)
  const [user, port, key] = [value(known.user), value(known.port), value(known.key)]
  const number = port === undefined ? undefined : Number(port)
  if (number !== undefined && !Number.isSafeInteger(number))
    return `ansible_port ${quoted(String(port))} is no number`
  const template = [user, key].find((one) => String(one).includes('{{'))
  if (template !== undefined)
    return `${quoted(String(template))} is a template: write what it means`
  return {
    ...(user === undefined ? {} : { user: String(user) }),
    ...(number === undefined ? {} : { port: number }),
    ...(key === undefined ? {} : { key: String(key) }),
  }
}

/** Variables that have no counterpart: named with their place, never their value. */
function unusedVariables(groups: Groups['groups']): readonly string[] {
  const taken: readonly string[] = Object.values(known).flat()
  const places = new Map<string, readonly string[]>()
  for (const [group, { vars, hosts }] of groups) {
    const of = (variables: Variables, place: string) => {
      for (const name of Object.keys(variables).filter((one) => !taken.includes(one)))
        places.set(name, [...(places.get(name) ?? []), place])
    }
    of(vars, `[${group}]`)
    for (const [host, variables] of hosts) of(variables, host)
  }
  return [...places].map(([name, found]) => {
    const shown = [...new Set(found)]
    const more = shown.length > 3 ? ` and ${count(shown.length - 3, 'more place')}` : ''
    return `not taken over: ${quoted(name)} of ${shown.slice(0, 3).join(', ')}${more}`
  })
}
