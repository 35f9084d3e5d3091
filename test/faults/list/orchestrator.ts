import assert from 'node:assert/strict'
import { kubestrap, type Ran, up } from '../../e2e/support.ts'
import { begins, beginUp, leave, plane, said, sleep, upWith, worker } from '../actions.ts'
import type { Fault } from '../fault.ts'
import { later, put, takeAway } from '../stand-ins.ts'
import { inPlaneJoin, inPrerequisites, inWorkerJoin, type Moment } from './moments.ts'

/** What else happens to the admin's computer. */

const two: Fault = {
  name: 'a second orchestrator',
  always: true,
  exitCode: 14,
  says: /kubestrap up of \S+ \(process \d+\) works on this cluster, since /,
  async happen() {
    await leave(worker)
    let second: Ran | undefined
    const first = await upWith(begins(worker, 'worker-join'), async () => {
      second = await up()
    })
    if (first.exitCode !== 0) throw new Error(`the first one was disturbed: ${first.stdout}`)
    return second as Ran
  },
}

const asleep: Fault = {
  name: 'laptop asleep for 40 s in a join',
  always: false,
  exitCode: 0,
  async happen() {
    await leave(worker)
    return upWith(inWorkerJoin.mark, async ({ child }) => {
      child.kill('SIGSTOP')
      await sleep(40_000)
      child.kill('SIGCONT')
    })
  },
}

/** So that the other one still reads along with the join when the first wakes up. */
const joinMuchLater = later('/usr/bin/kubeadm', 'join', 45)

const overtaken: Fault = {
  name: 'laptop asleep, somebody else goes on meanwhile',
  always: false,
  exitCode: 14,
  says: /this computer was away for too long/,
  async happen() {
    await leave(plane)
    await put(plane, joinMuchLater)
    return upWith(inPlaneJoin.mark, async ({ child }) => {
      child.kill('SIGSTOP')
      await sleep(36_000)
      const other = beginUp()
      await other.shows(/looking at|reading along/)
      await sleep(3_000)
      child.kill('SIGCONT')
      const went = await other.ended
      if (went.exitCode !== 0) throw new Error(`the other one was disturbed: ${said(went)}`)
    })
  },
  mend: () => takeAway(plane, joinMuchLater),
}

/** The join ends, and only then the token under it is taken back. */
const stopped = (signal: 'SIGINT' | 'SIGTERM', exitCode: number, moment: Moment): Fault => ({
  name: `${signal} in ${moment.phase}`,
  always: signal === 'SIGINT' && moment === inWorkerJoin,
  exitCode,
  says: /Run kubeadm join[\s\S]*Revoke the bootstrap tokens[\s\S]*Nothing goes on on any node/,
  async happen() {
    await moment.prepare()
    return upWith(moment.mark, ({ child }) => child.kill(signal))
  },
})

const stoppedBefore: Fault = {
  name: 'SIGINT in prerequisites',
  always: false,
  exitCode: 130,
  says: /prerequisites goes on on k-worker-1 \(there: systemctl status kubestrap-run-prerequisites-/,
  async happen() {
    await inPrerequisites.prepare()
    return upWith(inPrerequisites.mark, ({ child }) => child.kill('SIGINT'))
  },
}

/** Longer than a plan takes, which sees the worker before it is a member; and than a person waits. */
const joinLater = later('/usr/bin/kubeadm', 'join', 20)

const stoppedTwice: Fault = {
  name: 'SIGINT twice in a join',
  always: false,
  exitCode: 130,
  says: /again: leave at once/,
  async happen() {
    await leave(worker)
    await put(worker, joinLater)
    return upWith(inWorkerJoin.mark, async ({ child, ended }) => {
      child.kill('SIGINT')
      await sleep(1_000)
      assert.equal(child.exitCode, null, 'the first one waits for the join')
      child.kill('SIGINT')
      const began = Date.now()
      await ended
      assert.ok(Date.now() - began < 5_000, 'the second one leaves at once')
    })
  },
  mend: () => takeAway(worker, joinLater),
}

const planAtTheSameTime: Fault = {
  name: 'a plan while somebody else works',
  always: false,
  exitCode: 0,
  says: /\+ k-worker-1: Run kubeadm join/,
  async happen(): Promise<Ran> {
    await leave(worker)
    await put(worker, joinLater)
    let plan: Ran | undefined
    const first = await upWith(inWorkerJoin.mark, async () => {
      plan = await kubestrap('plan')
    })
    if (first.exitCode !== 0) throw new Error(`the first one was disturbed: ${first.stdout}`)
    return plan as Ran
  },
  mend: () => takeAway(worker, joinLater),
}

export const orchestratorFaults: readonly Fault[] = [
  two,
  planAtTheSameTime,
  asleep,
  overtaken,
  stopped('SIGINT', 130, inWorkerJoin),
  stopped('SIGINT', 130, inPlaneJoin),
  stopped('SIGTERM', 143, inWorkerJoin),
  stoppedBefore,
  stoppedTwice,
]
