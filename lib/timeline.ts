/** A piece of work as it was measured: when, and what had to come before. */
export interface Span {
  /** `PHASE@NODE` */
  readonly id: string
  readonly node: string
  readonly phase: string
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  /** Ids that it needed. */
  readonly needs: readonly string[]
  /** How many of the same phase may work at the same time. */
  readonly atOnce: number
}

/**
 * The chain that decided how long the run took, the earliest first: from the span that ended last,
 * each time back to what it waited for last. That is what it needed, what worked on its node just
 * before (one phase at a time there), or, where the phase's slots were taken, the one that gave
 * its slot back.
 */
export function criticalPath(spans: readonly Span[]): Span[] {
  const path: Span[] = []
  let now = latest(spans)
  while (now !== undefined) {
    path.unshift(now)
    now = latest(holdersUp(now, spans))
  }
  return path
}

/** Two clocks' readings of one moment: what ends just as the next begins counts as before it. */
const sameMoment = 50

function holdersUp(span: Span, spans: readonly Span[]): Span[] {
  return spans.filter(
    (other) =>
      other.from < span.from &&
      other.to <= span.from + sameMoment &&
      (span.needs.includes(other.id) || other.node === span.node || tookSlot(other, span, spans)),
  )
}

/** Whether all slots of the phase were taken until this one ended. */
function tookSlot(other: Span, span: Span, spans: readonly Span[]): boolean {
  const busy = spans.filter(
    (one) => one.phase === span.phase && one.from < other.to && one.to >= other.to,
  )
  return other.phase === span.phase && busy.length >= span.atOnce
}

const latest = (spans: readonly Span[]) =>
  spans.reduce<Span | undefined>((last, one) => (last && last.to >= one.to ? last : one), undefined)

/** Marks of a time axis: every so many milliseconds that at most `most` of them fit, from 0 on. */
export function axisMarks(length: number, most: number): number[] {
  const wanted = length / Math.max(1, most)
  const step = nice.find((one) => one >= wanted) ?? Math.ceil(wanted / hour) * hour
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step)
}

const hour = 3_600_000
const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((s) => s * 1000)
