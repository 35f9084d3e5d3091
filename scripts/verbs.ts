import { errorIds } from '../lib/error-pages.ts'
import { scriptNames } from '../lib/phases.ts'
import { languages } from '../lib/texts/language.ts'
import { pauses } from './pauses.ts'

/** The one table of verbs: parsing, --help, completion and docs are made from it. */
export interface Verb {
  readonly name: string
  readonly summary: string
  /** Words after the verb, as the help shows them. */
  readonly words?: string
  /** What the words are, for completion. */
  readonly wordValues?: Values
  readonly flags: readonly FlagName[]
}

export interface Flag {
  readonly placeholder?: string
  readonly help: string
  /** What its value is, for completion; nothing is offered without. */
  readonly values?: Values
}

/** Names of the cluster file's nodes, of phases, a file, or one of these words. */
export type Values = 'nodes' | 'phases' | 'file' | readonly string[]

export const flags = {
  config: {
    placeholder: 'FILE',
    help: 'the cluster file (default: cluster.yaml)',
    values: 'file',
  },
  yes: { help: 'do not ask' },
  'accept-new-host-keys': {
    help: 'trust host keys that were never seen before (never changed ones)',
  },
  'sudo-password-file': {
    placeholder: 'FILE',
    help: 'its first line is the password of sudo on the nodes (a terminal is asked for it)',
    values: 'file',
  },
  nodes: { placeholder: 'A,B', help: 'work on these nodes only', values: 'nodes' },
  only: { placeholder: 'PHASE,..', help: 'run these phases only', values: 'phases' },
  offline: { help: 'ask no node: list the tasks only' },
  'exit-code': { help: 'exit with 1 when there is something to do' },
  'dry-run': { help: 'the same as plan' },
  purge: { help: 'remove packages and the files of the kit as well' },
  gone: { help: 'the node is lost: do not try to reach it' },
  confirm: { placeholder: 'NAME', help: 'the name of the cluster, in place of typing it' },
  'control-planes': {
    placeholder: 'LIST',
    help: 'addresses: 192.168.9.121-123, or NAME=ADDRESS,..',
  },
  workers: { placeholder: 'LIST', help: 'the same for workers' },
  endpoint: { placeholder: '[NAME=]ADDRESS', help: 'where all clients reach the API server' },
  'load-balancer': { help: 'the endpoint is a load balancer of your own' },
  'from-inventory': {
    placeholder: 'FILE',
    help: 'take the nodes of an Ansible inventory',
    values: 'file',
  },
  name: { placeholder: 'NAME', help: 'name of the cluster (default: kubernetes)' },
  user: { placeholder: 'NAME', help: 'login name on the nodes' },
  merge: { help: 'put it into ~/.kube/config (or the first file of KUBECONFIG)' },
  force: { help: 'replace what is there, without asking' },
  group: { placeholder: 'G,..', help: 'groups of the user' },
  days: { placeholder: 'N', help: 'how long the certificate is valid (default: 30)' },
  role: {
    placeholder: 'ROLE',
    help: 'give the user view, edit or admin',
    values: ['view', 'edit', 'admin'],
  },
  namespace: { placeholder: 'NS', help: 'the role counts in this namespace only; made if missing' },
  out: { placeholder: 'FILE', help: 'write it there', values: 'file' },
  html: { help: 'as one HTML page (on standard output, or --out FILE)' },
  list: { help: 'all files that are written, by phase' },
  transcript: {
    placeholder: 'FILE',
    help: 'write what ran, with outputs and times, as Markdown; never over a file that is there',
    values: 'file',
  },
  pause: {
    placeholder: 'step|phase',
    help: 'show each before it is done, and wait for Enter: for the projector',
    values: pauses,
  },
  print: { help: "print the report's path; open nothing" },
  json: { help: 'JSON on standard output' },
  watch: { help: 'look again every few seconds, until Ctrl-C' },
  lang: {
    placeholder: 'en|es',
    help: 'language of titles, reasons and lessons (default: of LANG)',
    values: languages,
  },
  plain: { help: 'plain lines, also on a terminal' },
  help: { help: 'this text' },
  version: { help: 'the version' },
} as const satisfies Readonly<Record<string, Flag>>

export type FlagName = keyof typeof flags

const everywhere = ['config', 'lang', 'help', 'version'] as const
const connecting = [...everywhere, 'accept-new-host-keys', 'sudo-password-file', 'plain'] as const

export const verbs: readonly Verb[] = [
  {
    name: 'new',
    summary: 'Write a cluster file to begin with',
    flags: [
      ...(['control-planes', 'workers', 'endpoint', 'load-balancer', 'from-inventory'] as const),
      ...(['name', 'user', 'out', 'help'] as const),
    ],
  },
  {
    name: 'doctor',
    summary: 'Look whether this computer has what kubestrap needs; asks no node',
    flags: ['config', 'help'],
  },
  {
    name: 'up',
    summary: 'Raise the cluster, or bring it to what the file says',
    flags: [...connecting, 'yes', 'nodes', 'only', 'dry-run', 'exit-code', 'transcript', 'pause'],
  },
  {
    name: 'plan',
    summary: 'Show what up would do; change nothing',
    flags: [...connecting, 'nodes', 'only', 'offline', 'exit-code', 'json'],
  },
  {
    name: 'status',
    summary: 'Ask the living cluster how it is',
    flags: [...connecting, 'json', 'watch'],
  },
  {
    name: 'approve',
    summary: 'Approve the serving certificates that kubelets ask for, if they fit the file',
    flags: [...connecting],
  },
  {
    name: 'reset',
    words: '[NODE...]',
    wordValues: 'nodes',
    summary: 'Take nodes out of the cluster, or the whole cluster off its nodes',
    flags: [...connecting, 'confirm', 'purge', 'gone'],
  },
  {
    name: 'kubeconfig',
    words: '[user NAME]',
    wordValues: ['user'],
    summary: "Fetch the administrator's kubeconfig, or make one for another user",
    flags: [...connecting, 'out', 'merge', 'force', 'group', 'days', 'role', 'namespace'],
  },
  {
    name: 'diagnose',
    summary: 'Gather what a person would look at on all nodes into one archive, secrets removed',
    flags: [...connecting, 'out'],
  },
  {
    name: 'explain',
    words: '[PHASE|KS-ID]',
    wordValues: [...scriptNames, ...errorIds],
    summary: 'Tell a phase as a lesson, an error by its id, or the whole run',
    flags: [...everywhere, 'html', 'out'],
  },
  {
    name: 'why',
    words: 'PATH...',
    wordValues: 'file',
    summary: 'Tell which phase and step writes a file on the nodes, and why',
    flags: [...everywhere, 'list'],
  },
  {
    name: 'report',
    words: '[RUN]',
    summary: 'Open the report of the last up, or of the run that began at a time',
    flags: [...everywhere, 'print'],
  },
  {
    name: 'completion',
    words: 'bash|zsh|fish',
    wordValues: ['bash', 'zsh', 'fish'],
    summary: 'Print completion for a shell',
    flags: ['config', 'help'],
  },
]

/** What the value of a flag is; undefined when it takes none, or a text of its own. */
export const valuesOf = (name: FlagName): Values | undefined => (flags[name] as Flag).values

/** A flag with its placeholder: `--config FILE`. */
export function flagText(name: FlagName): string {
  const flag: Flag = flags[name]
  return flag.placeholder ? `--${name} ${flag.placeholder}` : `--${name}`
}
