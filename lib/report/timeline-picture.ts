import { clock } from '../text.ts'
import { told } from '../texts/told.ts'
import { axisMarks, type Span } from '../timeline.ts'
import { type Html, html } from './html.ts'
import type { Work } from './model.ts'

const size = { width: 760, label: 218, row: 22, top: 26, right: 60 }

/** A bar a phase and node on one axis of time; the path that decided the time stands out. */
export function timelinePicture(works: readonly Work[], path: readonly Span[]): Html {
  if (works.length === 0) return html`<p>${told('No phase ran.')}</p>`
  const begin = Math.min(...works.map(({ from }) => from))
  const length = Math.max(1000, ...works.map(({ to }) => to - begin))
  const scale = (size.width - size.label - size.right) / length
  const height = size.top + works.length * size.row + 6
  const marks = axisMarks(length, 7)
  return html`<svg class="timeline" viewBox="0 0 ${size.width} ${height}" role="img"
  aria-label="${told('When each phase worked on each node; the same as the list of phases below')}">
${marks.map((mark) => axisMark(mark, size.label + mark * scale, height))}
${works.map((work, index) => {
  const critical = path.some((span) => span.from === work.from && span.id === work.id)
  const place = { x: size.label + (work.from - begin) * scale, scale, index, critical }
  return bar(work, place)
})}
</svg>`
}

const axisMark = (mark: number, x: number, height: number) =>
  html`<line class="mark" x1="${x}" y1="18" x2="${x}" y2="${height}"/><text class="small" x="${x}" y="13" text-anchor="middle">${clock(mark)}</text>
`

interface Place {
  readonly x: number
  readonly scale: number
  readonly index: number
  readonly critical: boolean
}

function bar({ node, phase, from, to, outcome }: Work, place: Place): Html {
  const y = size.top + place.index * size.row
  const width = Math.max(2, (to - from) * place.scale)
  const kind = outcome === 'failed' ? 'bar failed' : place.critical ? 'bar critical' : 'bar'
  return html`<text class="small" x="0" y="${y + 13}">${node} ${phase}</text><rect class="${kind}" x="${place.x}" y="${y + 3}" width="${width}" height="13" rx="2"/><text class="small" x="${place.x + width + 5}" y="${y + 13}">${clock(to - from)}</text>
`
}
