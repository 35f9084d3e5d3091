import { deepEqual, equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { holds, hostileText } from '../../test/properties.ts'
import { shellText } from './command.ts'
import { query } from './commands.ts'

/** Words of commands, whatever they hold: each arrives as one argument, and nothing of it is run. */

declare const __ROOT__: string

const folder = mkdtempSync(join(tmpdir(), 'kubestrap-quoting-'))
after(() => rmSync(folder, { recursive: true }))

/** A program that tells its arguments, each with a NUL behind it. */
const tell = join(folder, 'tell')
writeFileSync(tell, '#!/bin/sh\n[ $# = 0 ] || printf "%s\\0" "$@"\n')
chmodSync(tell, 0o755)
const words = fc.array(hostileText, { minLength: 1, maxLength: 6 })
const told = (stdout: string) => stdout.split('\0').slice(0, -1)

test('a command of a step is given its words as they are', async () => {
  await holds(
    [words],
    async (given) => {
      const { stdout, exitCode } = await query({ argv: [tell, ...given] })
      deepEqual([exitCode, told(stdout)], [0, given])
    },
    40,
  )
})

const shells = ['dash', 'bash', 'busybox'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
)
for (const shell of shells)
  test(`${shell}: a command as it is shown can be pasted, and is the same command`, async () => {
    await holds(
      [words],
      (given) => {
        const sh = shell === 'busybox' ? ['sh', '-c'] : ['-c']
        const ran = spawnSync(shell, [...sh, shellText({ argv: [tell, ...given] })], {
          cwd: folder,
          encoding: 'utf8',
        })
        deepEqual([ran.status, ran.stderr, told(ran.stdout)], [0, '', given])
      },
      40,
    )
  })

// The header of the bundles looks at its arguments before Node.js gets them.
const header = readFileSync(join(__ROOT__, 'node-scripts/run/header.sh'), 'utf8')
const bundle = join(folder, 'a phase.mjs')
writeFileSync(bundle, header.replaceAll('@PHASE@', 'prerequisites'))
const path = join(folder, 'bin')
const node = `#!/bin/sh\n[ "$1" != --version ] || { echo v22.0.0; exit; }\nexec ${tell} "$@"\n`

for (const shell of shells)
  test(`${shell}: the header hands arguments on as they are`, async () => {
    spawnSync('mkdir', ['-p', path])
    writeFileSync(join(path, 'node'), node, { mode: 0o755 })
    await holds(
      [words],
      (given) => {
        const sh = shell === 'busybox' ? ['sh'] : []
        const ran = spawnSync(shell, [...sh, bundle, ...given], {
          cwd: folder,
          encoding: 'utf8',
          env: { PATH: `${path}:${process.env.PATH}` },
        })
        equal(ran.stderr, '')
        deepEqual(told(ran.stdout), [bundle, ...given])
      },
      40,
    )
  })

/** A machine with dnf and without Node.js: the header reads the proxy itself. */
function withoutNode(args: readonly string[]) {
  const bare = join(folder, 'bare')
  spawnSync('mkdir', ['-p', bare])
  for (const name of ['sed', 'head', 'sh'])
    spawnSync('sh', ['-c', `ln -sf "$(command -v ${name})" ${bare}`])
  const script = (name: string, text: string) =>
    writeFileSync(join(bare, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  script('id', 'echo 0')
  script('dnf', `[ "$*" != "\${*% install nodejs}" ] || exit 0\n${tell} "$http_proxy" "$@"`)
  const text = header
    .replaceAll('@PHASE@', 'prerequisites')
    .replace(/\/usr\/bin\/node-24 .*?; do/, 'node; do')
    .replace('left=/run/kubestrap/proxy', `left=${folder}/none`)
  const file = join(folder, 'bare.mjs')
  writeFileSync(file, text)
  const options = { cwd: folder, encoding: 'utf8', env: { PATH: bare } } as const
  return spawnSync('/bin/sh', [file, ...args], options)
}

test('the header reads a proxy from flags or file, and runs nothing of it', async () => {
  await holds(
    [hostileText.filter((text) => text !== '' && !text.includes('\n'))],
    (proxy) => {
      for (const args of [['--proxy', proxy], [`--proxy=${proxy}`]]) {
        const { stderr } = withoutNode(args)
        equal(stderr.split('\0')[0]?.split('\n').at(-1), proxy)
      }
      writeFileSync(join(folder, 'cluster.yaml'), `proxy:\n  http: http://${proxy}\n`)
      const { stderr } = withoutNode(['--config', 'cluster.yaml'])
      const read = stderr.split('\0')[0]?.split('\n').at(-1) ?? ''
      equal(/^(?:http:\/\/[^"', }]*)?$/.test(read), true, read)
      equal(spawnSync('ls', [folder], { encoding: 'utf8' }).stdout.includes('owned'), false)
    },
    25,
  )
})
