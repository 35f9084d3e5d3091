// Runs the tests: `node test/run.mjs unit|e2e [part of a path]`, `node test/run.mjs faults [--all]
// [--seed N] [part of a fault's name]`.
// Tests are TypeScript: esbuild turns each into one file under .test/, node's own runner does the rest
// (no loader, and it works on Node 20, whose runner takes no globs).
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean' }, seed: { type: 'string' }, write: { type: 'boolean' } },
  allowPositionals: true,
})
const [kind = 'unit', word = ''] = positionals
// A fault is picked by its name, every other test by its path.
const filter = kind === 'faults' ? '' : word
const inLab = { e2e: ['test/e2e'], faults: ['test/faults'] }
const folders = inLab[kind] ?? ['lib', 'node-scripts', 'scripts', 'lab', 'test']

const isTest = (file) => file.endsWith('.test.ts') && file.includes(filter)
const files = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((f) => join(folder, f)),
  )
  .filter((file) => isTest(file) && (kind in inLab || !/^test\/(e2e|faults)\//.test(file)))
  .sort()

if (files.length === 0) {
  console.error(`No ${kind} test has "${filter}" in its path.`)
  process.exit(2)
}

const out = join(root, '.test', kind)
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
await build({
  absWorkingDir: root,
  entryPoints: files,
  outdir: out,
  outbase: root,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  define: { __ROOT__: JSON.stringify(root) },
})

const compiled = files.map((file) => join(out, file.replace(/\.ts$/, '.mjs')))
const reporter = (name, output) => [
  `--test-reporter=${name}`,
  `--test-reporter-destination=${output}`,
]
const options = ['--test', '--enable-source-maps', ...reporter('spec', 'stdout')]
if (kind in inLab)
  options.push('--test-concurrency=1', ...reporter('./test/last-log.mjs', 'stderr'))
const { status } = spawnSync(process.execPath, [...options, ...compiled], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    LC_ALL: 'C', // what is compared is English, wherever the tests run
    ...(values.all ? { KUBESTRAP_FAULTS_ALL: '1' } : {}),
    ...(values.seed ? { KUBESTRAP_FAULTS_SEED: values.seed } : {}),
    ...(values.write ? { KUBESTRAP_FAULTS_WRITE: '1' } : {}),
    ...(kind === 'faults' && word ? { KUBESTRAP_FAULTS_ONLY: word } : {}),
  },
})
process.exit(status ?? 1)
