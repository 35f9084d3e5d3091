import type { PhaseInput } from '../../lib/phase-input.ts'
import { byHand } from '../../node-scripts/run/converge.ts'
import { contextOf, type PhaseScript } from '../../node-scripts/run/phase-script.ts'
import { type Command, type Step, shellText } from '../../node-scripts/run/step.ts'
import { documentationOf } from './documentation.ts'
import { fakeMachine } from './fake-machine.ts'

/** All that a phase writes and runs on a node, in order, as one text; secrets are masked. */
export async function record(phase: PhaseScript, input: PhaseInput): Promise<string> {
  const steps = phase.steps(contextOf(input))
  const chapters: string[] = []
  for (const step of steps) chapters.push(await recordStep(step))
  return [`# ${phase.name} on ${input.node}\n`, ...chapters].join('\n')
}

const onLiving = '(goes on only on a living machine)'

/** Each step on a machine of its own that answers nothing: what it asks for there, it cannot know. */
async function recordStep(step: Step): Promise<string> {
  const done: string[] = []
  const empty = fakeMachine()
  const on = {
    ...empty,
    async write(path: string, content: string, mode: number) {
      const octal = mode.toString(8).padStart(4, '0')
      done.push(`> ${path}  ${octal}  follows ${documentationOf(path)}`, indented(content))
      await empty.write(path, content, mode)
    },
    async remove(path: string) {
      done.push(`> ${path}  removed`)
      await empty.remove(path)
    },
    async run(command: Command) {
      done.push(`$ ${shellText(command)}`)
      if (command.stdin !== undefined) done.push(indented(command.stdin))
      return empty.run(command)
    },
  }
  try {
    if ('run' in step.apply) await step.apply.run(on)
    else for (const command of step.apply) await on.run(command)
  } catch {
    done.push(onLiving)
  }
  const unfinished = done.length === 0 || done.at(-1) === onLiving
  if (unfinished && byHand(step) !== '') done.push('by hand:', indented(byHand(step)))
  const text = [`## ${step.title}`, ...done, ''].join('\n')
  const timeless = text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '[time]')
  return empty.hidden.reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), timeless)
}

const indented = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n')
