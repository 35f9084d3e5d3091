import { exitCodes } from '../lib/errors.ts'
import { type FlagName, flags, flagText, type Verb, verbs } from './verbs.ts'

const row = (left: string, right: string) => `  ${left.padEnd(26)} ${right}`

export function generalHelp(): string {
  return [
    'kubestrap raises and keeps a highly available Kubernetes cluster on plain virtual machines.',
    '',
    'Usage: kubestrap VERB [flags]',
    '',
    ...verbs.map(({ name, words, summary }) =>
      row([name, words].filter(Boolean).join(' '), summary),
    ),
    '',
    'kubestrap VERB --help tells about a verb.',
    '',
  ].join('\n')
}

export function verbHelp(verb: Verb): string {
  const unique = [...new Set<FlagName>(verb.flags)]
  return [
    `${verb.summary}.`,
    '',
    `Usage: kubestrap ${[verb.name, verb.words].filter(Boolean).join(' ')} [flags]`,
    '',
    ...unique.map((name) => row(flagText(name), flags[name].help)),
    '',
    `Exit codes: ${Object.entries(exitCodes)
      .map(([name, code]) => `${code} ${name}`)
      .join(', ')}`,
    '',
  ].join('\n')
}
