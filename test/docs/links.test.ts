import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import GithubSlugger from 'github-slugger'

declare const __ROOT__: string

const listed = ['ls-files', '--cached', '--others', '--exclude-standard']
const files = execFileSync('git', listed, { cwd: __ROOT__, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(__ROOT__, file)))
const pages = files.filter((file) => file.endsWith('.md'))

const read = (file: string) => readFileSync(join(__ROOT__, file), 'utf8')
const withoutBlocks = (text: string) => text.replaceAll(/^ *(```+)[^\n]*\n[\s\S]*?^ *\1 *$/gm, '')

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(text: string): readonly string[] {
  const slugger = new GithubSlugger()
  const headings = withoutBlocks(text).matchAll(/^#{1,6} +(.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    slugger.slug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')),
  )
}

/** What is wrong with the relative links of a page: no such file, no such heading. */
function brokenLinks(page: string, text: string): readonly string[] {
  const prose = withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !reaches(page, text, target))
    .map((target) => `${page}: ${target}`)
}

function reaches(page: string, text: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  if (path === '') return anchorsOf(text).includes(anchor ?? '')
  const file = normalize(join(dirname(page), path))
  if (!existsSync(join(__ROOT__, file))) return false
  if (anchor === undefined) return true
  const folder = statSync(join(__ROOT__, file)).isDirectory()
  return anchorsOf(read(folder ? join(file, 'README.md') : file)).includes(anchor)
}

/** Sources and pages named in backticks, also by the end of their path: `run/batch.ts`. */
function unknownNames(page: string, text: string): readonly string[] {
  const words = [...withoutBlocks(text).matchAll(/`([a-z0-9.-]+(?:\/[a-z0-9.-]+)*\/?)`/g)]
  return words
    .map(([, word = '']) => word)
    .filter((word) => /\w\.(?:ts|sh|md)$/.test(word) || ourFolder.test(word))
    .filter((word) => !isThere(word))
    .map((word) => `${page}: \`${word}\``)
}

const ourFolder = /^(?:lib|scripts|node-scripts|lab|test|docs|examples|schema|bench)\//
const isThere = (word: string) =>
  existsSync(join(__ROOT__, word)) || files.some((file) => `/${file}`.endsWith(`/${word}`))

test('relative links lead to a file, and to a heading of it', () => {
  assert.ok(pages.length > 20, 'the pages were found')
  assert.deepEqual(
    pages.flatMap((page) => brokenLinks(page, read(page))),
    [],
  )
})

test('sources, pages and folders that are named in backticks exist', () => {
  assert.deepEqual(
    pages.flatMap((page) => unknownNames(page, read(page))),
    [],
  )
})

test('a broken link, a missing heading and a file that has gone are seen', () => {
  const text = '# One\n[a](gone.md) [b](#two) [c](#one) `lib/gone.ts`\n```\n[d](gone.md)\n```\n'
  assert.deepEqual(brokenLinks('README.md', text), ['README.md: gone.md', 'README.md: #two'])
  assert.deepEqual(unknownNames('README.md', text), ['README.md: `lib/gone.ts`'])
})
