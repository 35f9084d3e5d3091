// How long a bundle needs to say --help, against `node -e 0`: `node bench/startup.mjs [runs]`.
// Prints medians in milliseconds. Wanted: less than twice the bare start (issue: learning starts with --help).
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const runs = Number(process.argv[2] ?? 15)
const folder = join(dirname(fileURLToPath(import.meta.url)), '../dist/node')

function median(args) {
  const times = Array.from({ length: runs }, () => {
    const began = process.hrtime.bigint()
    spawnSync(process.execPath, args, { stdio: 'ignore' })
    return Number(process.hrtime.bigint() - began) / 1e6
  })
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]
}

const bare = median(['-e', '0'])
console.log(`${'node -e 0'.padEnd(32)} ${bare.toFixed(0).padStart(5)} ms`)
for (const file of readdirSync(folder).filter((name) => name.endsWith('.mjs'))) {
  const ms = median([join(folder, file), '--help'])
  console.log(
    `${`${file} --help`.padEnd(32)} ${ms.toFixed(0).padStart(5)} ms   ${(ms / bare).toFixed(2)} times`,
  )
}
