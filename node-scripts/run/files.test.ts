import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileState, namesIn, readText, writeWhole } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-files-'))
after(() => rmSync(folder, { recursive: true }))
let used = 0
/** A folder of its own for each test. */
function place(): string {
  used += 1
  const path = join(folder, String(used))
  mkdirSync(path)
  return path
}
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)

async function withUmask<T>(mask: number, work: () => Promise<T>): Promise<T> {
  const before = process.umask(mask)
  try {
    return await work()
  } finally {
    process.umask(before)
  }
}

/** Looks into a folder again and again while work goes on; gives every name it saw with its mode. */
async function watched(at: string, work: () => Promise<void>): Promise<Map<string, string>> {
  const seen = new Map<string, string>()
  let working = true
  const done = work().finally(() => {
    working = false
  })
  while (working) {
    for (const name of readdirSync(at)) {
      try {
        seen.set(name, mode(join(at, name)))
      } catch {
        // it was renamed between the two looks
      }
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await done
  return seen
}

test('a secret file is 0600 from the moment it is there, and hidden until it is whole', async () => {
  const at = place()
  const content = 'x'.repeat(2_000_000)
  const write = () => writeWhole(join(at, 'secret'), content, 0o600)
  const seen = await withUmask(0, () => watched(at, write))
  assert.equal(mode(join(at, 'secret')), '600')
  const others = [...seen.keys()].filter((name) => name !== 'secret')
  assert.equal(others.length, 1, 'its temporary file was seen')
  assert.match(others[0] ?? '', /^\./, 'the kubelet reads every other file of its folder')
  for (const [name, was] of seen) assert.equal(was, '600', name)
})

test('the umask takes no bits away', async () => {
  const at = place()
  await withUmask(0o077, () => writeWhole(join(at, 'open'), 'x', 0o644))
  assert.equal(mode(join(at, 'open')), '644')
})

test('folders of a secret are made root-only, others readable', async () => {
  const at = place()
  await withUmask(0o022, () => writeWhole(join(at, 'a/b/secret'), 'x', 0o600))
  await withUmask(0o022, () => writeWhole(join(at, 'c/open'), 'x', 0o644))
  assert.deepEqual(
    [mode(join(at, 'a')), mode(join(at, 'a/b')), mode(join(at, 'c'))],
    ['700', '700', '755'],
  )
})

test('the new content and mode replace the old at once; a reader of the old keeps it', async () => {
  const path = join(place(), 'file')
  writeFileSync(path, 'old', { mode: 0o644 })
  const before = statSync(path).ino
  await writeWhole(path, 'new', 0o600)
  assert.equal(readFileSync(path, 'utf8'), 'new')
  assert.equal(mode(path), '600')
  assert.notEqual(statSync(path).ino, before, 'a new file, not the old one overwritten')
})

test('nobody ever reads half a file', async () => {
  const path = join(place(), 'file')
  const [a, b] = ['a'.repeat(500_000), 'b'.repeat(500_000)]
  await writeWhole(path, a, 0o644)
  let writing = true
  const write = (async () => {
    for (let i = 0; i < 6; i += 1) await writeWhole(path, i % 2 === 0 ? b : a, 0o644)
    writing = false
  })()
  let reads = 0
  while (writing) {
    const text = await readText(path)
    assert.ok(text === a || text === b, `half a file of ${text?.length} characters`)
    reads += 1
  }
  await write
  assert.ok(reads > 0)
})

test('a link in the place of the file is replaced, not followed', async () => {
  const at = place()
  writeFileSync(join(at, 'victim'), 'untouched')
  symlinkSync(join(at, 'victim'), join(at, 'file'))
  await writeWhole(join(at, 'file'), 'new', 0o600)
  assert.equal(readFileSync(join(at, 'victim'), 'utf8'), 'untouched')
  assert.equal((await fileState(join(at, 'file')))?.kind, 'file')
})

test('a failure leaves no temporary file, and the old file as it was', async () => {
  const at = place()
  mkdirSync(join(at, 'target/inside'), { recursive: true })
  await assert.rejects(writeWhole(join(at, 'target'), 'x', 0o600))
  assert.deepEqual(readdirSync(at), ['target'])
})

test('absent is an answer: undefined, or no names', async () => {
  const at = place()
  writeFileSync(join(at, 'file'), '')
  for (const path of [join(at, 'none'), join(at, 'file/below')]) {
    assert.equal(await readText(path), undefined)
    assert.equal(await fileState(path), undefined)
    assert.deepEqual(await namesIn(path), [])
  }
})

test('what is there is told: kind, mode, names in order', async () => {
  const at = place()
  writeFileSync(join(at, 'b'), '')
  chmodSync(join(at, 'b'), 0o640)
  mkdirSync(join(at, 'a'))
  symlinkSync('b', join(at, 'c'))
  assert.deepEqual(await namesIn(at), ['a', 'b', 'c'])
  assert.equal((await fileState(join(at, 'b')))?.mode, 0o640)
  const kinds = await Promise.all(['a', 'b', 'c'].map((name) => fileState(join(at, name))))
  assert.deepEqual(
    kinds.map((state) => state?.kind),
    ['directory', 'file', 'other'],
  )
})

test('other failures are no absence', async () => {
  await assert.rejects(readText(folder), { code: 'EISDIR' })
})
