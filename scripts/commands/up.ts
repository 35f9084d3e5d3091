import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { clock, count } from '../../lib/text.ts'
import type { Options } from '../arguments.ts'
import { type Done, doTasks, type Run } from '../do-tasks.ts'
import { holds } from '../hold.ts'
import { fetchKubeconfig } from '../kubeconfig-file.ts'
import { planText } from '../plan-text.ts'
import { openRemote } from '../remote.ts'
import { withSession } from '../session.ts'
import { type Signal, stopOnSignals } from '../stop-on-signals.ts'
import { type Survey, survey } from '../survey.ts'
import { closingTable } from '../view/closing-table.ts'
import { openView } from '../view/open-view.ts'

/** Raises the cluster, or brings it to what the file says. */
export async function up(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const began = Date.now()
    const view = openView(options, session.cluster.nodes)
    const remote = openRemote(session, view)
    const stop = stopOnSignals(view.print)
    const { print } = view
    const onLost = (error: KubestrapError) => stop.controller.abort(error)
    const held = holds({ ...session, verb: 'up', print, onLost })
    const run = {
      session: { ...session, print, hold: held.take },
      view,
      remote,
      stop: stop.controller,
    }
    try {
      return await converge(run, began)
    } finally {
      await held.release()
      stop.forget()
      view.close()
    }
  })
}

async function converge(run: Run, began: number): Promise<number> {
  const { session, view } = run
  view.waiting(`looking at ${count(session.cluster.nodes.length, 'node')}`)
  const seen = await survey(session, run.remote)
  view.waiting(undefined)
  const open = seen.tasks.filter(({ state }) => state === 'to do')
  for (const line of planText(session.cluster, seen.verdict, seen.tasks)) view.print(line)
  if (open.length > 0 && !session.options.yes && !(await session.confirm('Do this?'))) {
    view.print('Nothing was done. (In scripts: --yes)')
    return exitCodes.usage
  }
  const done = await doTasks(run, seen)
  const { aborted, reason } = run.stop.signal
  if (aborted && reason instanceof KubestrapError) throw reason
  if (aborted) return interrupted(run, done, reason as Signal)
  return close(run, seen, done, Date.now() - began)
}

/** What was begun on nodes goes on there: it is said where, and how it is found again. */
function interrupted({ view, session }: Run, { outcomes }: Done, signal: Signal): number {
  const ended = [...outcomes.keys()]
  view.print(`\nstopped by ${signal}; ${ended.length} tasks were done or skipped.`)
  view.print(
    'Phases that run go on on their nodes; the same command reads along with them and goes on.',
  )
  view.print(`Logs: ${session.state.logs}`)
  return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
}

async function close(run: Run, seen: Survey, done: Done, ms: number): Promise<number> {
  const { session, view } = run
  // In the order of the file, not in that of the ends.
  const worked = seen.tasks.flatMap((task) => {
    const outcome = done.outcomes.get(task)
    return task.state === 'to do' && outcome ? [[task, outcome] as const] : []
  })
  const changed = [...done.measured.values()].reduce((sum, one) => sum + one.changed, 0)
  if (worked.length > 0) {
    view.print('')
    for (const line of closingTable(new Map(worked), done.measured)) view.print(line)
  }
  const [first] = done.errors
  if (first !== undefined) {
    view.print(
      `\n${count(done.errors.length, 'failure')}, ${changed} changed, ${clock(ms)}. Logs: ${session.state.logs}`,
    )
    view.print('Nothing that was done is lost: run the same command again, it goes on from here.')
    return first instanceof KubestrapError ? first.exitCode : 1
  }
  view.print(`\n${count(session.cluster.nodes.length, 'node')}, ${changed} changed, ${clock(ms)}`)
  const steward = session.cluster.nodes.find(({ name }) => name === seen.verdict.steward)
  const begun = worked.some(
    ([{ phase }, outcome]) => phase.name === 'control-plane-init' && outcome === 'done',
  )
  if (steward && (seen.verdict.living || begun))
    view.print(`kubeconfig: ${await fetchKubeconfig(session, steward, session.state.kubeconfig)}`)
  return exitCodes.ok
}
