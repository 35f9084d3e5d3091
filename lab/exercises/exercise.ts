import type { Counts } from '../layout.ts'
import type { Stack } from '../stack.ts'

/**
 * Shell lines on one machine, as root: after `sudo -i`, and on a control plane after
 * `export KUBECONFIG=/etc/kubernetes/admin.conf`. They are constants: nothing is put into them.
 */
export interface Lines {
  readonly on: string
  readonly run: string
}

/** Something that is so on a living cluster once the damage is repaired. */
export interface Check {
  /** What is true then, in words that do not give the solution away. */
  readonly says: string
  readonly on: string
  /** Shell lines that end with 0 when it is true; they change nothing. At most 20 s. */
  readonly test: string
}

/** One way in which students meet a broken cluster. All texts are Markdown. */
export interface Exercise {
  readonly name: string
  readonly title: string
  /** 1: one command shows it. 2: read a log. 3: know how the parts talk to each other. */
  readonly level: 1 | 2 | 3
  readonly minutes: number
  /** What the lab must have, besides one control plane and one worker. */
  readonly needs?: Partial<Pick<Counts, 'controlPlanes'> & Omit<Stack, 'artifacts'>>
  /** What people see and say; never why. */
  readonly symptom: string
  /** From "where to look" to nearly the solution. */
  readonly hints: readonly string[]
  /** Files and folders that are kept before the damage is done, and put back by --undo. */
  readonly keeps?: { readonly on: string; readonly paths: readonly string[] }
  readonly break: readonly Lines[]
  readonly checks: readonly Check[]
  readonly solution: readonly Lines[]
  /** What puts everything back, after the kept files; the solution where it is left out. */
  readonly undo?: readonly Lines[]
  /** Takes away what the exercise itself brought along, after the repair as after --undo. */
  readonly clean?: readonly Lines[]
  readonly explanation: string
  readonly links: readonly string[]
}
