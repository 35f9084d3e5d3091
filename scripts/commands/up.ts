import type { Cluster } from '../../lib/cluster.ts'
import { exitCodes, formatError, KubestrapError } from '../../lib/errors.ts'
import { pictured, plannedTasks } from '../../lib/report/record.ts'
import { needsOf, type Task, taskId } from '../../lib/tasks.ts'
import { clock, count } from '../../lib/text.ts'
import { told } from '../../lib/texts/told.ts'
import { type Options, usage } from '../arguments.ts'
import { type Done, doTasks, type Run } from '../do-tasks.ts'
import { holds } from '../hold.ts'
import { interrupted } from '../interrupted.ts'
import { fetchKubeconfig } from '../kubeconfig-file.ts'
import { openPauser, readFromTerminal } from '../pause.ts'
import { planText } from '../plan-text.ts'
import { openRecorder, type Recorder, recordedView, writeReport } from '../recorder.ts'
import { openRemote } from '../remote.ts'
import { withSession } from '../session.ts'
import { stopOnSignals, unlessStopped } from '../stop-on-signals.ts'
import { type Survey, survey } from '../survey.ts'
import { reserveTranscript, writeTranscript } from '../transcript-file.ts'
import { closingTable } from '../view/closing-table.ts'
import { openPaper, openView } from '../view/open-view.ts'
import { nothingToDo } from '../view/view.ts'

/** Raises the cluster, or brings it to what the file says. */
export async function up(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const began = Date.now()
    const { transcript } = options
    if (transcript !== undefined) reserveTranscript(transcript)
    if (options.pause && !process.stdin.isTTY)
      throw usage(['--pause asks before each: it needs a terminal'], 'leave it out')
    const recorder = openRecorder(session.state.logs)
    recorder.note({ kind: 'run', verb: 'up', cluster: pictured(session.cluster) })
    const asking = options.pause && (() => pauser?.asking() ?? false)
    const view = recordedView(openView(options, session.cluster.nodes, asking), recorder)
    const { print } = view
    const stop = stopOnSignals(
      print,
      'nothing more is begun; joins end, a minute at most, and their credentials are taken back (again: leave at once)',
    )
    const read = readFromTerminal
    const pauser =
      options.pause && openPauser(options.pause, { print, read, stopped: stop.controller.signal })
    const onLost = (error: KubestrapError) => stop.controller.abort(error)
    const held = holds({ ...session, verb: 'up', print, onLost })
    const remote = openRemote(session, view, { stands: held.stands, pauser })
    const run = {
      session: { ...session, print, hold: held.take },
      view,
      remote,
      stop: stop.controller,
      recorder,
      ...(pauser ? { pauser } : {}),
    }
    try {
      const code = await converge(run, began)
      recorder.note({ kind: 'run-ended', outcome: outcomeOf(code) })
      return code
    } catch (error) {
      recorder.note({ kind: 'run-ended', outcome: 'failed', error: formatError(error) })
      throw error
    } finally {
      // Whatever happened: a run that failed is what people want to look at.
      view.print(`${told('report')}: ${writeReport(session.state.logs)}`)
      if (transcript !== undefined) {
        writeTranscript(session.state.logs, transcript)
        view.print(`${told('transcript')}: ${transcript}`)
      }
      await held.release()
      stop.forget()
      view.close()
    }
  })
}

/** A run that writes down what it does. */
type RecordedRun = Run & { readonly recorder: Recorder }

function outcomeOf(code: number): 'done' | 'failed' | 'stopped' {
  if (code === exitCodes.ok) return 'done'
  return code >= exitCodes.interrupted || code === exitCodes.usage ? 'stopped' : 'failed'
}

async function converge(run: RecordedRun, began: number): Promise<number> {
  const { session, view } = run
  view.waiting(told(`looking at ${told(count(session.cluster.nodes.length, 'node'))}`))
  const seen = await unlessStopped(survey(session, run.remote), run.stop.signal)
  view.waiting(undefined)
  if (seen === undefined) return stopped(run, 0)
  const open = seen.tasks.filter(({ state }) => state === 'to do')
  for (const line of planText(session.cluster, seen.verdict, seen.tasks)) view.print(line)
  if (open.length > 0 && !session.options.yes) {
    const yes = await unlessStopped(session.confirm(told('Do this?')), run.stop.signal)
    if (yes === undefined) return stopped(run, 0)
    if (!yes) {
      view.print(told('Nothing was done. (In scripts: --yes)'))
      return exitCodes.usage
    }
  }
  run.recorder.note({
    kind: 'plan',
    version: seen.verdict.version,
    tasks: plannedTasks(seen.tasks),
  })
  const working = new Set(open.map(({ node }) => node.name))
  const expected = (name: string) => (working.has(name) ? 'waits for its turn' : nothingToDo)
  if (open.length > 0)
    view.planned(new Map(session.cluster.nodes.map(({ name }) => [name, expected(name)])))
  const done = await doTasks(run, seen)
  if (run.stop.signal.aborted) return stopped(run, done.outcomes.size)
  return close(run, seen, done, Date.now() - began)
}

const stopped = ({ view, session, remote, stop }: Run, ended: number): number =>
  interrupted({
    ...{ remote, ended, logs: session.state.logs },
    print: view.print,
    reason: stop.signal.reason,
  })

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
    const ids = (task: Task) => needsOf(task, seen.tasks).map(({ task: one }) => taskId(one))
    const paper = openPaper(session.options)
    for (const line of closingTable(new Map(worked), done.measured, ids, paper)) view.print(line)
  }
  const [first] = done.errors
  if (first !== undefined) {
    view.print(
      `\n${told(count(done.errors.length, 'failure'))}, ${told(`${changed} changed`)}, ${clock(ms)}. ${told(`Logs: ${session.state.logs}`)}`,
    )
    view.print(
      told('Nothing that was done is lost: run the same command again, it goes on from here.'),
    )
    return first instanceof KubestrapError ? first.exitCode : 1
  }
  view.print(
    `\n${told(count(session.cluster.nodes.length, 'node'))}, ${told(`${changed} changed`)}, ${clock(ms)}`,
  )
  const steward = session.cluster.nodes.find(({ name }) => name === seen.verdict.steward)
  const begun = worked.some(
    ([{ phase }, outcome]) => phase.name === 'control-plane-init' && outcome === 'done',
  )
  if (steward && (seen.verdict.living || begun))
    view.print(`kubeconfig: ${await fetchKubeconfig(session, steward, session.state.kubeconfig)}`)
  for (const line of tryNext(session.cluster, begun)) view.print(line)
  return exitCodes.ok
}

/** After the first time: what shows that it is highly available. */
function tryNext({ nodes, etcd }: Cluster, begun: boolean): string[] {
  const planes = nodes.filter(({ role }) => role === 'control-plane')
  const [first] = planes
  if (!begun || !first) return []
  const lasts = planes.length >= 3 || (etcd.external !== undefined && planes.length > 1)
  return lasts
    ? [told(`Try next: stop ${first.name} and watch: kubestrap status`)]
    : [told('Try next: kubestrap status')]
}
