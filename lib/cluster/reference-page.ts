import { jsonSchemaText } from './json-schema.ts'

interface Schema {
  readonly description?: string
  readonly default?: unknown
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

const head = `# The cluster file

Made from the schema by \`node build.mjs --schema\`; a test fails when this page is stale.
The smallest file is a name, an endpoint and a list of nodes; \`examples/\` has some to begin with.
For completion in an editor begin the file with \`# yaml-language-server: $schema=.../schema/cluster.schema.json\`; \`kubestrap new\` writes that line. It is read by the YAML language server: in VS Code the extension YAML by Red Hat, in Neovim, Emacs or Helix \`yaml-language-server\`. Keys are then completed, explained on hover, and marked where they are wrong.
Unknown keys are refused: nothing is accepted that is not obeyed. Settings that count only when a cluster is begun are compared with the living one, and \`plan\` says where they differ.

| key | meaning | default |
|---|---|---|
`

/** docs/cluster-file.md: every key with its meaning and default. */
export function referencePage(): string {
  const schema = JSON.parse(jsonSchemaText()) as Schema
  return `${head}${rows('', schema).join('\n')}\n`
}

function rows(where: string, { properties = {}, required = [] }: Schema): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const name = where ? `${where}.${key}` : key
    const map = value.anyOf?.find(({ properties: inner }) => inner) ?? value
    const item = value.items?.properties ? rows(`${name}[]`, value.items) : []
    return [row(name, value, required.includes(key)), ...rows(name, map), ...item]
  })
}

function row(name: string, { description = '', ...schema }: Schema, needed: boolean): string {
  const choices = schema.enum && schema.enum.length > 1 ? ` One of ${schema.enum.join(', ')}.` : ''
  const fallback = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``
  const text = `${description}${choices}`.replaceAll('|', '\\|')
  return `| \`${name}\`${needed ? ' (needed)' : ''} | ${text} | ${fallback} |`
}
