import { clock, count, utc } from '../text.ts'
import { language, told } from '../texts/told.ts'
import { criticalPath, type Span } from '../timeline.ts'
import { type Html, html } from './html.ts'
import {
  asWanted,
  changesOf,
  notRun,
  type RunReport,
  runReport,
  type Work,
  type WorkedStep,
} from './model.ts'
import { picture } from './picture.ts'
import type { RunRecord } from './record.ts'
import { style, unfold } from './style.ts'
import { timelinePicture } from './timeline-picture.ts'

/**
 * The report of a run: one HTML file that asks nobody for anything (its policy forbids it), made from
 * what the run wrote down.
 */
export function reportPage(records: readonly RunRecord[]): string {
  const report = runReport(records)
  const title = report ? `${report.cluster.name}: kubestrap up` : 'kubestrap'
  const body = report ? whole(report) : html`<p>${told('This run wrote down nothing.')}</p>`
  return html`<!doctype html>
<html lang="${language()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${unfold}</script>
</body>
</html>
`.markup
}

function whole(report: RunReport): Html {
  const { cluster, works } = report
  // Only tasks: taking back join credentials comes after the last of them.
  const path = criticalPath(works.filter(({ atOnce }) => Number.isFinite(atOnce)))
  return html`<header>
<h1>${cluster.name}</h1>
<p class="soft">kubestrap up, ${utc(report.began)}, ${clock(report.ended - report.began)}${
    report.version ? `, Kubernetes ${report.version}` : ''
  }, ${cluster.runtime}</p>
<p class="verdict ${report.outcome}">${verdictOf(report)}</p>
${report.error ? html`<pre><span class="error">${report.error}</span></pre>` : undefined}
</header>
<main>
<h2>${told('The cluster')}</h2>
<div class="desk">${picture(cluster, 4)}</div>
<div class="phone">${picture(cluster, 2)}</div>
<h2>${told('When what was done')}</h2>
<div class="wide">${timelinePicture(works, path)}</div>
${pathText(path)}
<h2>${told('What was done')}</h2>
<p class="screen"><button id="unfold" type="button">${told('Unfold or fold everything')}</button></p>
${works.map(workSection)}
<h2>${told('What was not changed')}</h2>
${unchanged(report)}
<h2>${told('What was said')}</h2>
<details><summary>${told(count(report.said.length, 'line'))}</summary><div><pre>${report.said.join('\n')}</pre></div></details>
</main>`
}

function verdictOf({ outcome, works, cluster }: RunReport): string {
  const sum = `${told(count(cluster.nodes.length, 'node'))}, ${told(changesOf(works))}`
  const again = told('The same command goes on from here.')
  switch (outcome) {
    case 'done':
      return works.length === 0 ? told('Nothing was to be done.') : `${told('Done')}: ${sum}.`
    case 'failed':
      return `${told('It failed')}: ${sum}. ${again}`
    case 'stopped':
      return `${told('It was stopped')}: ${sum}. ${again}`
    case 'unfinished':
      return `${told('It was cut off, its end is not known')}: ${sum}. ${again}`
  }
}

function pathText(path: readonly Span[]): Html | undefined {
  const [first, last] = [path[0], path.at(-1)]
  if (!first || !last) return undefined
  return html`<p>${told(`What decided the time (${clock(last.to - first.from)}), one after the other:`)}</p>
<ol>${path.map(({ id, from, to }) => html`<li>${id}, ${clock(to - from)}</li>`)}</ol>`
}

function workSection({ node, phase, title, outcome, from, to, steps }: Work): Html {
  const kind = outcome === 'failed' ? 'failed' : outcome === 'ok' ? 'soft' : 'changed'
  return html`<details${outcome === 'failed' ? html` open` : undefined}>
<summary><b>${node}</b> ${phase} <span class="${kind}">${told(outcome)}</span> <span class="soft">${clock(to - from)}</span></summary>
<div><p>${told(title)}.</p>
${steps.filter(isTold).map(stepSection)}
${stillWanted(steps)}</div>
</details>
`
}

const isTold = ({ outcome }: WorkedStep) => outcome !== 'ok'

function stepSection({ title, why, outcome, found, wanted, ms, lines }: WorkedStep): Html {
  const diff =
    found === undefined
      ? undefined
      : html`<pre><span class="found">- ${found}</span>\n<span class="wanted">+ ${wanted}</span></pre>`
  const said = lines.map(
    ({ kind, text }) => html`<span class="${kind}">${mark[kind]}${text}</span>\n`,
  )
  return html`<details${outcome === 'failed' ? html` open` : undefined}>
<summary>${told(title)} <span class="${outcome === 'failed' ? 'failed' : 'soft'}">${told(outcome)}</span> <span class="soft">${seconds(ms)}</span></summary>
<div>${why ? html`<p>${told(why)}</p>` : undefined}
${diff}
${said.length > 0 ? html`<pre>${said}</pre>` : undefined}</div>
</details>
`
}

const mark: Readonly<Record<string, string>> = { command: '$ ', waiting: '... ', output: '  ' }

const seconds = (ms: number) => (ms === 0 ? '' : `${(ms / 1000).toFixed(1)} s`)

/** Of the steps that were as wanted the titles are enough, with why where that is not plain. */
function stillWanted(steps: readonly WorkedStep[]): Html | undefined {
  const ok = steps.filter((step) => !isTold(step))
  if (ok.length === 0) return undefined
  return html`<p class="soft">${told('As wanted already, nothing done:')}</p><ul>${ok.map(
    ({ title, because }) => html`<li>${told(title)}${because ? `: ${told(because)}` : ''}</li>`,
  )}</ul>`
}

function unchanged(report: RunReport): Html {
  const rest = notRun(report)
  if (report.planned.length === 0)
    return html`<p>${told('It ended before there was a plan: nothing.')}</p>`
  if (rest.length === 0)
    return html`<p>${told('Every phase had something to do on every node.')}</p>`
  return html`${rest.map(({ task, because }) => {
    const steps = asWanted(task.steps)
    return html`<details><summary><b>${task.node}</b> ${task.phase} <span class="soft">${told(because)}</span></summary>
<div><p>${told(task.title)}.</p><ul>${steps.map(
      ({ step, because: why }) => html`<li>${told(step)}${why ? `: ${told(why)}` : ''}</li>`,
    )}</ul></div></details>
`
  })}`
}
