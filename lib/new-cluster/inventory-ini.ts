import { quoted } from '../cluster/problem.ts'
import { expandHosts } from './host-ranges.ts'
import { type Group, type Groups, groupIn, type Variables } from './inventory-groups.ts'

type Kind = 'hosts' | 'vars' | 'children'

/** Reads an inventory in Ansible's INI form, which is its own: lines of hosts, not of settings. */
export function iniGroups(text: string): Groups {
  const groups = new Map<string, Group>()
  const problems: string[] = []
  let section: { name: string; kind: Kind } = { name: 'ungrouped', kind: 'hosts' }
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const head = /^\[([^\]:]+)(?::(vars|children))?\]\s*(?:#.*)?$/.exec(line)
    if (head) {
      section = { name: head[1] ?? '', kind: (head[2] as Kind | undefined) ?? 'hosts' }
      groupIn(groups, section.name)
      continue
    }
    const wrong = take(groups, section, line)
    if (wrong !== undefined) problems.push(`line ${index + 1}: ${quoted(line)}: ${wrong}`)
  }
  return { groups, problems }
}

/** @returns what is wrong with the line, if something is */
function take(
  groups: Map<string, Group>,
  { name, kind }: { name: string; kind: Kind },
  line: string,
): string | undefined {
  const group = groupIn(groups, name)
  if (kind === 'vars') return assign(group.vars, line.split('='))
  const [first = '', ...rest] = words(line)
  if (kind === 'children') {
    if (rest.length > 0) return 'wanted the name of one group'
    group.children.add(first)
    groupIn(groups, first)
    return undefined
  }
  const hosts = expandHosts(first)
  if (!hosts) return 'wanted a host, or a range such as k-master-[1:3]'
  const variables: Variables = {}
  const wrong = rest.map((word) => assign(variables, word.split('='))).find(Boolean)
  for (const host of hosts) group.hosts.set(host, { ...group.hosts.get(host), ...variables })
  return wrong
}

function assign(variables: Variables, [key = '', ...value]: readonly string[]): string | undefined {
  if (value.length === 0 || key.trim() === '') return 'wanted NAME=VALUE'
  variables[key.trim()] = value
    .join('=')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
}

/** Words of a line of hosts; quotes hold blanks together, " #" begins a comment. */
function words(line: string): readonly string[] {
  const found = line.matchAll(/(?:[^\s"'#]|(?<=\S)#|"[^"]*"|'[^']*')+|#.*$/g)
  return [...found]
    .map(([word]) => word)
    .filter((word) => !word.startsWith('#'))
    .map((word) => word.replace(/=(["'])(.*)\1$/, '=$2'))
}
