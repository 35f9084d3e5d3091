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
  const rows = [...new Set(group.map(({ what }) => what))].map((what) => {
    const same = group.filter((one) => one.what === what)
    return { what, nodes: [...new Set(same.flatMap(({ nodes }) => nodes))].join(', ') }
  })
  const width = Math.max(...rows.map(({ nodes }) => nodes.length))
  const own = [...new Set(group.map(({ ignore }) => ignore))]
  return [
    `${own.join(', ')}: wanted is ${wants}  [${id}]`,
    ...rows.map(({ nodes, what }) => `  ${nodes.padEnd(width)}  ${what}`),
    `  mend: ${remedy}`,
  ]
}

/** For the plan: what does not stop it, a line each. */
export function warningLines(findings: readonly PreflightFinding[]): readonly string[] {
  return findings
    .filter(({ severity }) => severity !== 'refuse')
    .map(({ check, severity, nodes, what, ignore, ignored }) => {
      const kind = severity === 'note' ? 'note' : 'warning'
      const why = ignored ? `ignored ${ignore}` : checks[check].id
      return `${kind}: ${nodes.join(', ')}: ${what} (${why}: wanted is ${checks[check].wants})`
    })
}

/** `12 findings on 3 nodes`. */
export function findingsCount(findings: readonly PreflightFinding[]): string {
  const nodes = new Set(findings.flatMap((one) => one.nodes))
  return `${count(findings.length, 'finding')} on ${count(nodes.size, 'node')}`
}
