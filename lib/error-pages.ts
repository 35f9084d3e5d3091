import { cluster } from './error-pages/cluster.ts'
import { commandLine } from './error-pages/command-line.ts'
import { connecting } from './error-pages/connecting.ts'
import { endpoint } from './error-pages/endpoint.ts'
import { etcd } from './error-pages/etcd.ts'
import { joining } from './error-pages/joining.ts'
import { lab } from './error-pages/lab.ts'
import { machine } from './error-pages/machine.ts'
import { packages } from './error-pages/packages.ts'
import type { ErrorPage, ForeignMessage, Symptom } from './error-pages/page.ts'
import { phases } from './error-pages/phases.ts'
import { pods } from './error-pages/pods.ts'
import { security } from './error-pages/security.ts'

/** Everything that can go wrong, by what one sees, in the order in which one meets it. */
export const symptoms: readonly Symptom[] = [
  commandLine,
  connecting,
  machine,
  packages,
  phases,
  endpoint,
  joining,
  etcd,
  cluster,
  security,
  pods,
  lab,
]

/** The page of a stable id, `KS-...`; undefined when there is none. */
export function errorPage(id: string): ErrorPage | undefined {
  return symptoms.map(({ errors }) => errors[id]).find((page) => page !== undefined)
}

/** Every stable id there is. */
export const errorIds: readonly string[] = symptoms.flatMap(({ errors }) => Object.keys(errors))

/** The text of docs/troubleshooting.md: everything by what one sees. */
export function troubleshootingPage(): string {
  const contents = symptoms.map(({ title }) => `- [${title}](#${anchor(title)})`)
  return [head, contents.join('\n'), ...symptoms.map(chapter)].join('\n\n').concat('\n')
}

/** The pages of docs/troubleshooting/, one for each id: file name to text. */
export function errorPages(): ReadonlyMap<string, string> {
  return new Map(
    symptoms.flatMap((symptom) =>
      Object.entries(symptom.errors).map(
        ([id, page]) => [`${id}.md`, pageText(id, page, symptom)] as const,
      ),
    ),
  )
}

const written = '<!-- Written by "node build.mjs --schema" from lib/error-pages/. -->'

const head = `${written}
# Troubleshooting

Every error of kubestrap has a stable id, printed at the end of its first line, and a short remedy after \`next:\`. Each id has a page of its own, also told by \`kubestrap explain ID\`. Search this page for the words that you see; in the texts \`<...>\` stands for what differs.
Messages of other programs stand below the errors of each chapter. Exit codes: [exit-codes.md](exit-codes.md).`

/** GitHub's anchor of a heading of plain words. */
const anchor = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')

function chapter({ title, about, errors, messages }: Symptom): string {
  return [
    `## ${title}`,
    about,
    Object.entries(errors)
      .map(([id, { says }]) => `- [${id}](troubleshooting/${id}.md): ${inline(says)}`)
      .join('\n'),
    ...(messages.length > 0 ? [`### ${title}: messages of other programs`] : []),
    ...messages.map(messageText),
  ].join('\n\n')
}

function pageText(id: string, page: ErrorPage, { title }: Symptom): string {
  const { says, means, todo, unchanged } = page
  const parts = [quoted(says), fromFolder(means), `**What to do:** ${fromFolder(todo)}`]
  const rest = unchanged ? [`**Not changed:** ${fromFolder(unchanged)}`] : []
  const more = `More that looks alike: [${title}](../troubleshooting.md#${anchor(title)}).`
  return [`${written}\n# ${id}`, ...parts, ...rest, more].join('\n\n').concat('\n')
}

/** Links in the texts are those of a page in docs/; here they are one folder deeper. */
const fromFolder = (text: string) =>
  text
    .replaceAll(/\]\(#ks-([a-z0-9-]+)\)/g, (_, id: string) => `](KS-${id.toUpperCase()}.md)`)
    .replaceAll(/\]\((?![a-z]+:|KS-)(#?)/g, (_, own: string) =>
      own ? '](../troubleshooting.md#' : '](../',
    )

function messageText({ from, says, means, todo }: ForeignMessage): string {
  const text = `${quoted(says)}\n\nFrom ${from}. ${means}\n\n**What to do:** ${todo}`
  return text.replaceAll(
    /\]\(#ks-([a-z0-9-]+)\)/g,
    (_, id: string) => `](troubleshooting/KS-${id.toUpperCase()}.md)`,
  )
}

/** As a block of code: found by its exact words, and safe whatever it holds. */
const quoted = (text: string) => `\`\`\`text\n${text}\n\`\`\``

/** The first line of it, as code in a line of prose. */
const inline = (text: string) => `\`${(text.split('\n')[0] ?? '').replaceAll('`', "'")}\``
