import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportPage } from '../lib/report/page.ts'
import { parseRecords, type RunRecordBody } from '../lib/report/record.ts'
import { boundedFile } from './bounded-file.ts'
import { writePrivate } from './local-state.ts'
import type { View } from './view/view.ts'

/** Writes down what a run does, for its report; a computer that goes down loses nothing. */
export interface Recorder {
  readonly note: (record: RunRecordBody) => void
}

const recordsOf = (folder: string) => join(folder, 'events.jsonl')

/** Characters; the report is made from them in memory. */
const mostFromNodes = 64 * 1024 * 1024

/** @param folder of the run; it and the file are for their owner only */
export function openRecorder(folder: string): Recorder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // What nodes tell is bounded; what is our own (began, ended, how) is little and always wanted.
  const fromNodes = boundedFile(recordsOf(folder), mostFromNodes, '')
  const own = boundedFile(recordsOf(folder), Number.POSITIVE_INFINITY, '')
  return {
    note(record) {
      const line = JSON.stringify({ at: new Date().toISOString(), ...record })
      if (record.kind === 'event') fromNodes(line)
      else own(line)
    },
  }
}

/** The same view, and everything that it is told is written down as well. */
export function recordedView(view: View, { note }: Recorder): View {
  return {
    ...view,
    print(line) {
      note({ kind: 'said', line })
      view.print(line)
    },
    started(node, phase) {
      note({ kind: 'task-started', node: node.name, phase })
      view.started(node, phase)
    },
    event(node, phase, event) {
      note({ kind: 'event', node: node.name, phase, event })
      view.event(node, phase, event)
    },
    finished(node, phase, outcome, ms) {
      note({ kind: 'task-ended', node: node.name, phase, outcome })
      view.finished(node, phase, outcome, ms)
    },
  }
}

/** Whether a run left something that a report can be made of. */
export const isRecorded = (folder: string): boolean => existsSync(recordsOf(folder))

/** What a run wrote down. */
export const recordsIn = (folder: string) => parseRecords(readFileSync(recordsOf(folder), 'utf8'))

/** Makes the report from what was written down. @returns its path */
export function writeReport(folder: string): string {
  const path = join(folder, 'report.html')
  writePrivate(path, reportPage(recordsIn(folder)))
  return path
}
