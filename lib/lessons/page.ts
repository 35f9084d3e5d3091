import { type PhaseName, phases } from '../phases.ts'
import { type Html, html } from '../report/html.ts'
import { picture } from '../report/picture.ts'
import type { PicturedCluster } from '../report/record.ts'
import { style, unfold } from '../report/style.ts'
import { count } from '../text.ts'
import { language, told, toldCommands } from '../texts/told.ts'
import type { Lesson, LessonStep } from './lesson.ts'

/**
 * Lessons as one HTML file that asks nobody for anything: the cluster, then phase by phase the steps
 * with reason, commands and files. Phases that the cluster does not need are named at the end.
 */
export function lessonsPage(cluster: PicturedCluster, lessons: readonly Lesson[]): string {
  const needed = lessons.filter(({ nodes }) => nodes.length > 0)
  const idle = lessons.filter(({ nodes }) => nodes.length === 0)
  const steps = needed.reduce((sum, lesson) => sum + lesson.steps.length, 0)
  return html`<!doctype html>
<html lang="${language()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${cluster.name}: ${told('how the cluster is made')}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${cluster.name}: ${told('how the cluster is made')}</h1>
<p class="soft">${told(count(needed.length, 'phase'))}, ${told(count(steps, 'step'))}, ${told('told by the steps of kubestrap themselves; no node was asked')}</p>
</header>
<main>
<div class="desk">${picture(cluster, 4)}</div>
<div class="phone">${picture(cluster, 2)}</div>
<ol>${needed.map(({ phase, title }) => html`<li><a href="#${phase}">${phase}</a>: ${told(title)}</li>`)}</ol>
<p class="screen"><button id="unfold" type="button">${told('Unfold or fold everything')}</button></p>
${needed.map(chapter)}
${notNeeded(idle)}
</main>
<script>${unfold}</script>
</body>
</html>
`.markup
}

function chapter({ phase, title, about, nodes, steps }: Lesson): Html {
  return html`<section id="${phase}">
<h2>${phase}: ${told(title)}</h2>
<p>${told(about)}</p>
<p class="soft">${whereAndWhen(phase, nodes)}</p>
${steps.map((step, index) => stepPart(step, index, nodes))}
</section>
`
}

/** "Runs on: k-worker-1, k-worker-2. Begins after: prerequisites, control-plane-init." */
function whereAndWhen(name: string, nodes: readonly string[]): string {
  const after: readonly PhaseName[] = [
    ...new Set(phases.find((one) => one.name === name)?.after.map(({ phase }) => phase)),
  ]
  const when = after.length === 0 ? '' : ` ${told('Begins after')}: ${after.join(', ')}.`
  return `${told('Runs on')}: ${nodes.join(', ')}.${when}`
}

/** Nodes are named where not all of the phase have the step. */
function stepPart(step: LessonStep, index: number, all: readonly string[]): Html {
  const { title, why, commands, writes, nodes } = step
  const some =
    nodes.length < all.length ? html` <span class="soft">${nodes.join(', ')}</span>` : undefined
  return html`<details>
<summary>${index + 1}. ${told(title)}${some}</summary>
<div><p>${told(why)}</p>
${commands === '' ? html`<p>${told('It only looks, and refuses to go on when it is not so.')}</p>` : html`<pre>${toldCommands(commands)}</pre>`}
${writes.length > 0 ? html`<p class="soft">${told('Writes')} ${writes.join(', ')}</p>` : undefined}</div>
</details>
`
}

function notNeeded(idle: readonly Lesson[]): Html | undefined {
  if (idle.length === 0) return undefined
  const items = idle.map(({ phase, title }) => html`<li>${phase}: ${told(title)}</li>`)
  return html`<h2>${told('Not needed by this cluster')}</h2><ul>${items}</ul>`
}
