import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exercises } from '../../lab/exercises/all.ts'
import { freshLab, lab, labDo, onNode, type Ran, root, run, up } from './support.ts'

/**
 * Every exercise on one real cluster: broken, seen to be broken, repaired by its documented solution,
 * seen to be repaired. Taken away to see it fail: the lines of one `solution`, or of one `break`.
 */

const unhealthy = 18

const exercise = (...words: readonly string[]): Promise<Ran> =>
  run(process.execPath, ['dist/lab.mjs', '--name', lab, 'exercise', ...words])

const ended = (ran: Ran, exitCode: number) =>
  assert.equal(ran.exitCode, exitCode, `${ran.stdout}\n${ran.stderr}`)

const record = () =>
  JSON.parse(readFileSync(join(root, '.lab', lab, 'exercises.json'), 'utf8')) as {
    readonly solved: Readonly<Record<string, string>>
    readonly open?: { readonly name: string }
  }

before(async () => {
  await freshLab('--control-planes', '3', '--workers', '1')
  ended(await up(), 0)
})

after(() => labDo('down'))

for (const { name, hints } of exercises) {
  test(`${name}: not repaired before, repaired after its documented solution`, async () => {
    ended(await exercise(name), 0)
    const looked = await exercise(name, '--check')
    ended(looked, unhealthy)
    assert.match(looked.stdout, /^no /m)
    const hint = await exercise(name, '--hint')
    assert.ok(hint.stdout.startsWith(`1. ${hints[0]}`), hint.stdout)
    ended(await exercise(name, '--solve'), 0)
    assert.equal(record().open, undefined)
    assert.equal(record().solved[name], undefined, 'a shown solution does not count')
  })
}

test('an own repair counts; another exercise waits; --undo mends what was made worse', async () => {
  ended(await exercise('kubelet-stopped'), 0)
  const second = await exercise('taint')
  ended(second, 19)
  assert.match(second.stderr, /KS-LAB-EXERCISE-OPEN/)
  ended(await onNode('k-worker-1', 'systemctl enable --now kubelet'), 0)
  ended(await repaired('kubelet-stopped'), 0)
  assert.match((await exercise()).stdout, /^solved {2}kubelet-stopped/m)

  ended(await exercise('wrong-endpoint'), 0)
  ended(await onNode('k-worker-1', 'rm /etc/kubernetes/kubelet.conf'), 0)
  ended(await exercise('wrong-endpoint', '--undo'), 0)
  assert.equal(record().open, undefined)
})

/** A node reports a moment after its kubelet has started. */
async function repaired(name: string): Promise<Ran> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const looked = await exercise(name, '--check')
    if (looked.exitCode === 0 || Date.now() > deadline) return looked
  }
}
