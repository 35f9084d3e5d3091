// Writes cluster.schema.json anew: `node build.mjs --schema`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { jsonSchemaText } from '../lib/cluster/json-schema.ts'

// The bundle of this file runs in dist/, which is a neighbour of schema/.
const file = fileURLToPath(new URL('../schema/cluster.schema.json', import.meta.url))
writeFileSync(file, jsonSchemaText())
console.log('schema/cluster.schema.json written')
