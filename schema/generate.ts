// Writes cluster.schema.json and docs/cluster-file.md anew: `node build.mjs --schema`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { jsonSchemaText } from '../lib/cluster/json-schema.ts'
import { referencePage } from '../lib/cluster/reference-page.ts'

// The bundle of this file runs in dist/, which is a neighbour of schema/ and docs/.
const write = (path: string, text: string) => {
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text)
  console.log(`${path} written`)
}

write('schema/cluster.schema.json', jsonSchemaText())
write('docs/cluster-file.md', referencePage())
