import { kubestrap, type Ran, up } from '../../e2e/support.ts'
import { begins, beginUp, leave, runs, sleep, upWith } from '../actions.ts'
import type { Fault } from '../fault.ts'

const worker = 'k-worker-1'
const plane = 'k-master-3'
/** Killed by a signal: no exit code of its own. */
const killed = -1

function killedAt(name: string, mark: RegExp, prepare: () => Promise<void>, always = true): Fault {
  return {
    name: `orchestrator killed, ${name}`,
    always,
    exitCode: killed,
    async happen() {
      await prepare()
      return upWith(mark, ({ child }) => child.kill('SIGKILL'))
    },
  }
}

const withoutWorker = () => leave(worker)
const bareWorker = () => leave(worker, '--purge')
const withoutPlane = () => leave(plane)

/** A generator of numbers from a seed: the same seed, the same moments (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const atRandom = (number: number, always: boolean): Fault => ({
  name: `orchestrator killed at a random moment, ${number}`,
  always,
  exitCode: killed,
  async happen(seed) {
    await leave(worker)
    const moment = Math.round(random(seed + number)() * 12_000)
    console.log(`  after ${moment} ms (seed ${seed})`)
    const { child, ended } = beginUp()
    await sleep(moment)
    child.kill('SIGKILL')
    const ran = await ended
    // Done before the moment came: nothing was broken, and that is what the seed says.
    return ran.exitCode === 0 ? { ...ran, exitCode: killed } : ran
  },
})

const two: Fault = {
  name: 'a second orchestrator',
  always: true,
  exitCode: 14,
  says: /kubestrap up of \S+ \(process \d+\) works on this cluster, since /,
  async happen() {
    await leave(worker)
    const first = beginUp()
    await first.shows(begins(worker, 'worker-join'))
    const second = await up()
    const { exitCode, stdout, stderr } = await first.ended
    if (exitCode !== 0) throw new Error(`the first one was disturbed: ${stdout}${stderr}`)
    return second
  },
}

const asleep: Fault = {
  name: 'laptop asleep for 40 s in a join',
  always: true,
  exitCode: 0,
  async happen() {
    await leave(worker)
    return upWith(runs(worker, 'worker-join', 'kubeadm join'), async ({ child }) => {
      child.kill('SIGSTOP')
      await sleep(40_000)
      child.kill('SIGCONT')
    })
  },
}

const overtaken: Fault = {
  name: 'laptop asleep, somebody else goes on meanwhile',
  always: false,
  exitCode: 14,
  says: /this computer was away for too long/,
  async happen() {
    await leave(plane)
    return upWith(runs(plane, 'control-plane-join', 'kubeadm join'), async ({ child }) => {
      child.kill('SIGSTOP')
      await sleep(36_000)
      const other = beginUp()
      await other.shows(/looking at/)
      await sleep(3_000)
      child.kill('SIGCONT')
      await other.ended
    })
  },
}

const stopped = (signal: 'SIGINT' | 'SIGTERM', exitCode: number, always: boolean): Fault => ({
  name: `${signal} in a join`,
  always,
  exitCode,
  says: /go on on their nodes/,
  async happen() {
    await leave(worker)
    return upWith(runs(worker, 'worker-join', 'kubeadm join'), ({ child }) => child.kill(signal))
  },
})

const planAtTheSameTime: Fault = {
  name: 'a plan while somebody else works',
  always: false,
  exitCode: 0,
  async happen(): Promise<Ran> {
    await leave(worker)
    const first = beginUp()
    await first.shows(begins(worker, 'worker-join'))
    const plan = await kubestrap('plan')
    const { exitCode } = await first.ended
    return exitCode === 0 ? plan : { ...plan, exitCode }
  },
}

export const orchestratorFaults: readonly Fault[] = [
  killedAt('before prerequisites', begins(worker, 'prerequisites'), bareWorker),
  killedAt('in the middle of dnf', runs(worker, 'prerequisites', 'dnf'), bareWorker, false),
  killedAt('before worker-join', begins(worker, 'worker-join'), withoutWorker),
  killedAt('in worker-join', runs(worker, 'worker-join', 'kubeadm join'), withoutWorker),
  killedAt('before pod-network', begins(worker, 'pod-network'), withoutWorker),
  killedAt('before pod-routes', begins(worker, 'pod-routes'), withoutWorker, false),
  killedAt(
    'in control-plane-join',
    runs(plane, 'control-plane-join', 'kubeadm join'),
    withoutPlane,
  ),
  atRandom(1, true),
  atRandom(2, true),
  ...[3, 4, 5, 6, 7, 8].map((number) => atRandom(number, false)),
  two,
  planAtTheSameTime,
  asleep,
  overtaken,
  stopped('SIGINT', 130, true),
  stopped('SIGTERM', 143, false),
]
