import { clusterFlags } from '../../lib/cluster.ts'
import { titleOf } from './perform.ts'
import type { PhaseScript } from './phase-script.ts'

const rows: readonly (readonly [string, string])[] = [
  ['--config FILE', 'the cluster file'],
  ['--node NAME', 'which of its nodes this machine is'],
  ['--join FILE|-', 'join credentials, made by join-credentials.mjs issue (a join needs them)'],
  ['--observed FILE', 'what inspect.mjs --out FILE saw on a control plane (pod-routes needs it)'],
  ['--dry-run', 'show what would be done; change nothing, install nothing'],
  ['--explain', 'the phase as a lesson: what, why, and the commands by hand (of --config)'],
  ['--lang en|es', 'language of lessons, titles and reasons (default: of LANG)'],
  ['--until STEP', 'stop after the step with this title'],
  ['--json', 'events and result as JSON lines; with --explain the lesson as one JSON object'],
  ['--out FILE', 'what the phase gives, readable for root only (default: standard output)'],
  ['--source', "print the phase's own code"],
  ['--help, --version', ''],
]

const special: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'join-credentials': [
    ['issue | revoke', 'make credentials, or take all of them back'],
    ['--for ROLE', 'control-plane or worker'],
    ['--target NODE', 'the node that will join: what is left of its former life is removed'],
  ],
  'node-drain': [['--target NODE', 'the node that is to go']],
  'calico-ready': [['--wait SECONDS', 'how long to wait for each part (default: 600)']],
  'node-delete': [['--target NODE', 'the node that has gone']],
  reset: [['--purge', 'remove the packages and the files of the kit as well']],
}

/** The text of --help. */
export function help(phase: PhaseScript): string {
  const columns = ([left, right]: readonly [string, string]) =>
    `  ${left.padEnd(28)} ${right}`.trimEnd()
  const flags = clusterFlags.map(
    ({ flag, placeholder, help: text }) => [`${flag} ${placeholder}`, text] as const,
  )
  return [
    `${titleOf(phase)}.`,
    '',
    'Usage:',
    `  sudo sh ${phase.name}.mjs --config cluster.yaml --node k-master-1`,
    `  sudo sh ${phase.name}.mjs --node k-master-1 --address 10.0.0.11 --role control-plane --endpoint 10.0.0.10`,
    '',
    ...(special[phase.name] ?? []).map(columns),
    ...rows.map(columns),
    '',
    'In place of the cluster file, or over what it says:',
    ...flags.map(columns),
    '',
    'Exit codes: 0 done, 2 usage, 10 to 19 refused or failed (docs/exit-codes.md).',
    '',
  ].join('\n')
}
