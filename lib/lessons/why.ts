import { closest } from '../suggest.ts'
import { told } from '../texts/told.ts'
import type { Lesson, LessonStep } from './lesson.ts'

/** A step that leaves a file, and the phase it belongs to. */
export interface Author {
  readonly phase: string
  readonly step: LessonStep
  /** As the step names it. */
  readonly file: string
}

/** Every file of the lessons with the step that leaves it, in the order of the run. */
export function authors(lessons: readonly Lesson[]): readonly Author[] {
  return lessons.flatMap(({ phase, steps }) =>
    steps.flatMap((step) => step.writes.map((file) => ({ phase, step, file }))),
  )
}

/** The authors of a path: those that name it, else those of the nearest folder it is in. */
export function authorsOf(path: string, all: readonly Author[]): readonly Author[] {
  const wanted = path.replace(/\/+/g, '/')
  const exact = all.filter(({ file }) => isSame(file, wanted))
  if (exact.length > 0) return exact
  const folders = all.filter(({ file }) => file.endsWith('/') && wanted.startsWith(file))
  const longest = Math.max(0, ...folders.map(({ file }) => file.length))
  return folders.filter(({ file }) => file.length === longest)
}

/** `~admin/.kube/config` is in a home of which no cluster file knows where it is. */
function isSame(file: string, path: string): boolean {
  if (file === path || file === `${path}/`) return true
  const [, user, rest] = /^~([^/]*)(\/.*)$/.exec(file) ?? []
  if (rest === undefined || !path.endsWith(rest)) return false
  const home = path.slice(0, -rest.length)
  return home === '~' || home === `~${user}` || home.split('/').at(-1) === user
}

/** The file that a mistyped path, or the bare name of one, was probably meant to be. */
export function nearFiles(path: string, all: readonly Author[]): readonly string[] {
  const files = [...new Set(all.map(({ file }) => file))]
  const sameName = files.filter((file) => file.split('/').at(-1) === path.split('/').at(-1))
  const near = closest(path, files)
  return [...new Set([...sameName, ...(near === undefined ? [] : [near])])]
}

const row = (name: string, text: string) => `${name.padEnd(7)} ${text}`

/** What is told of a path: a paragraph for each step that leaves it. */
export function whyText(path: string, found: readonly Author[]): string {
  const parts = found.map(({ phase, step, file }) =>
    [
      row(told('phase'), phase),
      row(told('step'), told(step.title)),
      ...(file === path ? [] : [row(told('file'), file)]),
      row(told('nodes'), step.nodes.join(', ') || told('none of this cluster')),
      row(told('reason'), told(step.why)),
    ].join('\n'),
  )
  const phases = [...new Set(found.map(({ phase }) => phase))]
  const next = phases.map((phase) => `kubestrap explain ${phase}`).join(', ')
  return `${path}\n\n${parts.join('\n\n')}\n\n${told('more')}: ${next}\n`
}

/** All files, by phase: each path once. */
export function fileList(all: readonly Author[]): string {
  const phases = [...new Set(all.map(({ phase }) => phase))]
  return phases
    .map((phase) => {
      const own = all.filter((author) => author.phase === phase)
      const files = [...new Set(own.map(({ file }) => file))].sort()
      return `${phase}\n${files.map((file) => `  ${file}\n`).join('')}`
    })
    .join('\n')
}
