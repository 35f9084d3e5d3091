import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../e2e/support.ts'

export interface Row {
  readonly fault: string
  /** The line the person read. */
  readonly seen: string
  /** -1: it was killed and had none. */
  readonly exitCode: number
  /** How long the same command took afterwards, until it ended well. */
  readonly seconds: number
}

const code = (exitCode: number) => (exitCode < 0 ? 'killed' : String(exitCode))
/** Process numbers, times and file names differ each time. */
const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 110)

export function showTable(rows: readonly Row[]): readonly string[] {
  const width = Math.max(5, ...rows.map(({ fault }) => fault.length))
  return [
    '',
    `${'fault'.padEnd(width)}  exit    again   what the user saw`,
    ...rows.map(
      ({ fault, exitCode, seconds, seen }) =>
        `${fault.padEnd(width)}  ${code(exitCode).padEnd(6)}  ${`${seconds} s`.padEnd(6)}  ${short(seen)}`,
    ),
  ]
}

/** docs/faults.md: the last run of all faults, with its date. */
export function writeTable(rows: readonly Row[], seed: number): void {
  const cell = (text: string) => short(text).replaceAll('|', '\\|')
  const lines = rows.map(
    ({ fault, exitCode, seconds, seen }) =>
      `| ${cell(fault)} | ${code(exitCode)} | ${seconds} s | ${cell(seen)} |`,
  )
  const text = `# What happens when something breaks

Each row was done to a living cluster of three control planes and a worker in the lab (\`npm run test:faults -- --all --seed ${seed}\`, ${new Date().toISOString().slice(0, 10)}).
After each: the same command again ended well, all nodes Ready, three voters, objects from before with the same UIDs, no token, no
uploaded certificate, no lock and no half file left, and one run more changed nothing.

| fault | exit code | the same command again took | what the user saw |
|---|---|---|---|
${lines.join('\n')}
`
  writeFileSync(join(root, 'docs/faults.md'), text)
}
