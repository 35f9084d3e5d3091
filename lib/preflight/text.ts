import { count } from '../text.ts'
import { type CheckName, checks, type PreflightFinding } from './finding.ts'

/** Findings of one check under its title, a line each: nodes, then what was found there. */
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
  const width = Math.max(...group.map(({ nodes }) => nodes.join(', ').length))
  const own = [...new Set(group.map(({ ignore }) => ignore))]
  return [
    `${own.join(', ')}: wanted is ${wants}  [${id}]`,
    ...group.map(({ nodes, what }) => `  ${nodes.join(', ').padEnd(width)}  ${what}`),
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
