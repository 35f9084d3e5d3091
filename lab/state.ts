import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Counts } from './layout.ts'
import { labFolder } from './project.ts'
import type { Stack } from './stack.ts'

/** What a lab remembers of itself; its machines are asked of podman, which knows better. */
export interface LabState {
  /** Second number of its network's addresses. */
  readonly octet: number
  readonly counts: Counts
  readonly stack?: Stack
  /** SHA-256 of the cluster file as the lab wrote it: another one was edited by a person. */
  readonly clusterFile?: string
}

const pathOf = (lab: string) => join(labFolder(lab), 'state.json')

/** @returns undefined when there is no such lab */
export function readState(lab: string): LabState | undefined {
  const path = pathOf(lab)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as LabState) : undefined
}

export function writeState(lab: string, state: LabState): void {
  mkdirSync(labFolder(lab), { recursive: true, mode: 0o700 })
  const path = pathOf(lab)
  writeFileSync(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
