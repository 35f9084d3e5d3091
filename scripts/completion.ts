import { phases } from '../lib/phases.ts'
import { type FlagName, flags, type Values, type Verb, valuesOf, verbs } from './verbs.ts'

/**
 * Completion of verbs, flags, and what they take, from the table of verbs. Names of nodes are asked
 * from kubestrap itself at every Tab; the cluster file's rules leave no sign in them that a shell
 * would expand.
 */
export const shells = ['bash', 'zsh', 'fish'] as const

/** The script for a shell. Undefined for a shell we do not know. */
export function completion(shell: string): string | undefined {
  switch (shell) {
    case 'bash':
      return bash()
    case 'zsh':
      return zsh()
    case 'fish':
      return fish()
    default:
      return undefined
  }
}

const verbNames = verbs.map(({ name }) => name)
const phaseNames = phases.map(({ name }) => name)
const flagNames = Object.keys(flags) as FlagName[]
const flagsOf = ({ flags: own }: Verb) => [...new Set(own)]
const takesValue = (name: FlagName) => 'placeholder' in flags[name]
/** Lists are completed after each comma. */
const isList = (values: Values) => values === 'nodes' || values === 'phases'

/** What both shells that read sh's language do first: find the verb and the cluster file. */
const findVerb = (word: string, last: string) => `  local verb='' config=cluster.yaml i
  for ((i = ${word === 'words' ? 2 : 1}; i < ${last}; i++)); do
    case "\${${word}[i]}" in
      ${verbNames.join(' | ')}) verb="\${verb:-\${${word}[i]}}" ;;
      -c | --config) config="\${${word}[i+1]/#\\~/$HOME}" ;;
    esac
  done`

function bash(): string {
  const ofFlags = flagNames.filter(takesValue).map((name) => {
    const short = name === 'config' ? '-c | ' : ''
    return `    ${short}--${name}) ${bashValues(valuesOf(name))} ;;`
  })
  const ofVerbs = verbs.map((verb) => {
    const own = flagsOf(verb).map((flag) => `--${flag}`)
    return `    ${verb.name}) words="${own.join(' ')}${bashWords(verb.wordValues)}" ;;`
  })
  return `# kubestrap completion; in ~/.bashrc: source <(kubestrap completion bash)
_kubestrap() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words='' list='' one
${findVerb('COMP_WORDS', 'COMP_CWORD')}
  local self="\${COMP_WORDS[0]/#\\~/$HOME}"
  COMPREPLY=()
  case "$prev" in
${ofFlags.join('\n')}
    *) case "$verb" in
    '') words="${verbNames.join(' ')}" ;;
${ofVerbs.join('\n')}
    esac ;;
  esac
  local head=''
  [[ -n "$list" ]] && compopt -o nospace
  [[ -n "$list" && "$cur" == *,* ]] && head="\${cur%,*},"
  for one in $(compgen -W "$words" -- "\${cur#"$head"}"); do COMPREPLY+=("$head$one"); done
}
complete -F _kubestrap kubestrap
`
}

const askNodes = '$("$self" completion nodes --config "$config" 2> /dev/null)'

function bashValues(values: Values | undefined): string {
  if (values === undefined) return 'return'
  if (values === 'file') return 'compopt -o default; return'
  if (values === 'nodes') return `list=yes words="${askNodes}"`
  return values === 'phases'
    ? `list=yes words="${phaseNames.join(' ')}"`
    : `words="${values.join(' ')}"`
}

function bashWords(values: Values | undefined): string {
  if (values === undefined || values === 'file') return ''
  if (values === 'nodes') return ` ${askNodes}`
  return ` ${(values === 'phases' ? phaseNames : values).join(' ')}`
}

function zsh(): string {
  const ofFlags = flagNames.filter(takesValue).map((name) => {
    const short = name === 'config' ? '-c | ' : ''
    return `    ${short}--${name}) ${zshValues(valuesOf(name))}; return ;;`
  })
  const ofVerbs = verbs.map((verb) => {
    const own = flagsOf(verb).map((flag) => described(`--${flag}`, flags[flag].help))
    const words = verb.wordValues ? `\n      ${zshValues(verb.wordValues, false)}` : ''
    return `    ${verb.name})${words}
      offers=(${own.join(' ')})
      _describe -o flag offers ;;`
  })
  const offered = verbs.map(({ name, summary }) => described(name, summary))
  return `#compdef kubestrap
# kubestrap completion; in ~/.zshrc, after compinit: source <(kubestrap completion zsh)
_kubestrap() {
${findVerb('words', 'CURRENT')}
  local self="\${words[1]/#\\~/$HOME}"
  local -a offers nodes
  case "\${words[CURRENT-1]}" in
${ofFlags.join('\n')}
  esac
  case "$verb" in
    '') offers=(${offered.join(' ')})
      _describe verb offers ;;
${ofVerbs.join('\n')}
  esac
}
compdef _kubestrap kubestrap
`
}

/** \`NAME:TEXT\` in single quotes, as _describe reads it: man zshcompsys. */
const described = (name: string, text: string) =>
  singleQuoted(`${name.replaceAll(':', '\\:')}:${text}`)
const singleQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

function zshValues(values: Values | undefined, ofFlag = true): string {
  if (values === undefined) return '_message value'
  if (values === 'file') return '_files'
  const names = values === 'phases' ? phaseNames : values
  if (names === 'nodes') {
    const offer = ofFlag ? '_sequence compadd - $nodes' : 'compadd -a nodes'
    return `nodes=(\${(f)"$("$self" completion nodes --config "$config" 2> /dev/null)"}); ${offer}`
  }
  const words = names.join(' ')
  return isList(values) ? `_sequence compadd - ${words}` : `compadd - ${words}`
}

function fish(): string {
  const quiet = `complete -c kubestrap -f
function __kubestrap_nodes
    set -l words (commandline -opc)
    set -l config cluster.yaml
    for i in (seq (count $words))
        contains -- $words[$i] -c --config; and set config $words[(math $i + 1)]
    end
    $words[1] completion nodes --config $config 2> /dev/null
end`
  const lines = verbs.flatMap((verb) => {
    const here = `complete -c kubestrap -n '__fish_seen_subcommand_from ${verb.name}'`
    const offer = `-n __fish_use_subcommand -a ${verb.name} -d ${fishQuoted(verb.summary)}`
    const words = verb.wordValues ? [`${here} ${fishValues(verb.wordValues, false)}`] : []
    const own = flagsOf(verb).map((flag) => {
      const value = takesValue(flag) ? ` ${fishValues(valuesOf(flag))}` : ''
      return `${here} -l ${flag}${value} -d ${fishQuoted(flags[flag].help)}`
    })
    return [`complete -c kubestrap ${offer}`, ...words, ...own]
  })
  return `# kubestrap completion; kubestrap completion fish > ~/.config/fish/completions/kubestrap.fish
${[quiet, ...lines].join('\n')}
`
}

const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fishValues(values: Values | undefined, ofFlag = true): string {
  if (values === undefined) return '-x'
  if (values === 'file') return '-r -F'
  const names =
    values === 'nodes'
      ? '(__kubestrap_nodes)'
      : (values === 'phases' ? phaseNames : values).join(' ')
  const list = ofFlag && isList(values) ? `(__fish_append , ${names})` : names
  return `${ofFlag ? '-x ' : ''}-a '${list}'`
}
