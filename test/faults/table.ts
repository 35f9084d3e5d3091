import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../e2e/support.ts'
import { killed } from './fault.ts'

export interface Row {
  readonly fault: string
  /** The line the person read. */
  readonly seen: string
  readonly exitCode: number
  /** How long the same command took afterwards, until it ended well. */
  readonly seconds: number
  /** What of the law did not hold. */
  readonly failed?: string
}

const code = (exitCode: number) => (exitCode === killed ? 'killed' : String(exitCode))
const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 110)

/** What an assertion said, in a line. */
export function firstLine(error: unknown): string {
  return short((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '')
}

export function showTable(rows: readonly Row[]): readonly string[] {
  const width = Math.max(5, ...rows.map(({ fault }) => fault.length))
  return [
    '',
    `${'fault'.padEnd(width)}  exit    again    what the user saw`,
    ...rows.map(({ fault, exitCode, seconds, seen, failed }) =>
      failed === undefined
        ? `${fault.padEnd(width)}  ${code(exitCode).padEnd(6)}  ${`${seconds} s`.padEnd(7)}  ${short(seen)}`
        : `${fault.padEnd(width)}  FAILED  ${failed}`,
    ),
  ]
}

const file = join(root, 'docs/faults.md')

/**
 * docs/faults.md: of each fault what came of it when it was last done, with the date. Rows of faults
 * that were not done this time stay; those of faults that are no more (not in `names`) go.
 */
export function writeTable(rows: readonly Row[], names: readonly string[]): void {
  const date = new Date().toISOString().slice(0, 10)
  const kept = existsSync(file) ? linesByFault(readFileSync(file, 'utf8')) : new Map()
  const lines = new Map([
    ...kept,
    ...rows.map((row) => [cell(row.fault), line(row, date)] as const),
  ])
  const table = names.flatMap((name) => lines.get(cell(name)) ?? [])
  const failures = table.filter((text) => text.includes('**failed**')).length
  const rest = failures === 0 ? '' : '; the others say what was otherwise'
  const missing = names.length - table.length
  const text = `# What happens when something breaks

Written by the fault suite itself (\`npm run test:faults -- --all --write\`): what was seen when each fault was last done to a
living cluster of three control planes and a worker, in the lab, on real Kubernetes (the last ones with kube-vip and Calico, of
which the lab has stand-ins only: test/faults/README.md). After each the same command ran again,
and then: all nodes Ready and none cordoned, three voters, the objects from before with the same UIDs, and so the Node objects
that the fault had not taken out; no token, no uploaded certificate, no secret, no lock, no half file, no unit and no connection
left; one run more changed nothing. (Where the cluster is only beginning there are no objects from before.)

${table.length - failures} of ${table.length} faults ended so${rest}.${missing === 0 ? '' : ` ${missing} more are in the list, but were not done yet.`}

| fault | done on | exit code | the same command again took | what the user saw |
|---|---|---|---|---|
${table.join('\n')}
`
  writeFileSync(file, text)
}

const cell = (text: string) => short(text).replaceAll('|', '\\|')

function line({ fault, exitCode, seconds, seen, failed }: Row, date: string): string {
  const ended = `${code(exitCode)} | ${seconds} s | ${cell(seen)}`
  const begin = `| ${cell(fault)} | ${date} |`
  return failed === undefined ? `${begin} ${ended} |` : `${begin} **failed** | | ${cell(failed)} |`
}

function linesByFault(text: string): Map<string, string> {
  const lines = text.split('\n').filter((one) => /^\| .* \| \d{4}-\d\d-\d\d \|/.test(one))
  return new Map(lines.map((one) => [one.split(' | ')[0]?.slice(2) ?? '', one]))
}
