import { clock, utc } from '../text.ts'
import { told } from '../texts/told.ts'
import {
  changesOf,
  notRun,
  type RunReport,
  runReport,
  type Work,
  type WorkedStep,
} from './model.ts'
import type { RunRecord } from './record.ts'

/**
 * What a run really did, as Markdown that can be handed in: for each phase and node the steps with
 * reason, commands, their output and times, from what the run wrote down.
 */
export function transcript(records: readonly RunRecord[]): string {
  const report = runReport(records)
  if (!report) return `# kubestrap up\n\n${told('This run wrote down nothing.')}\n`
  const { cluster, works } = report
  return `${[
    `# ${plain(cluster.name)}: kubestrap up`,
    summary(report),
    ...(report.error === undefined ? [] : [fenced([report.error])]),
    `## ${told('The nodes')}`,
    nodeTable(report),
    ...works.flatMap(workPart),
    ...unchanged(report),
  ].join('\n\n')}\n`
}

const timeOfDay = (ms: number) => new Date(ms).toISOString().slice(11, 19)

const endings: Readonly<Record<RunReport['outcome'], string>> = {
  done: 'It ended well',
  failed: 'It failed',
  stopped: 'It was stopped',
  unfinished: 'Its end is not known',
}

function summary({ began, ended, outcome, version, cluster, works }: RunReport): string {
  const software = version === undefined ? [] : [`- Kubernetes ${plain(version)}`]
  return [
    `- ${told(`Begun ${utc(began)}, took ${clock(ended - began)} (minutes:seconds)`)}`,
    `- ${told(endings[outcome])}; ${told(changesOf(works))}`,
    ...software,
    `- ${told(`Container runtime ${plain(cluster.runtime)}, pod network ${plain(cluster.podNetwork)}`)}`,
    `- ${told('Endpoint')} ${cluster.endpoint.address}:${cluster.endpoint.port} (${plain(cluster.endpoint.provider)})`,
  ].join('\n')
}

function nodeTable({ cluster }: RunReport): string {
  const rows = cluster.nodes.map(
    ({ name, address, role }) => `| ${plain(name)} | ${address} | ${role} |`,
  )
  return [told('| node | address | role |'), '|---|---|---|', ...rows].join('\n')
}

function workPart({ node, phase, title, outcome, from, to, steps }: Work): string[] {
  const done = steps.filter(({ outcome: one }) => one !== 'ok')
  return [
    `## ${told(`${plain(phase)} on ${plain(node)}`)}`,
    `${plain(told(title))}. ${told(`From ${timeOfDay(from)} to ${timeOfDay(to)} UTC`)} (${clock(to - from)}): ${plain(told(outcome))}.`,
    ...done.flatMap(stepPart),
    ...asWanted(steps),
  ]
}

function stepPart({ title, why, outcome, found, wanted, ms, lines }: WorkedStep): string[] {
  const time = ms === 0 ? '' : ` ${told(`in ${(ms / 1000).toFixed(1)} s`)}`
  const diff = found === undefined ? [] : [`- ${found}`, `+ ${wanted ?? ''}`]
  return [
    `### ${plain(told(title))}`,
    ...(why === undefined ? [] : [plain(told(why))]),
    `${told(outcome)}${time}`,
    ...(diff.length > 0 ? [fenced(diff, 'diff')] : []),
    ...(lines.length > 0
      ? [fenced(lines.map(({ kind, text }) => `${marks[kind] ?? ''}${text}`))]
      : []),
  ]
}

const marks: Readonly<Record<string, string>> = { command: '$ ', waiting: '... ', notice: '# ' }

function asWanted(steps: readonly WorkedStep[]): string[] {
  const ok = steps.filter(({ outcome }) => outcome === 'ok')
  if (ok.length === 0) return []
  const lines = ok.map(
    ({ title, because }) => `- ${plain(told(title))}${because ? `: ${plain(told(because))}` : ''}`,
  )
  return [told('As wanted already, nothing done:'), lines.join('\n')]
}

function unchanged(report: RunReport): string[] {
  const lines = notRun(report).map(
    ({ task, because }) =>
      `- ${told(`${plain(task.phase)} on ${plain(task.node)}`)}: ${plain(told(because))}`,
  )
  return lines.length === 0 ? [] : [`## ${told('What was not run')}`, lines.join('\n')]
}

/** One line, in which nothing counts as markup but backticks: steps tell names of files in them. */
const plain = (text: string) => text.replace(/\s+/g, ' ').replace(/[<[*|]/g, '\\$&')

/** A block that no line of it can end: its fence is longer than any run of backticks inside. */
function fenced(lines: readonly string[], language = 'text'): string {
  const text = lines.join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}
