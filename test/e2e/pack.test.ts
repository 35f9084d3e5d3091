import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Ran, root, run } from './support.ts'

/** The package as `npm pack` makes it, installed as a user would, far from this checkout. */

let folder = ''
const said = ({ stdout, stderr }: Ran) => `${stdout}\n${stderr}`
const kubestrap = (...words: readonly string[]) => run(join(folder, 'bin/kubestrap'), words)
const inPackage = (path: string) => join(folder, 'lib/node_modules/kubestrap', path)

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubestrap pack '))
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder])
  assert.equal(packed.exitCode, 0, said(packed))
  const [{ filename = '' } = {}] = JSON.parse(jsonPart(packed.stdout)) as { filename?: string }[]
  // Without a registry: what is installed needs nothing but Node.js.
  const install = ['install', '--global', '--offline', '--prefix', folder, join(folder, filename)]
  const installed = await run('npm', install)
  assert.equal(installed.exitCode, 0, said(installed))
})

after(() => rmSync(folder, { recursive: true, force: true }))

/** `prepack` prints what it builds before npm prints its list. */
const jsonPart = (text: string) => text.slice(text.indexOf('[\n'))

test('kubestrap runs from where npm has put it', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const told = await kubestrap('--version')
  assert.ok(told.stdout.includes(version), said(told))
  const help = await kubestrap('--help')
  assert.equal(help.exitCode, 0)
  assert.match(help.stdout, /\bup\b[\s\S]*\bplan\b/)
})

test('it plans with an example of the package, and finds its phases beside it', async () => {
  const config = join(folder, 'cluster.yaml')
  copyFileSync(inPackage('examples/seed.yaml'), config)
  const plan = await kubestrap('plan', '--offline', '--config', config)
  assert.equal(plan.exitCode, 0, said(plan))
  assert.match(plan.stdout, /control-plane-init/)
  const phase = await run('sh', [inPackage('dist/node/prerequisites.mjs'), '--explain'])
  assert.match(phase.stdout, /^# prerequisites/m, said(phase))
})

test('licences of everything that is bundled are in it', async () => {
  const notices = readFileSync(inPackage('dist/THIRD-PARTY.txt'), 'utf8')
  for (const name of ['valibot', 'yaml', 'zx', 'log-update', 'minimist'])
    assert.match(notices, new RegExp(`^${name} \\d`, 'm'))
})
