import { stringify } from 'yaml'
import { type KnownKey, kindAt, knownKeysAt } from '../cluster/schema-walk.ts'
import { wrapped } from '../text.ts'
import type { Draft } from './draft.ts'

const width = 100

/** A value on one line of YAML, quoted where it must be. */
const inline = (value: unknown) =>
  stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: true,
    lineWidth: 0,
  }).trimEnd()

const comment = (text: string, indent = '') =>
  wrapped(text, width - indent.length - 2).map((line) => `${indent}# ${line}`)

/**
 * The cluster file of a draft as a person would write it: each key below what the schema says of
 * it, keys that have a default commented out with it.
 *
 * @param schema path or URL of cluster.schema.json, for editors
 */
export function clusterFileText(draft: Draft, schema: string): string {
  const { nodes, ...settings } = draft
  const given = new Map<string, unknown>(Object.entries(settings))
  const keys = knownKeysAt([])
  const blocks = keys.map((known) =>
    known.key === 'nodes' ? nodesBlock(known, nodes) : block(known, given.get(known.key)),
  )
  return [
    [
      `# yaml-language-server: $schema=${schema}`,
      ...comment('A cluster for kubestrap. "kubestrap plan" shows what it means for the machines.'),
      ...comment('Lines with a "#" and a key show the default: take the "#" away to change it.'),
    ],
    ...blocks.filter((lines) => lines.length > 0),
    moreKeys(keys),
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** A key of the file with its keys below it; nothing for a part that has only deeper ones. */
function block({ key, about, fallback }: KnownKey, value: unknown): string[] {
  if (kindAt([key]) !== 'fixed map') {
    if (value === undefined && !isScalar(fallback)) return []
    return [...comment(about), keyLine(key, value, fallback)]
  }
  const given = (value ?? {}) as Readonly<Record<string, unknown>>
  const lines = knownKeysAt([key])
    .filter((known) => kindAt([key, known.key]) === 'other')
    .filter((known) => isScalar(known.fallback) || given[known.key] !== undefined)
    .flatMap((known) => innerLines(known, given[known.key]))
  if (lines.length === 0) return []
  const isSet = Object.keys(given).length > 0
  return [...comment(about), isSet ? `${key}:` : `# ${key}:`, ...lines.map(isSet ? same : hidden)]
}

const same = (line: string) => line
/** A line of a part that is left out as a whole; the keys in it lose their own "#". */
const hidden = (line: string) => `# ${line.replace(/^ {2}# (\w+: \S*)$/, '  $1')}`

const isScalar = (value: unknown) => value !== undefined && typeof value !== 'object'

function innerLines({ key, about, fallback }: KnownKey, value: unknown): string[] {
  return [...comment(about, '  '), `  ${keyLine(key, value, fallback)}`]
}

const keyLine = (key: string, value: unknown, fallback: unknown) =>
  value === undefined ? `# ${key}: ${inline(fallback)}` : `${key}: ${inline(value)}`

function nodesBlock({ about }: KnownKey, nodes: Draft['nodes']): string[] {
  const keys = knownKeysAt(['nodes', 0]).filter(({ key }) => !['ssh', 'taints'].includes(key))
  return [
    ...comment(`${about} Each has:`),
    ...keys.flatMap(({ key, about: meaning }) => aligned(key, meaning)),
    'nodes:',
    ...nodes.map((node) => `  - ${inline(node)}`),
  ]
}

/** What has no default that fits on a line: named, so that nobody misses it. */
function moreKeys(keys: readonly KnownKey[]): string[] {
  const shown = keys.filter((known) => known.key === 'nodes' || block(known, undefined).length > 0)
  const needed = ['name', 'endpoint', 'ssh']
  const others = keys.filter((known) => !shown.includes(known) && !needed.includes(known.key))
  return [
    ...comment('More keys, all of them in docs/cluster-file.md ("kubestrap plan" refuses others):'),
    ...others.flatMap(({ key, about }) => aligned(key, about)),
  ]
}

function aligned(key: string, about: string): string[] {
  const [first = '', ...rest] = wrapped(about, width - 16)
  return [`#   ${key.padEnd(12)}${first}`, ...rest.map((line) => `#   ${' '.repeat(12)}${line}`)]
}
