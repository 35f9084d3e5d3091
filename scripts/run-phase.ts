import { randomBytes } from 'node:crypto'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import type { PhaseResult } from '../lib/events.ts'
import { readMessage } from '../lib/node-messages.ts'
import type { PhaseInput } from '../lib/phase-input.ts'
import { plainLine } from '../lib/text.ts'
import { bundleCommand } from './bundles.ts'
import { withPatience } from './patience.ts'
import { equip, inTurn, type Reading, type Remote } from './remote.ts'
import { sshProblem } from './ssh-problems.ts'

/** A phase tells every few seconds that it lives (signOfLife). Before, dnf may install Node.js. */
const silence = { first: 900_000, after: 60_000 }

/**
 * Starts a phase on a node and reads along until its result. When the connection is lost the
 * phase goes on by itself: it is found again and followed from where reading stopped.
 *
 * @param stopped when it says so before the node's turn has come, the phase is not begun
 * @throws KubestrapError of the phase, KS-UNREACHABLE when the node stays away, KS-HOLD-LOST when
 *   somebody else has taken it; the reason of the stop
 */
export async function runPhase(
  remote: Remote,
  node: ClusterNode,
  phase: string,
  input: PhaseInput,
  stopped?: AbortSignal,
): Promise<PhaseResult> {
  const run = `${phase}-${randomBytes(6).toString('hex')}`
  const begin = { verb: 'start', stdin: JSON.stringify({ run, input }) }
  return inTurn(remote, node, async () => {
    stopped?.throwIfAborted()
    await remote.stands(node)
    await equip(remote, node)
    // Both may have been waited for, and meanwhile somebody pressed Ctrl-C.
    stopped?.throwIfAborted()
    const result = await read(remote, { node, phase, run }, begin)
    return finished(
      result,
      node,
      `${remote.logOf(node.name)}; on the node /run/kubestrap/runs/${run}`,
    )
  })
}

/** Reads along with a phase that somebody else started. */
export async function attach(remote: Remote, node: ClusterNode, run: string): Promise<PhaseResult> {
  const phase = run.replace(/-[0-9a-f]+$/, '')
  await equip(remote, node)
  return read(remote, { node, phase, run }, undefined)
}

type Begin = { readonly verb: string; readonly stdin: string } | undefined

async function read(remote: Remote, reading: Reading, begin: Begin): Promise<PhaseResult> {
  remote.running.add(reading)
  try {
    return await readToItsEnd(remote, reading, begin)
  } finally {
    remote.running.delete(reading)
  }
}

async function readToItsEnd(remote: Remote, reading: Reading, begin: Begin): Promise<PhaseResult> {
  const { node, phase, run } = reading
  const progress: Progress = { next: 0, told: 0 }
  let said = ''
  let ends = 0
  const ended = await withPatience(remote.ssh, node, async () => {
    // Until something was read nobody knows whether it began: starting the same run twice is safe.
    const starting = begin !== undefined && progress.next === 0
    const verb = starting ? begin.verb : `follow ${run} --from ${progress.next}`
    // reset.mjs deletes nothing it runs from; every phase's bundle can follow every run.
    const command = bundleCommand(remote.bundles, phase, verb)
    const answer = await remote.ssh.exec(node, command, {
      stdin: starting ? begin.stdin : '',
      onLine: (line) => take(remote, reading, progress, line),
      silence: starting ? silence : { first: silence.after, after: silence.after },
    })
    said = answer.stderr
    if (progress.result || answer.lost) return progress.result
    // Not the connection, but what reads along was killed: the phase itself may go on.
    ends += 1
    if (answer.exitCode <= 128 || progress.next === 0 || ends === 3)
      throw didNotRun(reading, answer.stderr || answer.stdout)
    return undefined
  })
  if ('given' in ended) return ended.given
  const problem = ended.away ?? sshProblem(node.name, said)
  throw new KubestrapError({
    ...problem,
    node: node.name,
    phase,
    what: `the connection was lost while the phase ran: ${problem.what}`,
    remedy: `the phase goes on on the node; run the same command again, it will find it`,
  })
}

/** A phase tells some hundred; a node that never ends is not listened to for ever. */
const mostEvents = 200_000

interface Progress {
  next: number
  told: number
  result?: PhaseResult
}

/** Only lines of this very run count; a node cannot end it with a line of somebody else's. */
function take(remote: Remote, reading: Reading, progress: Progress, line: string) {
  const { node, phase, run } = reading
  const message = readMessage(line, run)
  if (message && 'event' in message) {
    if (message.event.seq < progress.next) return
    progress.told += 1
    if (progress.told > mostEvents) return
    progress.next = message.event.seq + 1
    remote.onEvent(node, phase, message.event)
    if (message.event.kind === 'paused') remote.onPaused(reading, message.event)
  } else if (message) {
    progress.result = message.result
  } else if (line.trim() !== '') {
    remote.onNoise(node, plainLine(line))
  }
}

function finished(result: PhaseResult, node: ClusterNode, log: string): PhaseResult {
  if (result.outcome === 'done') return result
  const unknown = {
    id: 'KS-PHASE-FAILED',
    exit: 'phaseFailed',
    what: 'the phase failed and did not say why',
  } as const
  throw new KubestrapError({
    ...(result.error ?? unknown),
    node: node.name,
    phase: result.phase,
    log,
  })
}

function didNotRun({ node, phase }: Reading, said: string): KubestrapError {
  if (said.includes('dnf could not install Node.js')) return noNode(node, phase, said)
  const full = /ENOSPC|No space left on device/i.test(said)
  return new KubestrapError({
    id: 'KS-PHASE-NOT-RUN',
    exit: 'phaseFailed',
    what: full ? 'no space is left on a disk of the node' : 'the phase ended without a result',
    node: node.name,
    phase,
    lines: said.trim().split('\n').slice(-20).map(plainLine),
    remedy: full
      ? 'see which: df -h / /run /var/lib/kubestrap; free some of it, then run the same command again'
      : 'run the same command again',
  })
}

/** The first thing that needs the way out: on a machine behind a proxy it fails here. */
function noNode(node: ClusterNode, phase: string, said: string): KubestrapError {
  return new KubestrapError({
    id: 'KS-NODE-INSTALL',
    exit: 'phaseFailed',
    what: 'dnf could not install Node.js, which the phases need',
    node: node.name,
    phase,
    lines: said.trim().split('\n').slice(-12).map(plainLine),
    unchanged: 'nothing was installed',
    remedy:
      'try on the node: dnf install nodejs. Behind a proxy set `proxy:` in the cluster file; offline give the machine a mirror of its own repositories (docs/sources.md)',
  })
}
