import assert from 'node:assert/strict'
import { KubestrapError } from '../lib/errors.ts'

/** The error that work failed with; a test that did not fail fails. */
export async function failure(work: Promise<unknown>): Promise<KubestrapError> {
  const error = await work.then(
    () => assert.fail('did not fail'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof KubestrapError, String(error))
  return error
}
