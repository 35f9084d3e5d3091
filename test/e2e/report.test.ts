import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { reportPage } from '../../lib/report/page.ts'
import { parseRecords } from '../../lib/report/record.ts'
import { root, run } from './support.ts'

/** The report of a real run (test/run-of-the-lab.jsonl) in a real browser; pictures in .test/report. */

const folder = join(root, '.test/report')
const file = join(folder, 'report.html')
const lessons = join(folder, 'lessons.html')
let browser: Browser

before(async () => {
  mkdirSync(folder, { recursive: true })
  const recorded = readFileSync(join(root, 'test/run-of-the-lab.jsonl'), 'utf8')
  writeFileSync(file, reportPage(parseRecords(recorded)))
  // Debian's own browser: the library brings none.
  if ((await run('sh', ['-c', 'command -v chromium'])).exitCode !== 0) {
    await run('apt-get', ['update'])
    const install = ['install', '--yes', '--no-install-recommends', 'chromium']
    const installed = await run('apt-get', install, { env: { DEBIAN_FRONTEND: 'noninteractive' } })
    assert.equal(installed.exitCode, 0, `install chromium: ${installed.stderr}`)
  }
  // As root, as the lab wants it, Chromium starts without its sandbox only; the page is our own.
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})

after(async () => {
  await browser?.close()
})

interface Opened {
  readonly page: Page
  /** What the page asked anybody for, itself excepted. */
  readonly asked: readonly string[]
  readonly complaints: readonly string[]
}

async function opened(width: number, height: number, dark = false, shown = file): Promise<Opened> {
  const colorScheme = dark ? 'dark' : 'light'
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  const [asked, complaints]: [string[], string[]] = [[], []]
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  const url = pathToFileURL(shown).href
  await page.goto(url)
  return { page, asked: asked.filter((one) => one !== url), complaints }
}

const picture = (page: Page, name: string) =>
  page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })

for (const [name, width] of [
  ['phone', 390],
  ['desktop', 1200],
] as const) {
  test(`on a ${name} nothing sticks out, nothing is fetched, nothing complains`, async () => {
    const { page, asked, complaints } = await opened(width, 800)
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    assert.ok(wide <= width, `${wide} wide on ${width}`)
    assert.deepEqual(asked, [])
    assert.deepEqual(complaints, [])
    assert.ok((await page.locator('svg').count()) >= 2, 'the cluster and the timeline')
    for (const node of ['k-master-1', 'k-worker-1'])
      assert.ok((await page.getByText(node).count()) > 0, node)
    await picture(page, name)
  })
}

test('every phase unfolds to its steps, with reason and command', async () => {
  const { page } = await opened(1200, 800)
  const folded = page.locator('details')
  const count = await folded.count()
  assert.ok(count > 4, `${count} to unfold`)
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
  assert.ok(await page.getByText('Run kubeadm init').first().isVisible())
  await picture(page, 'unfolded')
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
  assert.ok(wide <= 1200, `${wide} wide`)
})

test('on paper all is unfolded and dark on white', async () => {
  const { page } = await opened(1200, 800, true)
  await page.emulateMedia({ media: 'print' })
  await page.evaluate("dispatchEvent(new Event('beforeprint'))")
  assert.ok(await page.getByText('Run kubeadm init').first().isVisible())
  const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
  assert.match(paper, /rgba?\((255, 255, 255|0, 0, 0, 0)/)
  await page.pdf({ path: join(folder, 'report.pdf'), format: 'A4' })
})

test('the whole run as lessons: fits, asks nobody, unfolds to commands', async () => {
  rmSync(lessons, { force: true })
  const words = ['explain', '--html', '--out', lessons, '--config', 'examples/seed.yaml']
  const told = await run(process.execPath, ['dist/orchestrate.mjs', ...words])
  assert.equal(told.exitCode, 0, told.stderr)
  for (const [name, width] of [
    ['phone', 390],
    ['desktop', 1200],
  ] as const) {
    const { page, asked, complaints } = await opened(width, 800, false, lessons)
    const command = page.getByText('kubeadm join --config').first()
    assert.ok(!(await command.isVisible()), 'folded at first')
    await page.click('#unfold')
    assert.ok(await command.isVisible())
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    assert.ok(wide <= width, `${wide} wide on ${width}`)
    assert.deepEqual([asked, complaints], [[], []])
    await picture(page, `lessons-${name}`)
    assert.equal(
      await page.locator('section').count(),
      await page.locator('main > ol > li').count(),
    )
  }
})
