import { StringDecoder } from 'node:string_decoder'

/** Text that came from a node or a command, made safe to print, log and relay. */

const maxLine = 500

// ESC sequences first (CSI, OSC, two-character), then every other control character but tab.
const escapeSequences =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text without escape sequences, control characters (line feeds too) and those that hide or turn text. */
export const withoutControls = (text: string): string =>
  text.replace(escapeSequences, '').replace(controls, '')

/** One line without control characters, at most 500 characters. */
export function plainLine(line: string): string {
  const clean = withoutControls(line)
  return clean.length > maxLine
    ? `${clean.slice(0, maxLine)} ... (${clean.length} characters)`
    : clean
}

/** The last `count` lines that hold something. */
export function lastLines(text: string, count = 20): string[] {
  const lines = text.slice(-64_000).split(/\r?\n/).map(plainLine)
  return lines.filter((line) => line.trim() !== '').slice(-count)
}

/** Milliseconds as people read them: `0:14`, `12:05`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** `2026-11-23 19:04:05 UTC`: the reader may sit in another zone than the nodes. */
export const utc = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** `1 node`, `3 nodes`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** Breaks a text at blanks into lines of at most `width` characters; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Makes lines of chunks as they arrive; `end` gives the last one, which may have no line feed. */
export interface LineReader {
  readonly push: (chunk: Buffer) => void
  readonly end: () => void
}

/** More without a line feed is no line any more: of what came only the end is kept. */
const longestLine = 8 * 1024 * 1024

export function lineReader(onLine: (line: string) => void): LineReader {
  // A chunk may end in the middle of a character.
  const decoder = new StringDecoder('utf8')
  // Put together only when the line ends: else megabytes are copied for every chunk.
  let parts: string[] = []
  let length = 0
  const keep = (part: string) => {
    parts.push(part)
    length += part.length
    if (length <= longestLine) return
    parts = [parts.join('').slice(-longestLine / 2)]
    length = parts[0]?.length ?? 0
  }
  const give = () => {
    const line = parts.join('')
    parts = []
    length = 0
    onLine(line)
  }
  return {
    push(chunk) {
      const [first = '', ...lines] = decoder.write(chunk).split('\n')
      keep(first)
      for (const line of lines) {
        give()
        keep(line)
      }
    },
    end() {
      keep(decoder.end())
      if (length > 0) give()
    },
  }
}

/** Text as it comes, of which only the first `most` characters are kept. */
export function boundedText(most: number) {
  const parts: string[] = []
  let length = 0
  return {
    add(part: string) {
      if (length < most) parts.push(part.slice(0, most - length))
      length += part.length
    },
    read: () => parts.join(''),
  }
}
