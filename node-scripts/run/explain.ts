import type { Cluster } from '../../lib/cluster.ts'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { type After, phases, type Who } from '../../lib/phases.ts'
import { told, toldCommands } from '../../lib/texts/told.ts'
import { byHandInFull } from './converge.ts'
import { titleOf } from './perform.ts'
import { type Context, contextOf, type PhaseScript } from './phase-script.ts'
import { filesOf, type Step } from './step.ts'

/**
 * The phase as a lesson, in Markdown that also reads well on a terminal: where and when it runs,
 * each step with its reason and the commands by hand, and the files that stay.
 */
export async function explain(phase: PhaseScript, input: PhaseInput): Promise<string> {
  const context = contextOf(input)
  const steps = phase.steps(context)
  const chapters = await Promise.all(steps.map(chapter))
  return [
    `# ${phase.name}: ${told(titleOf(phase))}`,
    told(phase.about),
    whereAndWhen(phase.name, context),
    ...chapters,
    ...(await handedBack(phase, context)),
    ...filesWritten(steps),
  ].join('\n\n')
}

async function chapter(step: Step, index: number): Promise<string> {
  const commands = await byHandInFull(step)
  const block = commands === '' ? told(noCommands) : `\`\`\`sh\n${toldCommands(commands)}\n\`\`\``
  return `## ${index + 1}. ${told(step.title)}\n\n${told(step.why)}\n\n${block}`
}

/** A step without commands is a gate: its check finds all well, or refuses. */
const noCommands = 'It only looks, and refuses to go on when it is not so.'

function whereAndWhen(name: string, { cluster, node }: Context): string {
  const phase = phases.find((one) => one.name === name)
  const whose = told(
    `The commands are those of \`${node.name}\` in the cluster \`${cluster.name}\`.`,
  )
  if (!phase) {
    const apart = 'It is no part of the order of `up`: it runs when it is asked for.'
    return `- ${told(apart)}\n- ${whose}`
  }
  const nodes = nodesOf(name, cluster)
  const where = nodes.length > 0 ? nodes.map((one) => `\`${one}\``).join(', ') : told(noNode)
  const atOnce =
    nodes.length < 2
      ? ''
      : `, ${told(phase.atOnce === 1 ? 'one at a time' : `up to ${phase.atOnce} at a time`)}`
  return [
    `- ${told('Runs on')}: ${where}${atOnce}.`,
    `- ${told('Begins after')}: ${afterText(phase.after)}.`,
    ...(phase.joins ? [`- ${told('Needs join credentials (`join-credentials`).')}`] : []),
    `- ${whose}`,
  ].join('\n')
}

const noNode = 'no node of this cluster, as its file is'

const places: Readonly<Record<After['where'], string>> = {
  'same node': 'on the same node',
  steward: 'on the control plane that acts for the cluster',
  'every node': 'on every node that it concerns',
  'every node, ended': 'on every node that it concerns, ended well or not',
}

/** "`prerequisites` on the same node; `worker-join` on every node that it concerns". */
function afterText(after: readonly After[]): string {
  if (after.length === 0) return told('nothing, it is the first')
  const wheres = [...new Set(after.map(({ where }) => where))]
  return wheres
    .map((where) => {
      const names = after.filter((one) => one.where === where).map(({ phase }) => `\`${phase}\``)
      return `${names.join(', ')} ${told(places[where])}`
    })
    .join('; ')
}

/** The nodes of the file that `up` would run the phase on when it begins the cluster. */
export function nodesOf(name: string, cluster: Cluster): readonly string[] {
  const phase = phases.find((one) => one.name === name)
  const first = cluster.nodes.find(({ role }) => role === 'control-plane')?.name
  const who: Who = { first, steward: first }
  return cluster.nodes
    .filter((node) => phase?.on(node, who, cluster) ?? true)
    .map((node) => node.name)
}

async function handedBack(
  { givesByHand }: PhaseScript,
  context: Context,
): Promise<readonly string[]> {
  if (!givesByHand) return []
  const commands = toldCommands(await givesByHand(context))
  return [`## ${told('What it hands back')}\n\n\`\`\`sh\n${commands}\n\`\`\``]
}

function filesWritten(steps: readonly Step[]): readonly string[] {
  const paths = [...new Set(steps.flatMap(filesOf))]
  return paths.length === 0
    ? []
    : [`## ${told('What it writes')}\n\n${paths.map((path) => `- \`${path}\``).join('\n')}\n`]
}
