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

/** The text of docs/troubleshooting.md. */
export function troubleshootingPage(): string {
  const contents = symptoms.map(({ title }) => `- [${title}](#${anchor(title)})`)
  return [head, contents.join('\n'), ...symptoms.map(chapter)].join('\n\n').concat('\n')
}

const head = `<!-- Written by "node build.mjs --schema" from lib/error-pages/. -->
# Troubleshooting

Every error of kubestrap has a stable id, printed at the end of its first line, and a short remedy after \`next:\`. Search this page for the id, or for the words that you see; in the texts \`<...>\` stands for what differs.
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
    ...Object.entries(errors).map(([id, page]) => errorText(id, page)),
    ...(messages.length > 0 ? [`### ${title}: messages of other programs`] : []),
    ...messages.map(messageText),
  ].join('\n\n')
}

function errorText(id: string, { says, means, todo, unchanged }: ErrorPage): string {
  const lines = [`### ${id}`, quoted(says), means, `**What to do:** ${todo}`]
  return [...lines, ...(unchanged ? [`**Not changed:** ${unchanged}`] : [])].join('\n\n')
}

function messageText({ from, says, means, todo }: ForeignMessage): string {
  return `${quoted(says)}\n\nFrom ${from}. ${means}\n\n**What to do:** ${todo}`
}

/** As a block of code: found by its exact words, and safe whatever it holds. */
const quoted = (text: string) => `\`\`\`text\n${text}\n\`\`\``
