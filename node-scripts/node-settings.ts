import type { ClusterNode } from '../lib/cluster.ts'
import { localApi, type NodeObject, nodeObjects } from './kube/api.ts'
import { kubectl } from './kube/kubectl.ts'
import type { Machine } from './run/machine.ts'
import type { PhaseScript } from './run/phase-script.ts'
import {
  type Command,
  different,
  type Finding,
  type Step,
  shellText,
  unknown,
  wanted,
} from './run/step.ts'

const controlPlaneTaint = 'node-role.kubernetes.io/control-plane'

/** Labels and taints of all nodes as the cluster file has them, set on a control plane. */
export const phase: PhaseScript = {
  name: 'node-settings',
  about:
    'Labels and taints belong to the Node objects. They are set through the API by an administrator: a kubelet may not give itself every label.',
  steps: ({ cluster, node }) => {
    // All Node objects with one question; anew when something was changed.
    let asked: Promise<readonly NodeObject[] | undefined> | undefined
    const objects = (on: Machine, again = false) => {
      if (again) asked = undefined
      asked ??= localApi(on, node.address).then((kube) => kube && nodeObjects(kube))
      return asked
    }
    return cluster.nodes.map((member) => settings(member, node.address, objects))
  },
}

type Ask = (on: Machine, again?: boolean) => Promise<readonly NodeObject[] | undefined>

/** @param at address of the control plane that sets them */
function settings(member: ClusterNode, at: string, objects: Ask): Step {
  const find = async (on: Machine, again?: boolean) =>
    (await objects(on, again))?.find(({ metadata }) => metadata.name === member.name)
  // Known when the step is done: all joins have ended then. The next run sets what is left out here.
  let absent = false
  const note = `${member.name} has not joined: its labels and taints are left for the next run`
  return {
    title: `Set labels and taints of ${member.name}`,
    why: 'What the scheduler may put where is decided by them.',
    async check(on) {
      const object = await find(on)
      if (absent) return { ...wanted, note }
      return object ? compare(member, object) : unknown(`${member.name} has joined`)
    },
    apply: {
      byHand: setCommands(at, member).map(shellText).join('\n') || '# nothing',
      async run(on) {
        const object = await find(on, true)
        if (!object) {
          absent = true
          on.emit({ kind: 'notice', text: note })
          return
        }
        const untaint = hasSurplus(member, object) ? [removeTaint(at, member)] : []
        for (const command of [...setCommands(at, member), ...untaint]) await on.run(command)
        await objects(on, true)
      },
    },
  }
}

const taintText = (t: { key: string; value?: string; effect: string }) =>
  `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`

const hasSurplus = ({ schedulable, role }: ClusterNode, { spec }: NodeObject): boolean =>
  schedulable &&
  role === 'control-plane' &&
  (spec.taints ?? []).some((t) => t.key === controlPlaneTaint)

function compare(member: ClusterNode, object: NodeObject): Finding {
  const { metadata, spec } = object
  const labels = Object.entries(member.labels).filter(([k, v]) => metadata.labels?.[k] !== v)
  const taints = (spec.taints ?? []).map(taintText)
  const missing = member.taints.map(taintText).filter((text) => !taints.includes(text))
  const wrong = [
    ...labels.map(([key, value]) => `label ${key}=${value}`),
    ...missing.map((text) => `taint ${text}`),
    ...(hasSurplus(member, object) ? [`no taint ${controlPlaneTaint}`] : []),
  ]
  return wrong.length === 0 ? wanted : different('missing', wrong.join(', '))
}

function setCommands(at: string, { name, labels, taints }: ClusterNode): readonly Command[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  const texts = taints.map(taintText)
  return [
    ...(pairs.length > 0 ? [kubectl(at, 'label', 'node', name, '--overwrite', ...pairs)] : []),
    ...(texts.length > 0 ? [kubectl(at, 'taint', 'node', name, '--overwrite', ...texts)] : []),
  ]
}

const removeTaint = (at: string, { name }: ClusterNode): Command =>
  kubectl(at, 'taint', 'node', name, `${controlPlaneTaint}-`)
