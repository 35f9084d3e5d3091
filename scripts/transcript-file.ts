import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { KubestrapError } from '../lib/errors.ts'
import { transcript } from '../lib/report/transcript.ts'
import { fileExists, writePrivate } from './local-state.ts'
import { recordsIn } from './recorder.ts'

/**
 * Makes the file that the transcript will be in, for its owner only: that it cannot be written is
 * said before anything is done. @throws KubestrapError KS-FILE-EXISTS
 */
export function reserveTranscript(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(path, '--transcript')
    throw new KubestrapError({
      id: 'KS-USAGE',
      exit: 'usage',
      what: `${path} cannot be written: ${(error as Error).message}`,
      unchanged: 'nothing was done',
      remedy: 'give another --transcript, in a folder that is there',
    })
  }
}

/** Fills the reserved file from what was written down. */
export function writeTranscript(folder: string, path: string): void {
  writePrivate(resolve(path), transcript(recordsIn(folder)))
}
