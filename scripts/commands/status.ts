import { setTimeout as sleep } from 'node:timers/promises'
import { exitCodes } from '../../lib/errors.ts'
import type { Options } from '../arguments.ts'
import { observeAll, type SeenNode } from '../observe.ts'
import { meet, type Session, withSession } from '../session.ts'
import { type StatusReport, statusReport } from '../status-report.ts'
import { statusText } from '../status-text.ts'
import { isTerminal } from '../view/open-view.ts'
import { type Watcher, watcher } from '../view/watcher.ts'

/** Asks the living cluster how it is; works with nodes down. */
export async function status(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    if (options.watch) return watch(session, openWatcher(options))
    const report = await look(session)
    if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
    else for (const line of statusText(report)) session.print(line)
    return report.healthy ? exitCodes.ok : exitCodes.unhealthy
  })
}

async function look(session: Session): Promise<StatusReport> {
  const { nodes } = session.cluster
  const met = await meet(session, nodes)
  const reachable = nodes.filter(({ name }) => !met.some(({ node }) => node === name))
  const seen = await observeAll(session, reachable, { options: { look: 'status' } })
  const silent: SeenNode[] = met.flatMap((problem) => {
    const node = nodes.find(({ name }) => name === problem.node)
    return node ? [{ node, problem }] : []
  })
  return statusReport(session.cluster, [...seen, ...silent], new Date())
}

/** Between two looks: each asks every node and etcd, so that faster would be felt there. */
const every = 3_000

/** One JSON document a line, a screen that is drawn anew, or lines of what has changed. */
function openWatcher(options: Options): Watcher {
  if (options.json) {
    const show = (report: StatusReport) => void process.stdout.write(`${JSON.stringify(report)}\n`)
    return { show, close: () => undefined }
  }
  return watcher(process.stdout, isTerminal(options))
}

/** Looks again and again, over the same connections, until somebody stops it. */
async function watch(session: Session, view: Watcher): Promise<number> {
  const stop = new AbortController()
  let code: number = exitCodes.interrupted
  const onSignal = (signal: string) => {
    code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
    stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const stopped = new Promise<undefined>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(undefined))
  })
  try {
    while (!stop.signal.aborted) {
      const report = await Promise.race([look(session), stopped])
      if (report) view.show(report)
      await sleep(every, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    view.close()
  }
  return code
}
