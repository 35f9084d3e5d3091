import { exitCodes } from '../../lib/errors.ts'
import { phases } from '../../lib/phases.ts'
import { checks, type PreflightFinding } from '../../lib/preflight/finding.ts'
import { told } from '../../lib/texts/told.ts'
import type { Options } from '../arguments.ts'
import { planText } from '../plan-text.ts'
import { loadCluster, withSession } from '../session.ts'
import { survey } from '../survey.ts'

/** Shows what `up` would do. Changes nothing, on no node. */
export async function plan(options: Options): Promise<number> {
  if (options.offline) return offline(options)
  return withSession(options, async (session) => {
    const { verdict, tasks } = await survey(session)
    if (options.json) {
      const open = tasks.map(({ phase, node, state, steps }) => ({
        phase: phase.name,
        node: node.name,
        state,
        steps,
      }))
      process.stdout.write(
        `${JSON.stringify({ version: verdict.version, findings: verdict.findings.map(withId), tasks: open }, undefined, 2)}\n`,
      )
    } else {
      for (const line of planText(session.cluster, verdict, tasks)) session.print(line)
    }
    const open = tasks.some(({ state }) => state === 'to do')
    return options.exitCode && open ? 1 : exitCodes.ok
  })
}

const withId = (finding: PreflightFinding) => ({
  id: checks[finding.check].id,
  ...finding,
  remedy: checks[finding.check].remedy,
})

/** The story alone, for a cluster that is to be begun. */
async function offline({ config }: Options): Promise<number> {
  const cluster = await loadCluster(config)
  const first = cluster.nodes.find(({ role }) => role === 'control-plane')?.name
  for (const phase of phases) {
    const nodes = cluster.nodes.filter((node) => phase.on(node, { first, steward: first }, cluster))
    if (nodes.length === 0) continue
    const names = nodes.map(({ name }) => name).join(', ')
    const pace = phase.atOnce === 1 && nodes.length > 1 ? ` (${told('one at a time')})` : ''
    process.stdout.write(`${phase.name}: ${told(phase.title)}\n  ${names}${pace}\n`)
  }
  return exitCodes.ok
}
