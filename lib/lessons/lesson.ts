/** A phase as a lesson, as values: what its own file answers to `--explain --json`. */
export interface Lesson {
  readonly phase: string
  readonly title: string
  readonly about: string
  /** Nodes of the cluster file that `up` would run it on; none: this cluster does not need it. */
  readonly nodes: readonly string[]
  readonly steps: readonly LessonStep[]
}

export interface LessonStep {
  readonly title: string
  readonly why: string
  /** As a person would type them, a line each; empty for a step that only looks. */
  readonly commands: string
  /** Paths of files it leaves on the node; one that ends in / is a folder with all that is in it. */
  readonly writes: readonly string[]
  /** Nodes that have this step. */
  readonly nodes: readonly string[]
}

/**
 * The same step on several nodes is told once, with the commands of the first. A step that only some
 * have comes before the step that follows it there.
 *
 * @param lists the steps of each node, in their order
 */
export function mergedSteps(lists: readonly (readonly LessonStep[])[]): readonly LessonStep[] {
  const merged: LessonStep[] = []
  for (const list of lists) {
    let own: LessonStep[] = []
    for (const step of list) {
      const at = merged.findIndex((one) => isSame(one, step))
      const known = merged[at]
      if (known) {
        merged.splice(at, 1, ...own, { ...known, nodes: [...known.nodes, ...step.nodes] })
        own = []
      } else own.push(step)
    }
    merged.push(...own)
  }
  return merged
}

const isSame = (a: LessonStep, b: LessonStep) =>
  a.title === b.title && a.why === b.why && a.writes.join('\n') === b.writes.join('\n')
