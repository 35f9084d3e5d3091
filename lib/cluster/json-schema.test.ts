import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse as parseYaml } from 'yaml'
import { parseCluster } from '../cluster.ts'
import { jsonSchemaText, renewSchema } from './json-schema.ts'
import { keysAt, schemaAt } from './schema-walk.ts'
import { node, smallest } from './test-files.ts'

declare const __ROOT__: string

/** The part of JSON Schema that the file uses. */
interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly description?: string
}

const schema = JSON.parse(jsonSchemaText()) as Schema

test('schema/cluster.schema.json is up to date', () => {
  const text = readFileSync(join(__ROOT__, 'schema/cluster.schema.json'), 'utf8')
  ok(text === jsonSchemaText(), `schema/cluster.schema.json is stale; renew it: ${renewSchema}`)
})

/** A validator just large enough for this schema. */
function valid(value: unknown, by: Schema): boolean {
  if (by.anyOf) return by.anyOf.some((one) => valid(value, one))
  if (by.enum && !by.enum.includes(value)) return false
  switch (by.type) {
    case 'string':
      return typeof value === 'string' && new RegExp(by.pattern ?? '', 'u').test(value)
    case 'integer':
      return (
        Number.isInteger(value) &&
        Number(value) >= (by.minimum ?? 0) &&
        Number(value) <= (by.maximum ?? 0)
      )
    case 'boolean':
      return typeof value === 'boolean'
    case 'array':
      return (
        Array.isArray(value) &&
        value.length >= (by.minItems ?? 0) &&
        value.every((one) => valid(one, by.items ?? {}))
      )
    case 'object':
      return validMap(value, by)
    default:
      return true
  }
}

function validMap(value: unknown, by: Schema): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { properties = {}, required = [], additionalProperties: others = true } = by
  if (!required.every((key) => key in value)) return false
  return Object.entries(value).every(([key, one]) => {
    const own = properties[key]
    if (own) return valid(one, own)
    if (typeof others === 'boolean') return others
    return valid(key, by.propertyNames ?? {}) && valid(one, others)
  })
}

const examples = readdirSync(join(__ROOT__, 'examples')).filter((name) => name.endsWith('.yaml'))

for (const name of examples) {
  const text = readFileSync(join(__ROOT__, 'examples', name), 'utf8')
  test(`examples/${name} is right, for us and for editors`, async () => {
    const cluster = await parseCluster(text, name)
    ok(cluster.nodes.length > 0)
    equal(valid(parseYaml(text), schema), true)
    equal(text.split('\n')[0], '# yaml-language-server: $schema=../schema/cluster.schema.json')
  })
}

test('examples/README.md names every example, and no other', () => {
  const page = readFileSync(join(__ROOT__, 'examples/README.md'), 'utf8')
  const named = [...page.matchAll(/^- `(\S+\.yaml)`/gm)].map(([, name]) => name)
  deepEqual(named.sort(), examples.sort())
})

const wrong: readonly object[] = [
  { nam: 'x' },
  { name: 'A B' },
  { nodes: [] },
  { nodes: [node('m', '10.0.0.1', 'master')] },
  { nodes: [{ ...smallest.nodes[0], labels: { 'a b': 'c' } }] },
  { kubernetesVersion: '1.35' },
  { endpoint: { address: '10.0.0.1', port: 0 } },
  { sources: { kubernetes: { baseurl: 'https://a.example/' } } },
  { kubelet: [] },
]

for (const more of wrong) {
  test(`editors underline ${JSON.stringify(more)}`, () =>
    equal(valid({ ...smallest, ...more }, schema), false))
}

test('the same keys here and in the check, each with a description', () => {
  const look = (here: Schema, path: readonly string[]) => {
    const map = here.anyOf?.[1] ?? here
    if (schemaAt(path)?.entries) deepEqual(Object.keys(map.properties ?? {}), keysAt(path))
    for (const [key, one] of Object.entries(map.properties ?? {})) {
      const silent = one.properties && path[0] === 'sources'
      ok(one.description || silent, `${[...path, key].join('.')} has no description`)
      look(one, [...path, key])
    }
  }
  look(schema, [])
})
