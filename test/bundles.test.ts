import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
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

declare const __ROOT__: string

execFileSync(process.execPath, ['build.mjs', '--quiet'], { cwd: __ROOT__ })
const work = mkdtempSync(join(tmpdir(), 'kubestrap-bundles-'))
after(() => rmSync(work, { recursive: true }))
// Copied: whatever builds dist/ anew meanwhile does not touch these.
const bundles = join(work, 'bundles')
mkdirSync(bundles)
const names = readdirSync(join(__ROOT__, 'dist/node')).filter((name) => name.endsWith('.mjs'))
for (const name of names) copyFileSync(join(__ROOT__, 'dist/node', name), join(bundles, name))

let used = 0
function empty(): string {
  used += 1
  const path = join(work, `home-${used}`)
  mkdirSync(path)
  return path
}

interface Start {
  readonly path?: string
  readonly input?: string
}

/** Runs a command in an empty folder that is its HOME as well; tells what was left there. */
function run(argv: readonly string[], { path = process.env.PATH ?? '', input = '' }: Start = {}) {
  const home = empty()
  const [program = '', ...words] = argv
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: home,
    env: { HOME: home, TMPDIR: home, PATH: path },
    input,
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, stdout, stderr, left: readdirSync(home) }
}

/** A PATH with these programs only: no Node.js, no dnf unless it is named. */
function pathWith(...programs: string[]): string {
  const folder = empty()
  for (const name of programs)
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
      join(folder, name),
    )
  return folder
}
const bare = pathWith('id', 'cat', 'sh')
// The header also looks at fixed paths, which no PATH can hide.
const hasFixedNode = ['/usr/bin/node-24', '/usr/bin/node-22', '/usr/local/bin/node'].some((path) =>
  existsSync(path),
)
const isRoot = process.getuid?.() === 0

test('there are bundles', () => assert.ok(names.includes('prerequisites.mjs')))

for (const name of names) {
  const file = join(bundles, name)
  const phase = name.replace('.mjs', '')
  const text = readFileSync(file, 'utf8')

  test(`${name}: under 1 MB, header first, and its own line is where it says`, () => {
    assert.ok(statSync(file).size < 1_000_000)
    assert.ok(text.startsWith('#!/bin/sh\n":" /*\n'))
    assert.equal(text.split('\n')[1], '":" /*')
    const [, line] = /own code begins at line (\d+)/.exec(text) ?? []
    assert.equal(
      text.split('\n')[Number(line) - 1],
      `// node-scripts/${name.replace('.mjs', '.ts')}`,
    )
    assert.ok(!text.includes(__ROOT__), 'no path of the machine that built it')
  })

  for (const shell of ['sh', process.execPath]) {
    const by = shell === 'sh' ? 'sh' : 'node'
    test(`${name} by ${by}: --help, --explain, --source and --version answer and write nothing`, () => {
      const signs = {
        '--help': new RegExp(phase),
        '--explain': new RegExp(`^# ${phase}: `),
        '--source': new RegExp(`^// node-scripts/${phase}\\.ts\n`),
        '--version': /^kubestrap \d+\.\d+\.\d+/,
      }
      for (const [flag, sign] of Object.entries(signs)) {
        const { status, stdout, stderr, left } = run([shell, file, flag])
        assert.equal(status, 0, `${flag}: ${stderr}`)
        assert.match(stdout, sign)
        assert.equal(stderr, '')
        assert.deepEqual(left, [], flag)
      }
    })
  }

  test(`${name}: a copy that was cut does not run`, () => {
    const cut = join(empty(), name)
    // In the middle, at the end of a statement (where nothing is wrong with the syntax), in the last word.
    const statement = text.indexOf('\n}\n', text.length / 2) + 3
    for (const length of [text.length / 2, statement, text.length - 3]) {
      writeFileSync(cut, text.slice(0, length))
      for (const shell of ['sh', process.execPath]) {
        const { status, stdout } = run([shell, cut, '--version'])
        assert.notEqual(status, 0)
        assert.equal(stdout, '')
      }
    }
  })
}

const [first = ''] = names
const file = join(bundles, first)

test('an unknown flag is refused with exit code 2', () => {
  const { status, stderr } = run(['sh', file, '--hlep'])
  assert.equal(status, 2)
  assert.match(stderr, /did you mean --help/)
})

