import { randomBytes } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode } from '../lib/cluster.ts'
import { KubestrapError } from '../lib/errors.ts'
import { clock, plainLine } from '../lib/text.ts'
import { told } from '../lib/texts/told.ts'
import { callWith, throughStdin } from './as-root.ts'
import type { Bundles } from './bundles.ts'
import type { Connections, Talk } from './ssh.ts'
import { sshProblem } from './ssh-problems.ts'

/** How often a node hears that this orchestrator lives; hold.sh gives it up after 30 s. */
const beatEvery = 5_000
const answerWithin = 20_000
/** So long after a beat that was answered the node is surely held: less than hold.sh's 30 s. */
const sureFor = 20_000
/** How long a node may be away before nothing more is begun there: as long as a phase is followed. */
const awayLimit = 150_000
/** Between two tries to take a node again that was lost, in milliseconds. */
const longestPause = 10_000

/** Who works on the cluster, as the nodes tell it to somebody who comes second. */
export interface Holder {
  readonly who: string
  readonly verb: string
  readonly pid: number
  /** Of this very run: tells a broken connection of its own from somebody else. */
  readonly id: string
  /** RFC 3339, UTC. */
  readonly since: string
}

/** The nodes that this orchestrator holds, each by a lock that ends with it. */
export interface Holds {
  /**
   * Takes a connected node, once.
   *
   * @throws KubestrapError KS-HELD when somebody else works on it
   */
  readonly take: (node: ClusterNode) => Promise<void>
  /**
   * Before something is begun on a node: this computer may have slept, and somebody else come.
   *
   * @throws KubestrapError KS-HOLD-LOST when somebody else has taken a node, KS-NO-LOCK or what is in
   *   the way when this one cannot be taken again
   */
  readonly stands: (node: ClusterNode) => Promise<void>
  readonly release: () => Promise<void>
}

interface Holding {
  readonly ssh: Connections
  readonly bundles: Bundles
  readonly verb: string
  readonly print: (line: string) => void
  /** Somebody else took a node while we were away: nothing more may be begun. */
  readonly onLost: (error: KubestrapError) => void
}

export function holds(holding: Holding): Holds {
  const taken = new Map<ClusterNode, Promise<Talk>>()
  /** When the last beat that a node answered was sent, in milliseconds since the epoch. */
  const answered = new Map<ClusterNode, number>()
  const announced = new Set<string>()
  let released = false
  let gone: KubestrapError | undefined
  const me = self(holding.verb)

  const take = async (node: ClusterNode): Promise<Talk> => {
    const asked = Date.now()
    const { talk, left } = await taking(holding, node, me, (at) => answered.set(node, at))
    answered.set(node, asked)
    if (left && !isMe(left, me) && !announced.has(left.since)) {
      announced.add(left.since)
      holding.print(
        told(`${describe(left)} ended without a word, since ${left.since}: going on from here`),
      )
    }
    void talk.ended.then(() => (released ? undefined : retake(node)))
    return talk
  }
  // The connection broke, the node restarted, or this computer slept: the lock is gone with it.
  const retake = async (node: ClusterNode): Promise<void> => {
    taken.delete(node)
    for (let tries = 0; !released; tries += 1) {
      try {
        if ((await holding.ssh.open(node)) === undefined && !released) {
          const again = take(node)
          taken.set(node, again)
          return void (await again)
        }
      } catch (error) {
        taken.delete(node)
        if (error instanceof KubestrapError && error.details.id === 'KS-HELD') {
          gone = lost(error)
          return holding.onLost(gone)
        }
      }
      await sleep(Math.min(1_000 * 2 ** tries, longestPause), undefined, { ref: false })
    }
  }
  const beatOn = (node: ClusterNode) =>
    void taken
      .get(node)
      ?.then(({ send }) => send(`${Date.now()}\n`))
      .catch(() => {})
  const beat = setInterval(() => [...taken.keys()].forEach(beatOn), beatEvery)
  beat.unref()

  return {
    async take(node) {
      const mine = taken.get(node) ?? take(node)
      taken.set(node, mine)
      await mine
    },
    async stands(node) {
      const isSure = () => Date.now() - (answered.get(node) ?? 0) < sureFor
      const began = Date.now()
      while (answered.has(node) && !isSure()) {
        if (gone) throw gone
        if (Date.now() - began > awayLimit) throw await away(holding, node)
        beatOn(node)
        await sleep(200)
      }
      if (gone) throw gone
    },
    async release() {
      released = true
      clearInterval(beat)
      const talks = await Promise.allSettled(taken.values())
      await Promise.all(
        talks.map(async (one) => {
          if (one.status === 'rejected') return
          one.value.send('release\n')
          one.value.end()
          await one.value.ended
        }),
      )
    },
  }
}

