import { type Cluster, notesToCreate } from '../lib/cluster.ts'
import type { Verdict } from '../lib/judgement.ts'
import { phases } from '../lib/phases.ts'
import { warningLines } from '../lib/preflight/text.ts'
import type { Task } from '../lib/tasks.ts'
import { count, plainLine } from '../lib/text.ts'
import { told } from '../lib/texts/told.ts'

/** The plan as people read it: `+` begins or joins, `~` changes, `?` is known only later. */
export function planText(cluster: Cluster, verdict: Verdict, tasks: readonly Task[]): string[] {
  const open = tasks.filter(({ state }) => state === 'to do')
  const head = verdict.living
    ? told(
        `Cluster ${cluster.name}: lives, Kubernetes ${verdict.version}, ${told(count(verdict.living.nodes.length, 'node'))}`,
      )
    : told(
        `Cluster ${cluster.name}: new, Kubernetes ${verdict.version}; ${verdict.first} begins it`,
      )
  const surplus = verdict.surplus.map(
    (name) =>
      `${told('note')}: ${told(`${name} is in the cluster but not in the file; it is left alone (to remove it, name it in the file, then: kubestrap reset ${name})`)}`,
  )
  const cordoned = (verdict.living?.nodes ?? [])
    .filter((node) => node.cordoned)
    .map(
      ({ name }) =>
        `${told('note')}: ${told(`${name} is cordoned and takes no new pods: by a person, or by a reset that did not end. If it shall: kubectl uncordon ${name}`)}`,
    )
  const advice = (verdict.living ? [] : notesToCreate(cluster)).map(
    (note) => `${told('note')}: ${told(note)}`,
  )
  const ill = (verdict.living?.problems ?? []).map(
    (problem) => `${told('not healthy')}: ${told(problem)}`,
  )
  const settings = (verdict.living?.settings ?? []).map((one) => `${told('note')}: ${told(one)}`)
  const notes = notesOf(tasks)
  const warnings = warningLines(verdict.findings)
  const body = phases.flatMap(({ name, title }) => {
    const mine = open.filter(({ phase }) => phase.name === name)
    return mine.length === 0 ? [] : [`${name}: ${told(title)}`, ...mine.flatMap(taskLines)]
  })
  const fine =
    settings.length + notes.length + cordoned.length === 0
      ? 'Nothing to do: every node is as the file wants it.'
      : 'Nothing to do: but see the notes.'
  const none = open.length === 0 ? [told(fine)] : []
  const remarks = [...advice, ...warnings, ...surplus, ...cordoned, ...settings, ...notes, ...ill]
  return [head, ...remarks, ...body, ...none]
}

/** What checks found worth knowing; said once for all the nodes that say the same. */
function notesOf(tasks: readonly Task[]): string[] {
  const saying = new Map<string, string[]>()
  for (const { node, steps } of tasks)
    for (const { note } of steps)
      if (note) saying.set(note, [...(saying.get(note) ?? []), node.name])
  return [...saying].map(
    ([note, nodes]) => `${told('note')}: ${nodes.join(', ')}: ${plainLine(told(note))}`,
  )
}

function taskLines({ node, steps, phase }: Task): string[] {
  const changes = steps.filter(({ outcome }) => outcome !== 'ok')
  const sign = phase.joins || phase.name === 'control-plane-init' ? '+' : '~'
  if (steps.length === 0) return [`  ${sign} ${node.name}: ${told('everything')}`]
  if (changes.length === 0) return [`  ? ${node.name}: ${told('when the others have joined')}`]
  return changes.map(({ step, outcome, found, wanted }) => {
    if (outcome === 'unknown')
      return `  ? ${node.name}: ${told(step)} (${told(wanted ?? 'known later')})`
    const diff = found === undefined ? '' : `  [${short(found)} -> ${short(wanted ?? '')}]`
    return `  ${sign} ${node.name}: ${told(step)}${diff}`
  })
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text)
