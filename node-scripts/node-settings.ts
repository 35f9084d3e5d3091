import type { ClusterNode } from '../lib/cluster.ts'
import { type KubeApi, localApi, type NodeObject, nodeObjects } from './kube/api.ts'
import type { Machine } from './run/machine.ts'
import type { PhaseScript } from './run/phase-script.ts'
import { type Command, different, type Finding, type Step, unknown, wanted } from './run/step.ts'
import { kubectl } from './steps/tokens.ts'

const controlPlaneTaint = 'node-role.kubernetes.io/control-plane'

/** Labels and taints of all nodes as the cluster file has them, set on a control plane. */
export const phase: PhaseScript = {
  name: 'node-settings',
  about:
    'Labels and taints belong to the Node objects. They are set through the API by an administrator: a kubelet may not give itself every label.',
  steps: ({ cluster, node }) => {
    let asked: Promise<readonly NodeObject[] | undefined> | undefined
    const objects = (on: Machine) => {
      asked ??= localApi(on, node.address).then((kube?: KubeApi) => kube && nodeObjects(kube))
      return asked
    }
    const again = () => {
      asked = undefined
    }
    return cluster.nodes.map((member) => settings(member, objects, again))
  },
}

type Ask = (on: Machine) => Promise<readonly NodeObject[] | undefined>

function settings(member: ClusterNode, objects: Ask, again: () => void): Step {
  return {
    title: `Set labels and taints of ${member.name}`,
    why: 'What the scheduler may put where is decided by them.',
    async check(on) {
      const all = await objects(on)
      const object = all?.find(({ metadata }) => metadata.name === member.name)
      if (!object) return unknown(`${member.name} has joined`)
      return compare(member, object)
    },
    apply: {
      byHand:
        commands(member)
          .map(({ argv }) => argv.join(' '))
          .join('\n') || '# nothing',
      async run(on) {
        for (const command of commands(member)) await on.run(command)
        again()
      },
    },
  }
}

const taintText = (t: { key: string; value?: string; effect: string }) =>
  `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`

function compare(member: ClusterNode, { metadata, spec }: NodeObject): Finding {
  const labels = Object.entries(member.labels).filter(([k, v]) => metadata.labels?.[k] !== v)
  const taints = (spec.taints ?? []).map(taintText)
  const missing = member.taints.map(taintText).filter((text) => !taints.includes(text))
  const surplus = member.schedulable && spec.taints?.some((t) => t.key === controlPlaneTaint)
  const wrong = [
    ...labels.map(([key, value]) => `label ${key}=${value}`),
    ...missing.map((text) => `taint ${text}`),
    ...(surplus ? [`no taint ${controlPlaneTaint}`] : []),
  ]
  return wrong.length === 0 ? wanted : different('missing', wrong.join(', '))
}

function commands(member: ClusterNode): readonly Command[] {
  const labels = Object.entries(member.labels).map(([key, value]) => `${key}=${value}`)
  const taints = member.taints.map(taintText)
  const free = member.schedulable && member.role === 'control-plane'
  return [
    ...(labels.length > 0 ? [kubectl('label', 'node', member.name, '--overwrite', ...labels)] : []),
    ...(taints.length > 0 ? [kubectl('taint', 'node', member.name, '--overwrite', ...taints)] : []),
    ...(free ? [untaint(member.name)] : []),
  ]
}

// kubectl fails when the taint to remove is not there: that is as wanted.
const untaint = (name: string): Command => ({
  argv: [
    'sh',
    '-c',
    'kubectl --kubeconfig /etc/kubernetes/admin.conf taint node "$0" node-role.kubernetes.io/control-plane- || true',
    name,
  ],
})
