import { verbs } from './verbs.ts'

/** Completion for a shell, from the table of verbs. Undefined for a shell we do not know. */
export function completion(shell: string): string | undefined {
  const names = verbs.map(({ name }) => name).join(' ')
  const flagsOf = verbs.map(
    ({ name, flags }) => [name, [...new Set(flags)].map((flag) => `--${flag}`).join(' ')] as const,
  )
  switch (shell) {
    case 'bash':
      return bash(names, flagsOf)
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(names, flagsOf)}`
    case 'fish':
      return fish(flagsOf)
    default:
      return undefined
  }
}

type FlagsOf = readonly (readonly [string, string])[]

function bash(names: string, flagsOf: FlagsOf): string {
  const cases = flagsOf.map(([name, flags]) => `    ${name}) words="${flags}" ;;`)
  return `# kubestrap completion; in ~/.bashrc: source <(kubestrap completion bash)
_kubestrap() {
  local words="${names}"
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  [ "$COMP_CWORD" -gt 1 ] || words="${names}"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kubestrap kubestrap
`
}

function fish(flagsOf: FlagsOf): string {
  const lines = flagsOf.flatMap(([name, flags]) => {
    const { summary = '' } = verbs.find((verb) => verb.name === name) ?? {}
    const own = flags
      .split(' ')
      .map(
        (flag) =>
          `complete -c kubestrap -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`,
      )
    const quoted = summary.replaceAll("'", "\\'")
    return [`complete -c kubestrap -n __fish_use_subcommand -a ${name} -d '${quoted}'`, ...own]
  })
  return `${lines.join('\n')}\n`
}
