import type { MachineFacts } from '../machine-facts.ts'
import {
  type CheckName,
  finding,
  type Look,
  type LookedAt,
  type PreflightFinding,
} from './finding.ts'

/** What two machines never have in common, unless one is a copy of the other. */
const marks: readonly [CheckName, (one: LookedAt) => readonly string[]][] = [
  ['DuplicateHostName', ({ facts }) => telling(facts.hostname, standardName)],
  ['DuplicateMachineId', ({ facts }) => telling(facts.machine.machineId, /^uninitialized$/)],
  ['DuplicateProductUuid', ({ facts }) => telling(facts.machine.productUuid, emptyUuid)],
  ['DuplicateMac', ({ facts }) => ownMacs(facts.machine)],
  ['DuplicateHostKey', ({ hostKeys }) => hostKeys],
]

/** Nobody gave it a name yet: the kit will. */
const standardName = /^localhost(\.|$)/
/** Firmware without a UUID of its own tells all zeros or all ones. */
const emptyUuid = /^(0|-)+$|^(f|-)+$/

const telling = (value: string, nothing: RegExp) =>
  value === '' || nothing.test(value) ? [] : [value]

const ownMacs = ({ macs }: MachineFacts) => [...new Set(macs.map(({ mac }) => mac))]

/** Clones of one machine: at least one of those that share something is to join. */
export function duplicates({ nodes }: Look): readonly PreflightFinding[] {
  return marks.flatMap(([check, valuesOf]) => {
    const owners = new Map<string, LookedAt[]>()
    for (const one of nodes) {
      for (const value of valuesOf(one)) owners.set(value, [...(owners.get(value) ?? []), one])
    }
    return [...owners]
      .filter(([, found]) => found.length > 1 && found.some(({ joins }) => joins))
      .map(([value, found]) =>
        finding(
          check,
          'refuse',
          found.map(({ node }) => node.name),
          shown(value),
        ),
      )
  })
}

/** A host key is long; its end tells it from others. */
const shown = (value: string) => {
  const [type = '', key] = value.split(' ')
  return key === undefined ? value : `${type} ...${key.slice(-16)}`
}
