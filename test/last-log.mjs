// A reporter beside spec, for tests on real Kubernetes: when one fails, the end of what its file logged
// last (support.ts). On a computer of CI nobody can look at the file afterwards.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const logs = '.test/e2e-logs'
const lines = 40
const began = Date.now()

/** The newest log of a test file, of this run. */
function newest(file) {
  const folder = join(logs, basename(file).replace(/\.test\.\w+$/, ''))
  const all = readdirSync(folder).map((name) => {
    const path = join(folder, name)
    return { path, at: statSync(path).mtimeMs }
  })
  return all.filter(({ at }) => at > began).sort((a, b) => b.at - a.at)[0]?.path
}

// biome-ignore lint/style/noDefaultExport: node's runner wants it
export default async function* lastLog(source) {
  let shown
  for await (const { type, data } of source) {
    if (type !== 'test:fail' || data.nesting > 0) continue
    try {
      const log = newest(data.file)
      // Tests that fail because one before them did have nothing new to show.
      if (log === undefined || log === shown) continue
      shown = log
      const end = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines)
      yield `\n--- ${data.name}: ${log}\n${end.join('\n')}\n---\n`
    } catch {
      // It failed before it did anything.
    }
  }
}
