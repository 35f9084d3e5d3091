import { count } from '../text.ts'
import { type CheckName, checks, type PreflightFinding } from './finding.ts'

/** Findings of one check under its title: nodes, then what was found there, the same once. */
export function findingLines(findings: readonly PreflightFinding[]): readonly string[] {
  const names = [...new Set(findings.map(({ check }) => check))]
  return names.flatMap((name) =>
    groupLines(
      name,
      findings.filter(({ check }) => check === name),
    ),
  )
}

function groupLines(name: CheckName, group: readonly PreflightFinding[]): readonly string[] {
  const { id, wants, remedy } = checks[name]
  const rows = merged(group)
  const width = Math.max(...rows.map(({ nodes }) => nodes.length))
  const own = [...new Set(group.map(({ ignore }) => ignore))]
  return [
    `${own.join(', ')}: wanted is ${wants}  [${id}]`,
    ...rows.map(({ nodes, what }) => `  ${nodes.padEnd(width)}  ${what}`),
    `  mend: ${remedy}`,
  ]
}

/** What was found, once, with all the nodes that it was found on. */
function merged(group: readonly PreflightFinding[]) {
  return [...new Set(group.map(({ what }) => what))].map((what) => {
    const same = group.filter((one) => one.what === what)
    return { what, nodes: [...new Set(same.flatMap(({ nodes }) => nodes))].join(', ') }
  })
}

/** For the plan: what does not stop it, a line each. */
export function warningLines(findings: readonly PreflightFinding[]): readonly string[] {
  const told = findings.filter(({ severity }) => severity !== 'refuse')
  return [...new Set(told.map(reason))].flatMap((why) => {
    const group = told.filter((one) => reason(one) === why)
    const kind = group[0]?.severity === 'note' ? 'note' : 'warning'
    return merged(group).map(({ nodes, what }) => `${kind}: ${nodes}: ${what} ${why}`)
  })
}

function reason({ check, ignore, ignored, severity }: PreflightFinding): string {
  const { id, wants } = checks[check]
  if (severity === 'note') return `[${id}]`
  return `(${ignored ? `ignored ${ignore}` : id}: wanted is ${wants})`
}

/** `12 findings on 3 nodes`. */
export function findingsCount(findings: readonly PreflightFinding[]): string {
  const nodes = new Set(findings.flatMap((one) => one.nodes))
  return `${count(findings.length, 'finding')} on ${count(nodes.size, 'node')}`
}
