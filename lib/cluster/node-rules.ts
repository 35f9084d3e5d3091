import { formatAddress, parseAddress } from '../networks.ts'
import { type Loose, listOf, loose } from './loose.ts'
import { described, type Path, type Problem, quoted } from './problem.ts'
import { controlPlaneTaint } from './resolve.ts'

/** Rules of the list of nodes. */
export function nodeRules(data: unknown, whole: boolean): Problem[] {
  const nodes = listOf(loose(data).nodes).map(loose)
  return [
    ...(whole ? noControlPlane(nodes) : []),
    ...repeated(nodes, 'name', (text) => text),
    ...repeated(nodes, 'address', (text) => {
      const address = parseAddress(text)
      return address && formatAddress(address)
    }),
    ...nodes.flatMap((node, index) => [
      ...schedulableRules(node, ['nodes', index]),
      ...repeatedTaints(node, ['nodes', index]),
    ]),
  ]
}

/** Only when all roles are readable: a typing error in the role is its own message. */
function noControlPlane(nodes: readonly Loose[]): Problem[] {
  if (nodes.length === 0 || nodes.some(({ role }) => role !== 'worker')) return []
  const wanted = 'at least one node with role: control-plane'
  return [{ path: ['nodes'], on: 'key', what: 'there is no control plane', wanted }]
}

function repeated(
  nodes: readonly Loose[],
  key: 'name' | 'address',
  same: (text: string) => string | undefined,
): Problem[] {
  const first = new Map<string, number>()
  return nodes.flatMap((node, index) => {
    const value = node[key]
    const id = typeof value === 'string' ? same(value) : undefined
    if (id === undefined) return []
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, index)
      return []
    }
    const what = `nodes[${index}].${key}: ${described(value)} already belongs to nodes[${before}]`
    return [{ path: ['nodes', index, key], on: 'value' as const, what }]
  })
}

function schedulableRules(node: Loose, path: Path): Problem[] {
  const { role, schedulable } = node
  const here = [...path, 'schedulable']
  if (role === 'worker' && schedulable === false) {
    const what = 'schedulable: false is for control planes'
    return [{ path: here, on: 'value', what, wanted: 'a taint, to keep pods off a worker' }]
  }
  const tainted = taintsOf(node).some(({ key }) => key === controlPlaneTaint.key)
  if (role !== 'control-plane' || schedulable !== true || !tainted) return []
  const what = `schedulable: true and the taint ${controlPlaneTaint.key} exclude each other`
  return [{ path: here, on: 'value', what, wanted: 'one of the two' }]
}

const taintsOf = ({ taints }: Loose): readonly Loose[] => listOf(taints).map(loose)

function repeatedTaints(node: Loose, path: Path): Problem[] {
  const ids = taintsOf(node).map(({ key, effect }) => `${String(key)}:${String(effect)}`)
  return ids.flatMap((id, index) =>
    ids.indexOf(id) < index
      ? [
          {
            path: [...path, 'taints', index],
            on: 'value' as const,
            what: `the taint ${quoted(id)} is listed twice`,
            wanted: 'each pair of key and effect once, as Kubernetes has it',
          },
        ]
      : [],
  )
}
