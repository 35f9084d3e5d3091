import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

declare const __ROOT__: string

const dist = mkdtempSync(join(tmpdir(), 'kubestrap-spoken-'))
after(() => rmSync(dist, { recursive: true }))

/** Another test builds dist/ anew meanwhile: a copy counts when it is whole. */
function copied(tries = 20): void {
  try {
    cpSync(join(__ROOT__, 'dist/node'), join(dist, 'node'), { recursive: true })
    cpSync(join(__ROOT__, 'dist/orchestrate.mjs'), join(dist, 'orchestrate.mjs'))
    const options = { cwd: join(dist, 'node') }
    const whole = spawnSync('sha256sum', ['--check', '--status', 'SHA256SUMS'], options)
    if (whole.status === 0) return
  } catch (error) {
    if (tries === 0) throw error
  }
  equal(tries > 0, true, 'dist/ is not whole: node build.mjs')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  copied(tries - 1)
}
copied()

/** The built programs, in Spanish: by flag and by environment. */
function run(file: string, words: readonly string[], LC_ALL = 'C') {
  const argv = [join(dist, file), ...words]
  const env = { ...process.env, LC_ALL }
  return spawnSync(process.execPath, argv, { cwd: __ROOT__, encoding: 'utf8', env })
}

const seed = ['--config', 'examples/seed.yaml']

test('explain and plan speak Spanish when they are asked to', () => {
  const lesson = run('orchestrate.mjs', ['explain', 'worker-join', '--lang', 'es', ...seed])
  equal(lesson.status, 0, lesson.stderr)
  match(lesson.stdout, /^# worker-join: Únete como nodo de trabajo$/m)
  match(lesson.stdout, /^## \d+\. Ejecuta kubeadm join$/m)
  match(
    lesson.stdout,
    /^- Se ejecuta en: `k-worker-1`, `k-worker-2`, `k-worker-3`, hasta 10 a la vez\.$/m,
  )
  const plan = run('orchestrate.mjs', ['plan', '--offline', ...seed], 'es_ES.UTF-8')
  match(plan.stdout, /^worker-join: Únete como nodo de trabajo$/m)
  match(plan.stdout, /k-master-2, k-master-3 \(de uno en uno\)/)
})

test('the whole run leaves the same phases out in both languages', () => {
  const phasesOf = (text: string) => [...text.matchAll(/^# ([a-z-]+):/gm)].map(([, name]) => name)
  const spanish = run('orchestrate.mjs', ['explain', ...seed], 'es_MX.UTF-8')
  match(spanish.stdout, /^# El recorrido completo$/m)
  doesNotMatch(spanish.stdout, /Runs on|Begins after/)
  const english = run('orchestrate.mjs', ['explain', ...seed])
  deepEqual(phasesOf(spanish.stdout), phasesOf(english.stdout))
  equal(phasesOf(spanish.stdout).includes('pod-routes'), false)
})

test('a phase alone on a machine speaks Spanish, too', () => {
  const words = ['--explain', ...seed]
  const byFlag = run('node/control-plane-init.mjs', [...words, '--lang', 'es'])
  match(byFlag.stdout, /^## \d+\. Ejecuta kubeadm init$/m)
  equal(run('node/control-plane-init.mjs', words, 'es_ES.UTF-8').stdout, byFlag.stdout)
  match(run('node/control-plane-init.mjs', words).stdout, /^## \d+\. Run kubeadm init$/m)
})

test('a language that there is none of ends with 2 and those there are', () => {
  for (const file of ['orchestrate.mjs', 'node/reset.mjs']) {
    const words = file.startsWith('node') ? ['--explain'] : ['explain']
    const { status, stdout, stderr } = run(file, [...words, '--lang', 'fr'])
    deepEqual([status, stdout], [2, ''])
    match(stderr, /there is no language "fr" .*KS-USAGE/)
    match(stderr, /one of: en, es/)
  }
})
