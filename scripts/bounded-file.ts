import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Appends lines to a file that only its owner may read, up to a size: a node that prints without end
 * must not fill the admin's disk. What is over is left out, and the last line says so.
 *
 * @param most characters
 * @param over the last line
 */
export function boundedFile(path: string, most: number, over: string): (line: string) => void {
  let written = 0
  return (line) => {
    if (written > most) return
    if (written === 0) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    written += line.length + 1
    const text = written > most ? over : line
    if (text !== '') appendFileSync(path, `${text}\n`, { mode: 0o600 })
  }
}
