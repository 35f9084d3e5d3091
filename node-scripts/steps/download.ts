import { KubestrapError } from '../../lib/errors.ts'
import type { Machine } from '../run/machine.ts'
import { explained } from './source-failures.ts'

/** Fetches a file; what was half fetched is for the caller to remove. @throws KubestrapError */
export async function download(on: Machine, url: string, path: string): Promise<void> {
  const quiet = ['--fail', '--silent', '--show-error', '--location', '--globoff']
  const limits = ['--connect-timeout', '15', '--max-time', '280', '--retry', '2']
  const argv = ['curl', ...quiet, ...limits, '--create-dirs', '--output', path, '--', url]
  try {
    await on.run({ argv, timeout: 900_000 })
  } catch (error) {
    throw explained(error)
  }
}

/** SHA-256 of a file, in lower case; undefined when it cannot be read. */
export async function sha256Of(on: Machine, path: string): Promise<string | undefined> {
  const { exitCode, stdout } = await on.ask('sha256sum', '--', path)
  return exitCode === 0 ? stdout.slice(0, 64) : undefined
}

/** Compares a file that was fetched, and removes it when it is another one. @throws KS-CHECKSUM */
export async function verify(on: Machine, path: string, from: string, expected: string) {
  const found = await sha256Of(on, path)
  if (found === expected) return
  await on.remove(path)
  throw new KubestrapError({
    id: 'KS-CHECKSUM',
    exit: 'verification',
    what: `${from} is not the expected file`,
    lines: [`expected SHA-256 ${expected}`, `found            ${found ?? 'no file'}`],
    unchanged: 'the file was deleted, nothing of it was used',
    remedy:
      'fetch it anew. If it stays: a proxy may answer with a page of its own, or somebody has changed the file. Do not go on before you know why',
  })
}

export const curlByHand = (url: string) => `curl --fail --location --remote-name '${url}'`
export const verifyByHand = (sha256: string, file: string) =>
  `echo '${sha256}  ${file}' | sha256sum --check`
