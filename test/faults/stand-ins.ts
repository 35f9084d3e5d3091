import { basename } from 'node:path'
import { must } from './actions.ts'

/** What a program of a node does instead: /usr/local/bin comes before its own folder in every PATH. */
export interface StandIn {
  readonly program: string
  readonly does: string
}

/** Waits some seconds before it does its work, when these words are among its arguments. */
export const later = (path: string, words: string, seconds: number): StandIn => ({
  program: basename(path),
  does: `case " $* " in *" ${words} "*) sleep ${seconds};; esac\nexec ${path} "$@"`,
})

/** Does its work at once and ends some seconds later: what comes meanwhile comes in its phase. */
export const longer = (path: string, words: string, seconds: number): StandIn => ({
  program: basename(path),
  does: `${path} "$@"\ncode=$?\ncase " $* " in *" ${words} "*) sleep ${seconds};; esac\nexit $code`,
})

export const put = (node: string, { program, does }: StandIn) =>
  must(
    node,
    `cat > /usr/local/bin/${program} << 'END'\n#!/bin/sh\n${does}\nEND\nchmod 755 /usr/local/bin/${program}`,
  )

export const takeAway = (node: string, { program }: StandIn) =>
  must(node, `rm -f /usr/local/bin/${program}`)
