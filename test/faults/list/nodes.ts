import assert from 'node:assert/strict'
import { labDo } from '../../e2e/support.ts'
import { sleep } from '../actions.ts'
import { containerOf, freeze, inside, podman, seesRunning, startedAt } from '../containers.ts'
import type { Fault } from '../fault.ts'
import {
  at,
  inInit,
  inJoinCredentials,
  inNodeSettings,
  inPlaneJoin,
  inPodNetwork,
  inPodRoutes,
  inPrerequisites,
  inWorkerJoin,
  type Moment,
  over,
} from './moments.ts'

/** What happens to the way to a node, or to the whole node, in the middle of a phase. */

const joining = [inPrerequisites, inWorkerJoin, inPlaneJoin]

/** Every phase that `up` has in this cluster. */
const moments = [...joining, inInit, inPodNetwork, inPodRoutes, inNodeSettings]

const fault = (
  what: string,
  moment: Moment,
  always: boolean,
  rest: Pick<Fault, 'exitCode' | 'says'>,
  happen: (node: string) => Promise<unknown>,
): Fault => ({
  name: `${what} in ${moment.phase}`,
  always,
  anew: moment.anew,
  ...rest,
  happen: () => at(moment, happen),
  mend: () => over(moment),
})

// The first name until OpenSSH 9.7, the second from 9.8 on.
const sessions = "-f '^sshd(-session)?: kubernetesadmin'"

/** The processes that serve the admin's ssh on the node are gone. */
const killed = (moment: Moment) =>
  fault('ssh sessions killed', moment, false, { exitCode: 0 }, (node) =>
    inside(node, `pkill -KILL ${sessions}`),
  )

/**
 * Both ends of every connection are told that it is gone, as by a router that has forgotten it, until
 * none of those from before is left: each side speaks every five seconds. Resets themselves pass.
 */
const reset = (moment: Moment, always: boolean) =>
  fault('ssh cut by a reset', moment, always, { exitCode: 0 }, (node) =>
    inside(
      node,
      `before=$(pgrep ${sessions})
trap 'nft delete table inet cutter' EXIT
nft -f - << 'END'
table inet cutter {
  chain here { type filter hook input priority -300; tcp dport 22 tcp flags & rst == 0 reject with tcp reset; }
  chain there { type filter hook output priority -300; tcp sport 22 tcp flags & rst == 0 reject with tcp reset; }
}
END
tries=0
for pid in $before; do
  while kill -0 "$pid" 2> /dev/null; do tries=$((tries + 1)); sleep 0.2; [ "$tries" -lt 100 ]; done
done`,
    ),
  )

/** A node that is on its way down starts no phase any more: it says so. */
const ended =
  /the phase ended without a result|connection was lost|systemd did not start the phase|not within \d+ s|was killed by SIG/

/** Its first process is told to end, and it is started again. @throws when it did not end */
async function offAndOn(node: string, signal: string, pause: number): Promise<void> {
  await podman('kill', '--signal', signal, containerOf(node))
  await podman('wait', containerOf(node))
  const before = await startedAt(node)
  await sleep(pause)
  await labDo('start', node)
  assert.notEqual(await startedAt(node), before, `${node} was never off`)
}

// What has run, and was heard of, cannot end well when its node goes: 0 is not among the codes.
const lost = { exitCode: [15, 16], says: ended }

export const restart = (moment: Moment, always: boolean) =>
  // What `reboot` does (systemd(1), Signals).
  fault('node restarts', moment, always, lost, (node) => offAndOn(node, 'SIGRTMIN+3', 0))

export const powerLoss = (moment: Moment, always: boolean) =>
  fault('power loss of 5 s', moment, always, lost, (node) => offAndOn(node, 'SIGKILL', 5_000))

export const frozen = (moment: Moment, always: boolean) =>
  fault('node frozen for 25 s', moment, always, { exitCode: 0 }, async (node) => {
    await freeze(node)
    await sleep(25_000)
    await podman('unpause', containerOf(node))
  })

const silence = (moment: Moment, seconds: number, always: boolean) =>
  fault(`ssh cut by silence for ${seconds} s`, moment, always, { exitCode: 0 }, async (node) => {
    await labDo('cut', node)
    // That took a second or two.
    await seesRunning(node, moment.phase)
    await sleep(seconds * 1_000)
    await labDo('mend', node)
  })

const gone: Fault = {
  ...fault(
    'node cut off for good',
    inWorkerJoin,
    false,
    { exitCode: [11, 15], says: /the connection was lost while the phase ran/ },
    (node) => labDo('cut', node),
  ),
  async mend() {
    await labDo('mend', inWorkerJoin.node)
    await over(inWorkerJoin)
  },
}

export const nodeFaults: readonly Fault[] = [
  reset(inWorkerJoin, true),
  reset(inPlaneJoin, false),
  killed(inWorkerJoin),
  killed(inPlaneJoin),
  ...joining.map((moment) => silence(moment, 30, moment === inWorkerJoin)),
  silence(inJoinCredentials, 20, false),
  ...moments.map((moment) => restart(moment, moment === inWorkerJoin)),
  ...moments.map((moment) => powerLoss(moment, moment === inPlaneJoin)),
  ...moments.map((moment) => frozen(moment, false)),
  gone,
]
