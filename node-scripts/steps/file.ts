import { KubestrapError } from '../../lib/errors.ts'
import { wrapped } from '../../lib/text.ts'
import type { Machine } from '../run/machine.ts'
import { different, type Finding, type Step, unknown, wanted } from '../run/step.ts'

export interface WantedFile {
  readonly path: string
  readonly content: string | ContentFromMachine
  /** Permission bits; 0o644 unless told. */
  readonly mode?: number
  readonly title?: string
  readonly why: string
  /** Its content is never shown, not even in a diff. */
  readonly secret?: boolean
}

/** Content that is known only on the living machine, or `{ until }`: after which phase it will be. */
export interface ContentFromMachine {
  /** For `--explain`, where no machine is asked. */
  readonly example: string
  readonly make: (on: Machine) => Promise<string | { readonly until: string }>
}

/**
 * The file's first comment says who wrote it; after it comes why, as the step says it. Files that
 * can hold no comment, such as JSON, stay as they are.
 */
export function withReason(content: string, why: string): string {
  return content
    .replace(
      /^(# Written by kubestrap, phase .*\n)/,
      (line) =>
        `${line}${wrapped(why, 98)
          .map((one) => `# ${one}\n`)
          .join('')}`,
    )
    .replace(
      /(<!-- Written by kubestrap, phase [\w-]+\.) -->/,
      (_, begin: string) => `${begin}\n     ${why.replaceAll('--', '- -')} -->`,
    )
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0')

/** A file with exactly this content, mode and owner root. */
export function file(want: WantedFile): Step {
  const mode = want.mode ?? 0o644
  const text = withReason(
    typeof want.content === 'string' ? want.content : want.content.example,
    want.why,
  )
  const shown = want.secret ? '(not shown: it holds a secret)' : text.trimEnd()
  return {
    title: want.title ?? `Write ${want.path}`,
    why: want.why,
    writes: want.path,
    check: (on) => checkFile(on, want, mode),
    apply: {
      byHand: `install -D -m ${octal(mode)} /dev/stdin ${want.path} <<'EOF'\n${shown}\nEOF`,
      run: (on) => writeFile(on, want, mode),
    },
  }
}

async function contentOf(on: Machine, { content, why }: WantedFile) {
  const made = typeof content === 'string' ? content : await content.make(on)
  return typeof made === 'string' ? withReason(made, why) : made
}

async function writeFile(on: Machine, want: WantedFile, mode: number): Promise<void> {
  const content = await contentOf(on, want)
  if (typeof content === 'string') return on.write(want.path, content, mode)
  throw new KubestrapError({
    id: 'KS-NOT-YET',
    exit: 'phaseFailed',
    what: `${want.path} cannot be written yet: its content is known after ${content.until}`,
    remedy: `run ${content.until} first`,
  })
}

async function checkFile(on: Machine, want: WantedFile, mode: number): Promise<Finding> {
  const [ours, state] = await Promise.all([contentOf(on, want), on.stat(want.path)])
  if (typeof ours !== 'string') return unknown(ours.until)
  if (state?.kind === 'directory') {
    throw new KubestrapError({
      id: 'KS-FILE-IS-FOLDER',
      exit: 'conflict',
      what: `${want.path} is a folder where a file is wanted`,
      remedy: `look into it, and move it away: mv ${want.path} ${want.path}.old`,
    })
  }
  const content = await on.read(want.path)
  if (content === undefined || !state) return different('no such file', 'the file')
  if (content !== ours) return contentDiffers(content, ours, want.secret)
  if (state.mode !== mode) return different(`mode ${octal(state.mode)}`, `mode ${octal(mode)}`)
  if (state.uid !== 0 || state.gid !== 0) {
    return different(`owner ${state.uid}:${state.gid}`, 'owner root')
  }
  return wanted
}

function contentDiffers(found: string, want: string, secret = false): Finding {
  if (secret) return different('other content', 'our content')
  const [ours, theirs] = [want.split('\n'), found.split('\n')]
  const at = ours.findIndex((line, index) => line !== theirs[index])
  const line = at < 0 ? ours.length : at
  return different(
    `line ${line + 1}: ${theirs[line] ?? '(end)'}`,
    `line ${line + 1}: ${ours[line] ?? '(end)'}`,
  )
}
