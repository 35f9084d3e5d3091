import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema'
import { clusterSchema } from './schema.ts'

/** Renews the file; named by the test that finds it stale. */
export const renewSchema = 'node build.mjs --schema'

/**
 * The cluster file's JSON Schema (draft 2020-12) as text, made from the schema that checks it.
 * Editors complete and explain keys with it. Rules between values are not in it.
 */
export function jsonSchemaText(): string {
  const schema = toJsonSchema(clusterSchema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // Checks that are code (is this text an address?) have no counterpart in JSON Schema.
    ignoreActions: ['check'],
  })
  const { $schema, title, description, properties = {}, ...rest } = schema
  // Given again under its old name, a key keeps its place.
  const mended = { ...properties, endpoint: withShortForm(properties.endpoint) }
  const whole = { $schema, title, description, ...rest, properties: mended }
  return `${JSON.stringify(whole, undefined, 2)}\n`
}

/** `endpoint: 192.168.9.120` is short for a map with only the address. */
function withShortForm(endpoint: JsonSchema | boolean | undefined): JsonSchema {
  if (typeof endpoint !== 'object') throw new Error('the schema has no endpoint')
  const { title = '', description = '', ...map } = endpoint
  return { title, description, anyOf: [map.properties?.address ?? {}, map] }
}
