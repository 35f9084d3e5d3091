import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseCluster } from '../../lib/cluster.ts'
import { phases } from '../../lib/phases.ts'

declare const __ROOT__: string

const read = (page: string) => readFileSync(join(__ROOT__, page), 'utf8')

test('the story in docs/architecture.md has the phases of lib/phases.ts, in their order', () => {
  const [, story = ''] = /## The story\n([\s\S]*?)\n## /.exec(read('docs/architecture.md')) ?? []
  const rows = [...story.matchAll(/^\| `([a-z-]+)` \|.*\| (\d+) \|$/gm)]
  assert.deepEqual(
    rows.map(([, name, atOnce]) => [name, Number(atOnce)]),
    phases.map(({ name, atOnce }) => [name, atOnce]),
  )
})

test('docs/by-hand.md has the command of every phase of up', () => {
  const page = read('docs/by-hand.md')
  const untold = phases.filter(({ name }) => !page.includes(`sudo sh ${name}.mjs`))
  assert.deepEqual(
    untold.map(({ name }) => name),
    [],
  )
})

test('docs/seed-cluster.md tells every phase that examples/seed.yaml has work for', async () => {
  const cluster = await parseCluster(read('examples/seed.yaml'), 'examples/seed.yaml')
  const first = cluster.nodes[0]?.name
  const concerned = phases.filter(({ on }) =>
    cluster.nodes.some((node) => on(node, { first, steward: first }, cluster)),
  )
  const page = read('docs/seed-cluster.md')
  const untold = concerned.filter(({ name }) => !page.includes(`*${name}*`))
  assert.deepEqual(
    untold.map(({ name }) => name),
    [],
  )
})
