// Builds everything: `node build.mjs [--quiet] [--install] [--schema]`.
// - installs the npm packages first, when package-lock.json asks for others than there are
// - dist/node/NAME.mjs   a self-contained file a phase, shell and JavaScript in one
// - dist/orchestrate.mjs the orchestrator, dist/lab.mjs the lab
// - with --schema what is generated and kept in git: schema/, and the generated pages of docs/
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const at = (...parts) => join(root, ...parts)
const maxBundle = 1_000_000

/** Runs npm ci when node_modules is not what package-lock.json says. */
export function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')
  const stamp = at('node_modules', '.kubestrap-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('kubestrap: installing npm packages (once)')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) {
    console.error('kubestrap: npm ci failed; the packages are needed to build')
    process.exit(1)
  }
  writeFileSync(stamp, lock)
}

const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).version

const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
  define: { __VERSION__: JSON.stringify(version) },
}

// CommonJS parts inside (minimist, zx on the admin's side) need a require; the alias avoids zx's own.
const requireLine =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

// What a node without Node.js can answer; travels beside the phases.
const shellScripts = [
  ...['facts.sh', 'endpoint.sh', 'external-etcd.sh', 'hold.sh', 'newest-version.sh', 'diagnose.sh'],
]

/** Names of the phases: a file in node-scripts/ each. */
export const phaseNames = () =>
  readdirSync(at('node-scripts'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => basename(file, '.ts'))
    .sort()

async function buildPhase(esbuild, name) {
  const { outputFiles } = await esbuild.build({
    ...common,
    stdin: {
      contents: `import { phase } from './${name}.ts'\nimport { script } from './run/script.ts'\nawait script(phase)\n`,
      resolveDir: at('node-scripts'),
      sourcefile: 'entry.ts',
      loader: 'ts',
    },
  })
  return polyglot(name, outputFiles[0].text)
}

// A copy cut at the end of a statement would exit with 0 having done nothing: it must see its end.
const endOf = (name) => `// end of kubestrap ${name}`
const wholeLine = (name) =>
  [
    "import { readFileSync as __readFile } from 'node:fs';",
    `if (process.argv[1] !== '-' && !__readFile(process.argv[1], 'utf8').trimEnd().endsWith(${JSON.stringify(endOf(name))})) {`,
    "console.error('kubestrap: this copy was cut on its way; copy the file again'); process.exit(17) }",
  ].join(' ')

/** Puts the shell header before the JavaScript, and asserts what makes the two live together. */
function polyglot(name, javascript) {
  const header = readFileSync(at('node-scripts/run/header.sh'), 'utf8').replaceAll('@PHASE@', name)
  const shell = header.slice(header.indexOf('/*') + 2, header.lastIndexOf('*/'))
  const need = (ok, what) => {
    if (!ok) throw new Error(`${name}.mjs: ${what}`)
  }
  need(header.startsWith('#!/bin/sh\n":" /*\n'), 'the header must begin with #!/bin/sh and ":" /*')
  need(!shell.includes('*/'), 'no star and slash inside the shell part')
  need(!javascript.startsWith('#!'), 'an entry file with its own #! pushes the header down')
  const text = `${header}${requireLine}\n${wholeLine(name)}\n${javascript}${endOf(name)}\n`
  const lines = text.split('\n')
  const line = lines.indexOf(`// node-scripts/${name}.ts`) + 1
  need(line > 0, "the phase's own code was not found")
  need(Buffer.byteLength(text) < maxBundle, `larger than ${maxBundle} bytes`)
  return text.replace('@LINE@', String(line))
}

async function buildProgram(esbuild, entry, out) {
  const { outputFiles, metafile } = await esbuild.build({
    ...common,
    entryPoints: [at(entry)],
    external: ['esbuild'],
    metafile: true,
    banner: { js: `#!/usr/bin/env node\n${requireLine}` },
  })
  writeFileSync(at(out), outputFiles[0].text, { mode: 0o755 })
  return metafile
}

/** Licences of what is inside the bundles: most of them ask to travel along. */
function writeNotices({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap(
      (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
    ),
  )
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(at(folder, 'package.json'), 'utf8'))
    const file = readdirSync(at(folder)).find((one) => /^licen[cs]e/i.test(one))
    const text = file ? readFileSync(at(folder, file), 'utf8') : ''
    return `${name} ${version} (${license})\n\n${text.trim()}\n`
  })
  writeFileSync(at('dist/THIRD-PARTY.txt'), notices.join(`\n${'-'.repeat(72)}\n\n`))
}

/** Builds the phases' bundles; also called by the orchestrator when it runs from source. */
export async function buildPhases() {
  const esbuild = await import('esbuild')
  const bundles = await Promise.all(
    phaseNames().map(async (name) => ({ name, text: await buildPhase(esbuild, name) })),
  )
  const folder = at('dist/node')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { name, text } of bundles)
    writeFileSync(join(folder, `${name}.mjs`), text, { mode: 0o755 })
  for (const name of shellScripts) copyFileSync(at('node-scripts/run', name), join(folder, name))
  const sums = readdirSync(folder)
    .sort()
    .map((name) => {
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
      return `${hash}  ${name}\n`
    })
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''))
  return bundles
}

async function writePhasePages() {
  await buildPhases()
  const { phasePages } = await import('./schema/phase-pages.mjs')
  rmSync(at('docs/phases'), { recursive: true, force: true })
  mkdirSync(at('docs/phases'))
  for (const [file, text] of phasePages()) writeFileSync(at('docs/phases', file), text)
  console.log('docs/phases/ written')
}

async function main(flags) {
  installPackages()
  if (flags.includes('--install')) return
  const esbuild = await import('esbuild')
  if (flags.includes('--schema')) {
    mkdirSync(at('dist'), { recursive: true })
    await buildProgram(esbuild, 'schema/generate.ts', 'dist/generate-schema.mjs')
    await import(pathToFileURL(at('dist/generate-schema.mjs')).href)
    await writePhasePages()
    return
  }
  const bundles = await buildPhases()
  // The phases hold no package that the orchestrator does not hold as well.
  writeNotices(await buildProgram(esbuild, 'scripts/orchestrate.ts', 'dist/orchestrate.mjs'))
  if (existsSync(at('lab/lab.ts'))) await buildProgram(esbuild, 'lab/lab.ts', 'dist/lab.mjs')
  if (flags.includes('--quiet')) return
  for (const { name, text } of bundles) {
    console.log(
      `dist/node/${name}.mjs`.padEnd(36),
      `${Math.round(text.length / 1024)} kB`.padStart(8),
    )
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
