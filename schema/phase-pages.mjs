// The pages docs/phases/*.md: what the built phases answer to --explain.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

// Each lesson is told with the first of these that has work for its phase.
const clusterFiles = ['examples/seed.yaml', 'examples/ha-six-nodes.yaml']

/** File name in docs/phases/ to text, of every phase in dist/node/. Build before. */
export function phasePages() {
  const pages = phaseNames().map((name) => [name, page(name)])
  return new Map([
    ...pages.map(([name, text]) => [`${name}.md`, text]),
    ['README.md', index(pages)],
  ])
}

/** Those of `up` first, in its order. */
function phaseNames() {
  const story = readFileSync(join(root, 'lib/phases.ts'), 'utf8')
  const place = (name) => {
    const at = story.indexOf(`name: '${name}'`)
    return at < 0 ? story.length : at
  }
  return readdirSync(join(root, 'dist/node'))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.replace('.mjs', ''))
    .sort((a, b) => place(a) - place(b))
}

function page(name) {
  const lessons = clusterFiles
    .filter((file) => existsSync(join(root, file)))
    .map((file) => lesson(name, file))
  const { text, command } = lessons.find(({ concerns }) => concerns) ?? lessons[0]
  return `<!-- Written by "node build.mjs --schema"; the same as: ${command} -->\n${text}`
}

function lesson(name, file) {
  const argv = [`dist/node/${name}.mjs`, '--explain', '--config', file]
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' }, // the pages are English, whoever makes them
  })
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  const concerns = !stdout.includes('- Runs on: no node')
  return { text: stdout, concerns, command: `node ${argv.join(' ')}` }
}

function index(pages) {
  const list = pages.map(([name, text]) => {
    const [, title] = /^# \S+: (.*)$/m.exec(text) ?? []
    return `- [${name}](${name}.md): ${title}`
  })
  return `${head}\n${list.join('\n')}\n`
}

const head = `# The phases as lessons

Each page is what a phase answers to \`--explain\`: what it does and why, step by step, with the commands that a person would type.
The same lesson is told with your own cluster by \`--config\` and \`--node\`. It asks no machine and changes nothing:

\`\`\`sh
node dist/node/prerequisites.mjs --explain --config cluster.yaml --node k-worker-1
\`\`\`

The phases of \`up\` come first, in its order; the others run when they are asked for.
`
