// The site: the Markdown of the repository as it lies there (docs/, README.md, lab/README.md ...), so that
// every link works on a forge, in an editor and here. A link that leads nowhere ends the build.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { slug } from 'github-slugger'
import { defineConfig } from 'vitepress'

const repository = join(import.meta.dirname, '../..')
const output = process.env.KUBESTRAP_SITE ?? join(repository, 'dist/site')

const inModules = (file) => join(import.meta.dirname, '../node_modules', file)

/** What pages link to besides pages: it is copied beside them. */
const files = ['examples', 'schema/cluster.schema.json', 'LICENSE']

const title = (page) => {
  const text = readFileSync(join(repository, page), 'utf8')
  return /^# (.+)$/m.exec(text)?.[1].replaceAll('`', '') ?? page
}
const entry = (page, text = title(page)) => ({
  text,
  link: `/${page.replace(/README\.md$/, '').replace(/\.md$/, '')}`,
})
const inFolder = (folder) =>
  readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => entry(`${folder}/${file}`))
const those = (...pages) => pages.filter((page) => existsSync(join(repository, page)))

const sidebar = [
  {
    text: 'Start',
    items: [
      entry('README.md', 'What it is'),
      ...those('lab/README.md', 'docs/seed-cluster.md', 'docs/by-hand.md').map((page) =>
        entry(page),
      ),
    ],
  },
  {
    text: 'The cluster',
    items: those(
      ...[
        'cluster-file',
        'machine',
        'preflight',
        'sources',
        'endpoint',
        'pod-network',
        'security',
      ].map((page) => `docs/${page}.md`),
    ).map((page) => entry(page)),
  },
  {
    text: 'Learn',
    items: those('docs/lessons.md', 'docs/exercises.md').map((page) => entry(page)),
  },
  { text: 'Each phase', collapsed: true, link: '/docs/phases/', items: inFolder('docs/phases') },
  {
    text: 'When something goes wrong',
    items: those(
      'docs/troubleshooting.md',
      'docs/status.md',
      'docs/exit-codes.md',
      'docs/diagnose.md',
      'docs/faults.md',
    ).map((page) => entry(page)),
  },
  {
    text: 'Each error',
    collapsed: true,
    link: '/docs/troubleshooting',
    items: inFolder('docs/troubleshooting'),
  },
  {
    text: 'How it is made',
    items: those(
      'docs/architecture.md',
      'docs/performance.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
    ).map((page) => entry(page)),
  },
  {
    text: 'Decisions',
    collapsed: true,
    link: '/docs/decisions/',
    items: inFolder('docs/decisions'),
  },
]

/** Links as they are in the repository, made into the site's: a folder's page is its README.md. */
function repositoryLinks(markdown) {
  markdown.core.ruler.push('repository-links', ({ tokens }) => {
    for (const { children } of tokens)
      for (const token of children ?? []) if (token.type === 'link_open') mend(token)
  })
}

function mend(token) {
  const href = token.attrGet('href') ?? ''
  if (/^[a-z]+:|^#/.test(href)) return
  const [path, anchor] = href.split('#')
  const page = path.replace(/(^|\/)README\.md$/, '$1').replace(/^$/, './')
  const isFile = files.some((file) => posix.join('/', path).includes(file)) && !page.endsWith('/')
  if (isFile) token.attrSet('target', '_self')
  else token.attrSet('href', anchor === undefined ? page : `${page}#${anchor}`)
}

// biome-ignore lint/style/noDefaultExport: VitePress asks for one.
export default defineConfig({
  title: 'kubestrap',
  description: 'Raises and keeps a highly available Kubernetes cluster on plain virtual machines.',
  srcDir: repository,
  srcExclude: ['website/**', 'test/**', 'node_modules/**', 'dist/**', 'bench/**'],
  outDir: output,
  cacheDir: join(output, '../.site-cache'),
  rewrites: (id) => id.replace(/README\.md$/, 'index.md'),
  locales: {
    root: { label: 'English', lang: 'en' },
    ...(existsSync(join(repository, 'docs/es/README.md'))
      ? { 'docs/es': { label: 'Español', lang: 'es', link: '/docs/es/' } }
      : {}),
  },
  // Anchors as a forge makes them, or links to headings would work in one place only.
  markdown: { config: repositoryLinks, anchor: { slugify: slug } },
  // The pages lie outside of this folder; what they are compiled to imports vue.
  vite: {
    resolve: {
      alias: [
        { find: /^vue\/server-renderer$/, replacement: inModules('vue/server-renderer/index.mjs') },
        { find: /^vue$/, replacement: inModules('vue/dist/vue.runtime.esm-bundler.js') },
      ],
    },
  },
  // The other language has a start page only: its menu leads there, not to a page of the same name.
  themeConfig: { sidebar, outline: 'deep', search: { provider: 'local' }, i18nRouting: false },
  buildEnd({ outDir }) {
    for (const file of files) {
      mkdirSync(dirname(join(outDir, file)), { recursive: true })
      cpSync(join(repository, file), join(outDir, file), { recursive: true })
    }
  },
})
