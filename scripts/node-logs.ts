import { join } from 'node:path'
import type { ClusterNode } from '../lib/cluster.ts'
import type { PhaseEvent } from '../lib/events.ts'
import { boundedFile } from './bounded-file.ts'

/** A log file a node and run: every command with its output, every step. Never a secret. */
export interface NodeLogs {
  readonly event: (node: ClusterNode, phase: string, event: PhaseEvent) => void
  readonly noise: (node: ClusterNode, line: string) => void
  readonly pathOf: (node: string) => string
}

/** Characters: a whole run of a node has some hundred thousand. */
const mostOfNode = 16 * 1024 * 1024

export function nodeLogs(folder: string): NodeLogs {
  const pathOf = (node: string) => join(folder, `${node}.log`)
  const files = new Map<string, (line: string) => void>()
  const append = ({ name }: ClusterNode, text: string) => {
    const file =
      files.get(name) ?? boundedFile(pathOf(name), mostOfNode, '... the rest is left out')
    files.set(name, file)
    file(text)
  }
  return {
    pathOf,
    noise: (node, line) => append(node, `${new Date().toISOString()}  |  ${line}`),
    event(node, phase, event) {
      const text = lineFor(event)
      if (text !== undefined) append(node, `${event.at}  ${phase}  ${text}`)
    },
  }
}

function lineFor(event: PhaseEvent): string | undefined {
  switch (event.kind) {
    case 'phase-started':
      return `== ${event.title}`
    case 'step-started':
      return undefined
    case 'step-finished': {
      const diff =
        event.found === undefined
          ? ''
          : `\n      found  ${event.found}\n      wanted ${event.wanted}`
      const why = event.because === undefined ? '' : `: ${event.because}`
      return `${event.outcome}: ${event.step} (${event.ms} ms)${diff}${why}`
    }
    case 'command':
      return `$ ${event.text}`
    case 'output':
      return `| ${event.line}`
    case 'waiting':
      return `... ${event.what}`
    case 'notice':
      return event.text
    case 'error':
      return `error: ${event.error.what}`
  }
}
