/** Around our lines in /etc/hosts: what is outside of them belongs to others. */
const begin = '# BEGIN kubestrap: control plane endpoint'
const end = '# END kubestrap: control plane endpoint'

export interface HostsEntry {
  readonly address: string
  readonly name: string
}

/** The text of /etc/hosts with this entry between our marker lines, or without them when undefined. */
export function withHostsEntry(text: string, entry: HostsEntry | undefined): string {
  const rest = withoutMarked(text)
  if (!entry) return rest
  const lead = rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`
  return `${lead}${begin}\n${entry.address} ${entry.name}\n${end}\n`
}

/** A begin without its end marks nothing: nobody's lines are cut off with it. */
function withoutMarked(text: string): string {
  const lines = text.split('\n')
  const from = lines.indexOf(begin)
  const to = lines.indexOf(end, from)
  if (from < 0 || to < 0) return text
  return withoutMarked([...lines.slice(0, from), ...lines.slice(to + 1)].join('\n'))
}
