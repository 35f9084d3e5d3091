import * as v from 'valibot'
import { type ErrorDetails, type ExitName, exitCodes } from './errors.ts'
import type { PhaseEvent, PhaseResult } from './events.ts'
import type { Inspection } from './observed.ts'
import { type PhaseName, phases } from './phases.ts'
import { plainLine } from './text.ts'

/**
 * What nodes say is material, not truth: a node may be broken, altered or taken over. It is taken
 * only in its exact form, its texts bounded and without control characters, and what goes on to other
 * nodes only from the characters it can need. The rest is noise.
 */

const line = v.pipe(v.string(), v.transform(plainLine))
/** A text in which lines are told apart, such as a difference in a plan. */
const lines = v.pipe(
  v.string(),
  v.transform((text) => text.slice(0, 20_000).split('\n').map(plainLine).join('\n')),
)
const number = v.pipe(v.number(), v.finite())
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const word = (form: RegExp) => v.pipe(v.string(), v.regex(form))
const many = <S extends v.GenericSchema>(schema: S, most = 5_000) =>
  v.pipe(v.array(schema), v.maxLength(most))

const isFailure = (name: unknown): name is ExitName =>
  typeof name === 'string' && Object.hasOwn(exitCodes, name) && name !== 'ok'

const errorDetails = v.object({
  id: word(/^KS-[A-Z0-9-]{1,60}$/),
  exit: v.custom<ExitName>(isFailure),
  what: line,
  node: v.exactOptional(line),
  phase: v.exactOptional(line),
  step: v.exactOptional(line),
  lines: v.exactOptional(
    v.pipe(
      v.array(line),
      v.transform((all) => all.slice(0, 200)),
    ),
  ),
  log: v.exactOptional(line),
  unchanged: v.exactOptional(line),
  remedy: v.exactOptional(line),
}) satisfies v.GenericSchema<unknown, ErrorDetails>

const outcome = v.picklist(['ok', 'changed', 'would-change', 'unknown'])
const common = { run: v.string(), seq: count, at: line }

const event = v.variant('kind', [
  v.object({ ...common, kind: v.literal('phase-started'), phase: line, title: line }),
  v.object({
    ...{ ...common, kind: v.literal('step-started'), step: line, why: v.exactOptional(line) },
    ...{ index: count, of: count },
  }),
  v.object({
    ...{ ...common, kind: v.literal('step-finished'), step: line, outcome, ms: number },
    ...{ found: v.exactOptional(line), wanted: v.exactOptional(line) },
    because: v.exactOptional(line),
  }),
  v.object({
    ...{ ...common, kind: v.literal('paused'), step: line, why: line },
    ...{ index: count, commands: lines },
  }),
  v.object({ ...common, kind: v.literal('command'), text: line }),
  v.object({ ...common, kind: v.literal('output'), line }),
  v.object({ ...common, kind: v.literal('waiting'), what: line, elapsed: number, limit: number }),
  v.object({ ...common, kind: v.literal('notice'), text: line }),
  v.object({ ...common, kind: v.literal('error'), error: errorDetails }),
]) satisfies v.GenericSchema<unknown, PhaseEvent>

const result = v.object({
  run: v.string(),
  phase: word(/^[a-z][a-z-]{1,40}$/),
  outcome: v.picklist(['done', 'failed']),
  changed: many(line),
  steps: count,
  error: v.exactOptional(errorDetails),
  // Its form is the business of who asked for it.
  gives: v.exactOptional(v.unknown()),
}) satisfies v.GenericSchema<unknown, PhaseResult>

export type NodeMessage = { readonly event: PhaseEvent } | { readonly result: PhaseResult }

/** A line of `start` or `follow`; undefined when it is none, or one of another run. */
export function readMessage(text: string, run: string): NodeMessage | undefined {
  const message = parsed(text)
  const found = v.safeParse(v.object({ event }), message)
  if (found.success && found.output.event.run === run) return { event: found.output.event }
  const ended = v.safeParse(v.object({ result }), message)
  if (ended.success && ended.output.result.run === run) return { result: ended.output.result }
  return undefined
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// Names, addresses and versions go on to other nodes, into files and arguments there.
const name = word(/^[A-Za-z0-9](?:[A-Za-z0-9._:/-]{0,252})$/)
const version = word(/^[0-9][0-9A-Za-z.+-]{0,63}$/)
const time = word(/^[0-9TZ:.+-]{10,35}$/)
const knownNode = v.object({
  ...{
    name,
    address: word(/^[0-9A-Fa-f.:]{0,45}$/),
    kubeletVersion: word(/^(?:[0-9][0-9A-Za-z.+-]{0,63})?$/),
  },
  podCIDR: v.exactOptional(word(/^[0-9A-Fa-f.:]{2,45}\/[0-9]{1,3}$/)),
  ...{ ready: v.boolean(), controlPlane: v.boolean() },
  cordoned: v.exactOptional(v.literal(true)),
})
const proxyMode = v.exactOptional(v.picklist(['nftables', 'iptables', 'ipvs']))

const plannedStep = v.object({
  ...{ step: line, outcome, found: v.exactOptional(lines), wanted: v.exactOptional(lines) },
  ...{ note: v.exactOptional(line), because: v.exactOptional(line) },
})

const etcdMember = v.object({
  ...{ name: line, id: word(/^[0-9]{1,20}$/), learner: v.boolean(), answers: v.boolean() },
  ...{ leader: v.boolean(), problem: v.exactOptional(line) },
})

const servingRequest = v.object({
  ...{ name, requester: line, node: v.exactOptional(name), problems: many(line) },
})

const clusterView = v.object({
  nodes: many(knownNode),
  etcd: v.exactOptional(
    v.object({
      external: v.exactOptional(v.literal(true)),
      ...{ members: many(etcdMember), alarms: many(line) },
    }),
  ),
  ...{ settings: many(line), problems: many(line) },
  caCertHash: word(/^sha256:[0-9a-f]{64}$/),
  joinSecretsLeft: v.boolean(),
  endpointHolder: v.exactOptional(line),
  pods: v.exactOptional(
    many(v.object({ namespace: line, name: line, node: line, problem: line }), 200_000),
  ),
  apiServers: v.exactOptional(many(v.object({ node: line, answer: line }))),
  proxyMode,
  servingRequests: v.exactOptional(many(servingRequest)),
})

const planOfPhase = v.record(
  v.custom<PhaseName>((key) => phases.some((phase) => phase.name === key)),
  many(plannedStep),
)

const inspection = v.object({
  membership: v.picklist(['none', 'member', 'unconfirmed', 'partial', 'foreign']),
  begun: v.exactOptional(v.picklist(['init', 'join'])),
  cluster: v.exactOptional(clusterView),
  plans: planOfPhase,
  refusals: many(errorDetails),
  certificates: v.exactOptional(many(v.object({ path: line, expires: time }))),
  observed: v.object({ kubernetesVersion: version, nodes: many(knownNode), proxyMode }),
}) satisfies v.GenericSchema<unknown, Inspection>

/** What inspect.mjs found out; undefined when it has another form than it can have. */
export function readInspection(value: unknown): Inspection | undefined {
  const read = v.safeParse(inspection, value)
  return read.success ? read.output : undefined
}