test('by a pipe it is refused: it needs a file', () => {
  const { status, stdout, stderr } = run(['sh'], { input: readFileSync(file, 'utf8') })
  assert.equal(status, 2)
  assert.match(stderr, /save this as a file first/)
  assert.equal(stdout, '')
})

test('a folder with spaces and quotes in its name is no obstacle', () => {
  const folder = join(empty(), "it's a $HOME")
  mkdirSync(folder)
  copyFileSync(file, join(folder, first))
  assert.match(run(['sh', join(folder, first), '--version']).stdout, /^kubestrap/)
})

test('without Node.js and dnf: a clear message, exit code 10', {
  skip: hasFixedNode || !isRoot,
}, () => {
  const { status, stdout, stderr, left } = run(['/bin/sh', file], { path: bare })
  assert.equal(status, 10)
  assert.match(stderr, /neither Node\.js >= 20 nor dnf/)
  assert.equal(stdout, '')
  assert.deepEqual(left, [])
})

/** A dnf that only writes down that it was called. */
function withFakeDnf(): { path: string; calls: () => string } {
  const path = pathWith('id', 'cat', 'sh', 'sed', 'head')
  const log = join(path, 'calls')
  writeFileSync(
    join(path, 'dnf'),
    `#!/bin/sh\nprintf '%s\\n' "$*" "http_proxy=$http_proxy https_proxy=$https_proxy" >> '${log}'\n`,
    { mode: 0o755 },
  )
  return { path, calls: () => (existsSync(log) ? readFileSync(log, 'utf8') : '') }
}

for (const flag of ['--help', '-h', '--explain', '--dry-run', '--source', '--version'])
  test(`without Node.js ${flag} says so, exit code 2, and installs nothing`, {
    skip: hasFixedNode,
  }, () => {
    const { path, calls } = withFakeDnf()
    const { status, stderr, left } = run(['/bin/sh', file, flag], { path })
    assert.equal(status, 2)
    assert.match(stderr, /needs Node\.js 20 or newer, and installs nothing/)
    assert.equal(calls(), '')
    assert.deepEqual(left, [])
  })

const proxy = 'http://proxy.example.org:3128'
const inFile: readonly [string, string, string][] = [
  ['on lines of its own', `proxy:\n  # ours\n  http: ${proxy}\nnodes: []\n`, proxy],
  [
    'in { }',
    `proxy: { https: "http://b:2", http: "${proxy}" }\npreflight: { http: "http://d:4" }\n`,
    'http://b:2',
  ],
  [
    'https one only below another key',
    `proxy:\n  http: '${proxy}'\nx:\n  https: http://c:3\n`,
    proxy,
  ],
]
type Words = (folder: string) => readonly string[]
const given: readonly (readonly [string, Words, string])[] = [
  ['--proxy', () => ['--proxy', proxy], proxy],
  ['--proxy=', () => [`--proxy=${proxy}`], proxy],
  ...inFile.map(
    ([how, text, https]) =>
      [
        `a cluster file ${how}`,
        (folder: string) => {
          writeFileSync(join(folder, 'cluster.yaml'), `name: x\n${text}`)
          return ['--config', join(folder, 'cluster.yaml')]
        },
        https,
      ] as const,
  ),
]
for (const [how, words, https] of given)
  test(`without Node.js dnf is asked for it, through the proxy given by ${how}`, {
    skip: hasFixedNode || !isRoot,
  }, () => {
    const { path, calls } = withFakeDnf()
    const { status, stderr } = run(['/bin/sh', file, ...words(path)], { path })
    assert.equal(status, 15, 'this dnf installs nothing')
    assert.match(stderr, /20 or newer is needed/)
    assert.match(calls(), / install nodejs$/m)
    assert.ok(calls().includes(`http_proxy=${proxy} https_proxy=${https}\n`), calls())
  })

test('without any proxy dnf gets none', { skip: hasFixedNode || !isRoot }, () => {
  const { path, calls } = withFakeDnf()
  run(['/bin/sh', file], { path })
  assert.match(calls(), /^http_proxy= https_proxy=$/m)
})

test('an old Node.js is passed over', { skip: hasFixedNode || !isRoot }, () => {
  const path = pathWith('id', 'sh')
  writeFileSync(join(path, 'node'), '#!/bin/sh\necho v18.20.8\n', { mode: 0o755 })
  assert.equal(run(['/bin/sh', file], { path }).status, 10)
})
