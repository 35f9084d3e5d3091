import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readSections } from '../../lib/diagnosis/sections.ts'

declare const __ROOT__: string

const script = readFileSync(join(__ROOT__, 'node-scripts/run/diagnose.sh'), 'utf8')
const shells = ['dash', 'bash', 'busybox'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
)
const folder = mkdtempSync(join(tmpdir(), 'kubestrap-diagnose-'))
after(() => rmSync(folder, { recursive: true }))

/** The script, then a line of shell. */
function run(shell: string, line: string, values = ''): string {
  const argv = shell === 'busybox' ? ['sh', '-c'] : ['-c']
  const options = { input: values, encoding: 'utf8', timeout: 120_000 } as const
  return spawnSync(shell, [...argv, `${script}\n${line}`], options).stdout
}

/** Seven runs, the seventh the newest; only the sixth printed something besides its events. */
const runs = join(folder, 'runs')
for (const number of [1, 2, 3, 4, 5, 6, 7]) {
  const path = join(runs, `worker-join-${number}`)
  mkdirSync(path, { recursive: true })
  const lines = Array.from({ length: 150 }, (_, seq) => `{"seq":${seq}}\n`)
  writeFileSync(join(path, 'events.jsonl'), lines.join(''))
  writeFileSync(join(path, 'output'), number === 6 ? 'it crashed\n' : '')
  writeFileSync(join(path, 'result.json'), '{"gives":"a secret"}')
  utimesSync(path, number, number)
}

for (const shell of shells) {
  test(`${shell}: events and output of the last five runs, each file under its name, bounded`, () => {
    const lines = run(shell, `runs '${runs}'`).trimEnd().split('\n')
    const heads = lines.filter((line) => line.startsWith('--- '))
    deepEqual(
      heads.map((line) => line.slice(`--- ${runs}/worker-join-`.length)),
      [
        '7/events.jsonl',
        '6/events.jsonl',
        '6/output',
        '5/events.jsonl',
        '4/events.jsonl',
        '3/events.jsonl',
      ],
    )
    equal(lines[1], '{"seq":50}')
    equal(lines[100], '{"seq":149}')
    ok(lines.includes('it crashed'))
    ok(!lines.some((line) => line.includes('secret')))
  })

  test(`${shell}: no run yet is no line`, () => {
    equal(run(shell, `runs '${folder}/none'`), '')
  })

  test(`${shell}: a copy that is not called runs nothing`, () => equal(run(shell, ''), ''))
}

test('called, each part is told once', () => {
  const mark = 'kubestrap-0123456789ab'
  const told = run('sh', 'main', `${mark}\n`)
  const titles = told.split('\n').filter((line) => / section [a-z-]+$/.test(line))
  equal(titles.length, new Set(titles).size)
  const { sections, whole } = readSections(told, mark)
  ok(whole)
  ok(sections.has('runs') && sections.get('system')?.includes('Linux'))
})
