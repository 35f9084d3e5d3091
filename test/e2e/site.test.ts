import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { before, test } from 'node:test'
import { root, run } from './support.ts'

/** docs/ as a site: built as `npm run docs` does it, then every link of every page is followed. */

const site = join(root, 'dist/site')

before(async () => {
  const ran = await run('npm', ['run', 'docs'])
  assert.equal(ran.exitCode, 0, `${ran.stdout}\n${ran.stderr}`)
})

const pages = (): readonly string[] =>
  (readdirSync(site, { recursive: true }) as string[]).filter((file) => file.endsWith('.html'))

const read = (page: string) => readFileSync(join(site, page), 'utf8')

/** The file of the site that a link of a page leads to. */
function target(page: string, path: string): string {
  const plain = decodeURIComponent(path)
  const file = normalize(plain.startsWith('/') ? plain.slice(1) : join(dirname(page), plain))
  const folder = file === '' || file.endsWith('/') || file === '.'
  return folder ? join(file, 'index.html') : file
}

/** What is wrong with the links of a page: nothing there, or no such heading. */
function broken(page: string, html: string): readonly string[] {
  const links = [...html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)].map(([, href = '']) => href)
  return links
    .filter((href) => !/^[a-z]+:/.test(href))
    .filter((href) => {
      const [path = '', anchor = ''] = href.split('#')
      const file = path === '' ? page : target(page, path)
      if (!existsSync(join(site, file)) || statSync(join(site, file)).isDirectory()) return true
      return anchor !== '' && !read(file).includes(` id="${decodeURIComponent(anchor)}"`)
    })
    .map((href) => `${page}: ${href}`)
}

test('every page of docs/ is there, and every link of every page leads somewhere', () => {
  const there = pages()
  for (const file of readdirSync(join(root, 'docs'), { recursive: true }) as string[])
    if (file.endsWith('.md')) {
      const page = join('docs', file.replace(/README\.md$/, 'index.md').replace(/md$/, 'html'))
      assert.ok(there.includes(page), `${page} is missing`)
    }
  assert.deepEqual(
    there.flatMap((page) => broken(page, read(page))),
    [],
  )
})

test('a link that leads nowhere is seen', () => {
  const html = '<h1 id="a"></h1><a class="x" href="gone.html"></a><a href="index.html#nowhere"></a>'
  assert.deepEqual(broken('index.html', html), [
    'index.html: gone.html',
    'index.html: index.html#nowhere',
  ])
})