function self(verb: string): Holder {
  const { username } = userInfo()
  const since = `${new Date().toISOString().slice(0, 19)}Z`
  const id = randomBytes(6).toString('hex')
  return { who: `${username}@${hostname()}`, verb, pid: process.pid, id, since }
}

interface Taken {
  readonly talk: Talk
  /** Somebody who ended without a word. */
  readonly left: Holder | undefined
}

/**
 * Asks once more a moment later: an orchestrator that was killed lets go when ssh has noticed. After
 * a silence it may be this very one whose broken connection still holds the node for half a minute.
 */
async function taking(
  holding: Holding,
  node: ClusterNode,
  me: Holder,
  onStill: (at: number) => void,
): Promise<Taken> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(holding, node, me, onStill)
    if ('talk' in answer) return answer
    const patience = isMe(answer.by, me) ? ownLockTries : 2
    if (tries >= patience) throw held(node, answer.by)
    await sleep(1_000)
  }
}

/** Seconds until a node has surely let go of a connection that nobody speaks on. */
const ownLockTries = 40

const isMe = (by: Holder | undefined, me: Holder) => by?.id === me.id

async function ask(
  { ssh, bundles }: Holding,
  node: ClusterNode,
  me: Holder,
  onStill: (at: number) => void,
): Promise<Taken | { readonly by: Holder | undefined }> {
  let left: Holder | undefined
  let said: (answer: 'mine' | { readonly by: Holder | undefined }) => void = () => undefined
  const answered = new Promise<Parameters<typeof said>[0]>((resolve) => {
    said = resolve
  })
  const talk = ssh.talk(node, throughStdin, (line) => {
    if (line === 'mine') said('mine')
    else if (line.startsWith('held ')) said({ by: holder(line.slice(5)) })
    else if (line.startsWith('left ')) left = holder(line.slice(5))
    else if (/^still \d{13}$/.test(line)) onStill(Math.min(Number(line.slice(6)), Date.now()))
  })
  const timer = setTimeout(() => talk.end(), answerWithin)
  talk.send(callWith(bundles.read('hold.sh'), [JSON.stringify(me)]))
  const silent = talk.ended.then((errors) => {
    throw noAnswer(node, errors)
  })
  try {
    const answer = await Promise.race([answered, silent])
    return answer === 'mine' ? { talk, left } : answer
  } finally {
    clearTimeout(timer)
    silent.catch(() => undefined)
  }
}

/** What a node says of a holder, bounded and printable; it may be anything. */
function holder(text: string): Holder | undefined {
  try {
    const { who, verb, pid, id, since } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>
    const word = (value: unknown) => plainLine(String(value)).slice(0, 80)
    return { who: word(who), verb: word(verb), pid: Number(pid), id: word(id), since: word(since) }
  } catch {
    return undefined
  }
}

const describe = ({ who, verb, pid }: Holder) => `kubestrap ${verb} of ${who} (process ${pid})`

function held(node: ClusterNode, by: Holder | undefined): KubestrapError {
  const age = by ? Date.now() - Date.parse(by.since) : Number.NaN
  const since = by ? `since ${by.since}${age > 0 ? ` (${clock(age)})` : ''}` : ''
  return new KubestrapError({
    id: 'KS-HELD',
    exit: 'locked',
    what: by ? `${describe(by)} works on this cluster, ${since}` : 'another kubestrap works here',
    node: node.name,
    unchanged: 'nothing, on no node',
    remedy:
      'wait for it, or stop it there (Ctrl-C); if its computer is gone, the nodes let go within 30 s',
  })
}

function lost(error: KubestrapError): KubestrapError {
  return new KubestrapError(
    {
      ...error.details,
      id: 'KS-HOLD-LOST',
      what: `this computer was away for too long, and ${error.details.what}`,
      unchanged: 'nothing more was begun; phases that ran went on on their nodes',
      remedy: 'wait for the other one to end, then run the same command again',
    },
    { cause: error },
  )
}

/** Why a node that was held cannot be taken again. */
async function away({ ssh }: Holding, node: ClusterNode): Promise<KubestrapError> {
  const problem = await ssh.open(node)
  const unchanged = 'nothing more was begun on this node'
  return problem
    ? new KubestrapError({ ...problem, unchanged })
    : new KubestrapError({ ...noAnswer(node, '').details, unchanged })
}

function noAnswer(node: ClusterNode, errors: string): KubestrapError {
  const problem = sshProblem(node.name, errors)
  if (problem.id !== 'KS-UNREACHABLE')
    return new KubestrapError({ ...problem, unchanged: 'nothing, on no node' })
  return new KubestrapError({
    id: 'KS-NO-LOCK',
    exit: 'phaseFailed',
    what: 'the node could not be taken for this orchestrator',
    node: node.name,
    lines: errors.trim().split('\n').slice(-5).map(plainLine),
    unchanged: 'nothing, on no node',
    remedy: 'look at /run/kubestrap on the node: it must be writable, and flock installed',
  })
}
