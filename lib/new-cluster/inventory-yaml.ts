import { parse } from 'yaml'
import { loose } from '../cluster/loose.ts'
import { quoted } from '../cluster/problem.ts'
import { expandHosts } from './host-ranges.ts'
import { type Group, type Groups, groupIn } from './inventory-groups.ts'

/** Reads an inventory in YAML: groups at the top, each with hosts, vars, children. */
export function yamlGroups(text: string): Groups {
  const groups = new Map<string, Group>()
  try {
    // Anchors are fine, a bomb of them is not; values of tags such as !vault stay texts.
    const value = loose(parse(text, { maxAliasCount: 100, logLevel: 'error' }))
    const problems = Object.entries(value).flatMap(([name, part]) => takeGroup(groups, name, part))
    return { groups, problems }
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n')
    return { groups, problems: [first] }
  }
}

function takeGroup(groups: Map<string, Group>, name: string, value: unknown): string[] {
  const group = groupIn(groups, name)
  const { hosts, vars, children, ...others } = loose(value)
  Object.assign(group.vars, loose(vars))
  const wrong = Object.entries(loose(hosts)).flatMap(([pattern, variables]) => {
    const names = expandHosts(pattern)
    for (const host of names ?? [])
      group.hosts.set(host, { ...group.hosts.get(host), ...loose(variables) })
    return names ? [] : [`${name}.hosts: ${quoted(pattern)} is no host and no range`]
  })
  const below = Object.entries(loose(children)).flatMap(([child, inner]) => {
    group.children.add(child)
    return takeGroup(groups, child, inner)
  })
  const strange = Object.keys(others).map(
    (key) => `${name}: ${quoted(key)} is not one of hosts, vars, children`,
  )
  return [...wrong, ...below, ...strange]
}
