import type { Lesson, LessonStep } from '../../lib/lessons/lesson.ts'
import { mergedSteps } from '../../lib/lessons/lesson.ts'
import type { Arguments } from './arguments.ts'
import { byHandInFull } from './converge.ts'
import { nodesOf } from './explain.ts'
import { lessonInput } from './lesson-input.ts'
import { titleOf } from './perform.ts'
import { contextOf, type PhaseScript } from './phase-script.ts'
import { filesOf } from './step.ts'

/**
 * The phase as values, for every node that it runs on (with --node for that one alone): roles have
 * steps of their own. @throws KubestrapError when the cluster file is missing or wrong
 */
export async function lessonOf(phase: PhaseScript, args: Arguments): Promise<Lesson> {
  const { cluster } = await lessonInput(phase.name, args)
  const nodes = args.node === undefined ? nodesOf(phase.name, cluster) : [args.node]
  const steps = await Promise.all(nodes.map((node) => stepsOn(phase, { ...args, node })))
  const { name, about } = phase
  return { phase: name, title: titleOf(phase), about, nodes, steps: mergedSteps(steps) }
}

async function stepsOn(
  phase: PhaseScript,
  args: Arguments & { readonly node: string },
): Promise<LessonStep[]> {
  const steps = phase.steps(contextOf(await lessonInput(phase.name, args)))
  return Promise.all(
    steps.map(async (step) => ({
      title: step.title,
      why: step.why,
      commands: await byHandInFull(step),
      writes: filesOf(step),
      nodes: [args.node],
    })),
  )
}
