// Writes cluster.schema.json and the generated pages of docs/ anew: `node build.mjs --schema`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exercisePage } from '../lab/exercises/page.ts'
import { jsonSchemaText } from '../lib/cluster/json-schema.ts'
import { referencePage } from '../lib/cluster/reference-page.ts'
import { errorPages, troubleshootingPage } from '../lib/error-pages.ts'

// The bundle of this file runs in dist/, which is a neighbour of schema/ and docs/.
const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const write = (path: string, text: string) => {
  writeFileSync(at(path), text)
  console.log(`${path} written`)
}

write('schema/cluster.schema.json', jsonSchemaText())
write('docs/cluster-file.md', referencePage())
write('docs/exercises.md', exercisePage())
write('docs/troubleshooting.md', troubleshootingPage())

rmSync(at('docs/troubleshooting'), { recursive: true, force: true })
mkdirSync(at('docs/troubleshooting'))
for (const [file, text] of errorPages()) writeFileSync(at(`docs/troubleshooting/${file}`), text)
console.log('docs/troubleshooting/ written')
