import { kubestrap, type Ran, up } from '../../e2e/support.ts'
import { begins, beginUp, leave, plane, runs, sleep, upWith, worker } from '../actions.ts'
import { type Fault, killed } from '../fault.ts'

/** What happens to the admin's computer. */

const joining = runs(worker, 'worker-join', 'kubeadm join')
const planeJoining = runs(plane, 'control-plane-join', 'kubeadm join')

/** One `up` after the other, each killed when the next phase of the node begins. */
function killedAtEach(node: string, always: boolean, ...phases: readonly string[]): Fault {
  return {
    name: `orchestrator killed at the beginning of each phase of ${node}`,
    always,
    exitCode: killed,
    async happen() {
      await leave(node, '--purge')
      let last: Ran | undefined
      for (const phase of phases) {
        const running = beginUp()
        const began = await running.shows(begins(node, phase))
        running.child.kill('SIGKILL')
        last = await running.ended
        if (!began) throw new Error(`${phase} never began: ${last.stdout}${last.stderr}`)
      }
      return last as Ran
    },
  }
}

const killedIn = (name: string, mark: RegExp, prepare: () => Promise<void>, always: boolean) => ({
  name: `orchestrator killed in ${name}`,
  always,
  exitCode: killed,
  async happen() {
    await prepare()
    return upWith(mark, ({ child }) => child.kill('SIGKILL'))
  },
})

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
    return upWith(joining, async ({ child }) => {
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
    return upWith(planeJoining, async ({ child }) => {
      child.kill('SIGSTOP')
      await sleep(36_000)
      const other = beginUp()
      await other.shows(/looking at|reading along/)
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
  says: /worker-join goes on on k-worker-1|Nothing goes on on any node/,
  async happen() {
    await leave(worker)
    return upWith(joining, ({ child }) => child.kill(signal))
  },
})

const stoppedTwice: Fault = {
  name: 'SIGINT twice in a join',
  always: false,
  exitCode: 130,
  says: /again: leave at once/,
  async happen() {
    await leave(worker)
    return upWith(joining, async ({ child }) => {
      child.kill('SIGINT')
      await sleep(50)
      child.kill('SIGINT')
    })
  },
}

const planAtTheSameTime: Fault = {
  name: 'a plan while somebody else works',
  always: false,
  exitCode: 0,
  async happen(): Promise<Ran> {
    await leave(worker)
    let plan: Ran | undefined
    const first = await upWith(begins(worker, 'worker-join'), async () => {
      plan = await kubestrap('plan')
    })
    if (first.exitCode !== 0) throw new Error(`the first one was disturbed: ${first.stdout}`)
    return plan as Ran
  },
}

const phasesAfterJoin = ['pod-network', 'pod-routes']

export const orchestratorFaults: readonly Fault[] = [
  killedAtEach(worker, true, 'prerequisites', 'worker-join', ...phasesAfterJoin),
  killedAtEach(plane, false, 'prerequisites', 'control-plane-join', ...phasesAfterJoin),
  killedIn(
    'the middle of dnf',
    runs(worker, 'prerequisites', 'dnf'),
    () => leave(worker, '--purge'),
    false,
  ),
  killedIn('worker-join', joining, () => leave(worker), false),
  killedIn('control-plane-join', planeJoining, () => leave(plane), true),
  atRandom(1, true),
  ...[2, 3, 4].map((number) => atRandom(number, false)),
  two,
  planAtTheSameTime,
  asleep,
  overtaken,
  stopped('SIGINT', 130, true),
  stopped('SIGTERM', 143, false),
  stoppedTwice,
]
