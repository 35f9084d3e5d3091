import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labFolder } from '../project.ts'

/** What a lab remembers of its exercises, in .lab/NAME/exercises.json. */
export interface ExerciseRecord {
  /** By name, when it was solved (ISO 8601). */
  readonly solved: Readonly<Record<string, string>>
  /** The one that is broken now. */
  readonly open?: {
    readonly name: string
    readonly since: string
    /** So many hints were told. */
    readonly hints: number
    /** The documented solution was asked for: it does not count as solved. */
    readonly shown?: true
  }
}

const pathOf = (lab: string) => join(labFolder(lab), 'exercises.json')

export function readRecord(lab: string): ExerciseRecord {
  const path = pathOf(lab)
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as ExerciseRecord)
    : { solved: {} }
}

export function writeRecord(lab: string, record: ExerciseRecord): void {
  const path = pathOf(lab)
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
