import { readFileSync } from 'node:fs'
import type { PhaseInput } from '../../lib/phase-input.ts'
import { joinStep } from '../../lib/phases.ts'
import { phase as controlPlaneInit } from '../../node-scripts/control-plane-init.ts'
import { phase as controlPlaneJoin } from '../../node-scripts/control-plane-join.ts'
import { phase as nodeSettings } from '../../node-scripts/node-settings.ts'
import { phase as podNetwork } from '../../node-scripts/pod-network.ts'
import { phase as podRoutes } from '../../node-scripts/pod-routes.ts'
import { phase as prerequisites } from '../../node-scripts/prerequisites.ts'
import { thisMachine } from '../../node-scripts/run/machine.ts'
import { contextOf } from '../../node-scripts/run/phase-script.ts'
import type { Step } from '../../node-scripts/run/step.ts'
import { phase as workerJoin } from '../../node-scripts/worker-join.ts'

/**
 * Runs on a node whose phases are done: every step must be as wanted, and still be so after it was
 * applied again. Bundled and sent there by by-hand.test.ts; prints `{checked, broken}`.
 */

// These make a cluster or a member out of a machine, or clear a half one: doing so again would be wrong.
const onlyOnce = [
  // The lab's kernel may have them built in, and no modprobe that could load them.
  'Load the kernel modules overlay and br_netfilter',
  'Run kubeadm init',
  joinStep,
  'Clear the traces of an unfinished init',
  'Clear the traces of an unfinished join',
  'Make sure that no cluster answers at the endpoint',
]

const input = JSON.parse(readFileSync(0, 'utf8')) as PhaseInput
const context = contextOf(input)
const on = thisMachine(() => undefined)
const broken: string[] = []
const checked: string[] = []

async function isWanted(step: Step, when: string): Promise<void> {
  on.forget()
  const finding = await step.check(on)
  if (finding.as !== 'wanted') broken.push(`${step.title}: ${when}: ${JSON.stringify(finding)}`)
}

async function apply({ apply: how }: Step): Promise<void> {
  if ('run' in how) await how.run(on)
  else for (const command of how) await on.run(command)
}

const isFirst = input.options?.first === context.node.name
const planes = [isFirst ? controlPlaneInit : controlPlaneJoin, nodeSettings]
const joins = context.node.role === 'worker' ? [workerJoin] : planes
const steps = [prerequisites, ...joins, podNetwork, podRoutes].flatMap((phase) =>
  phase.steps(context),
)
for (const step of steps) {
  checked.push(step.title)
  await isWanted(step, 'after its phase')
}
for (const step of steps.filter(({ title }) => !onlyOnce.includes(title))) {
  try {
    await apply(step)
    await isWanted(step, 'applied again')
  } catch (error) {
    broken.push(`${step.title}: applied again: ${(error as Error).message}`)
  }
}
process.stdout.write(JSON.stringify({ checked, broken }))
