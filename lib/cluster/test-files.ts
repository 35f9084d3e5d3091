import { ok } from 'node:assert/strict'
import {
  type Cluster,
  clusterFlags,
  clusterFromFlags,
  type FlagValue,
  parseCluster,
} from '../cluster.ts'
import { KubestrapError } from '../errors.ts'

/** Smallest cluster file; the tests change one thing at a time in it. */
export const smallest = {
  name: 'home',
  endpoint: '192.168.9.120',
  nodes: [{ name: 'k-master-1', address: '192.168.9.121', role: 'control-plane' }],
}

export const node = (name: string, address: string, role = 'worker', more: object = {}) => ({
  name,
  address,
  role,
  ...more,
})

/** A file as JSON, which is YAML as well. */
export const file = (more: object = {}): string =>
  JSON.stringify({ ...smallest, ...more }, undefined, 1)

export const parse = (more: object = {}): Promise<Cluster> =>
  parseCluster(file(more), 'cluster.yaml')

/** Flags as the command line gives them: `--endpoint 10.0.0.1`. */
export const flags = (...words: readonly string[]): FlagValue[] =>
  words.flatMap((flag, index) => {
    const known = clusterFlags.find((one) => one.flag === flag)
    return known ? [{ flag, path: known.path, value: words[index + 1] ?? '' }] : []
  })

/** The text of the problems of a cluster file, or of flags alone. */
export async function problems(
  text: string | undefined,
  ...words: readonly string[]
): Promise<string> {
  const given = flags(...words)
  const cluster =
    text === undefined
      ? clusterFromFlags(given)
      : parseCluster(text, 'cluster.yaml', { flags: given })
  const error: unknown = await cluster.then(
    () => new Error(`nothing was wrong with ${text ?? words.join(' ')}`),
    (thrown) => thrown,
  )
  if (!(error instanceof KubestrapError)) throw error
  ok(error.details.id === 'KS-CLUSTER-FILE' && error.details.exit === 'usage')
  return (error.details.lines ?? []).join('\n')
}
