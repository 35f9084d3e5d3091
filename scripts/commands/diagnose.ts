import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { ClusterNode } from '../../lib/cluster.ts'
import { findingsOf } from '../../lib/diagnosis/findings.ts'
import {
  type DiagnosedNode,
  type Diagnosis,
  firstPage,
  wrongLines,
} from '../../lib/diagnosis/first-page.ts'
import { readSections, type Sections } from '../../lib/diagnosis/sections.ts'
import { exitCodes, KubestrapError } from '../../lib/errors.ts'
import { plainLine } from '../../lib/text.ts'
import { withoutSecrets } from '../../lib/without-secrets.ts'
import type { Options } from '../arguments.ts'
import { callWith, throughStdin } from '../as-root.ts'
import { observeAll } from '../observe.ts'
import { meet, type Session, withSession } from '../session.ts'

declare const __VERSION__: string

/** A node with a hanging disk must not keep the others' answers. */
const limit = 120_000

/**
 * Gathers what a person would look at on all nodes into one archive; its first page says what looks
 * wrong. Changes nothing; works with nodes down and without Node.js on them.
 */
export async function diagnose(options: Options): Promise<number> {
  return withSession(options, async (session) => {
    const { nodes } = session.cluster
    const time = new Date()
    const path = resolve(options.out ?? `diagnosis-${session.cluster.name}-${stamp(time)}.tar.gz`)
    const archive = openNew(path)
    try {
      const met = await meet(session, nodes)
      const known = nodes.filter(({ name }) => !met.some(({ node }) => node === name))
      const seen = await observeAll(session, known, { options: { look: 'status' } })
      const silent = [...met, ...seen.flatMap(({ problem }) => problem ?? [])]
      const away = new Map(silent.map(({ node, what }) => [node, what]))
      const reachable = nodes.filter(({ name }) => !away.has(name))
      const told = await Promise.all(reachable.map((node) => askNode(session, node)))
      const answers = new Map(told.map((one) => [one.node, one]))
      const view = seen.find(({ inspection }) => inspection?.cluster)?.inspection?.cluster
      const diagnosis: Diagnosis = {
        ...{ cluster: session.cluster.name, version: session.cluster.kubernetesVersion },
        ...{ kit: __VERSION__, time, ...(view ? { view } : {}) },
        nodes: nodes.map((node) => diagnosed(node, away.get(node.name), answers.get(node), time)),
      }
      writeSync(archive, await packed(session, diagnosis, answers))
      tell(session, diagnosis, path)
      return exitCodes.ok
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    } finally {
      closeSync(archive)
    }
  })
}

const stamp = (time: Date) => time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')

/** Its owner's from the start, and never in place of another file. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    throw new KubestrapError(
      {
        id: 'KS-ARCHIVE',
        exit: 'usage',
        what: `${path} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
        unchanged: 'nothing was asked of any node',
        remedy: 'give another file by --out',
      },
      { cause },
    )
  }
}

interface Answer {
  readonly node: ClusterNode
  readonly sections: Sections
  readonly whole: boolean
}

async function askNode({ ssh, bundles }: Session, node: ClusterNode): Promise<Answer> {
  const mark = `kubestrap-${randomBytes(12).toString('hex')}`
  const stdin = callWith(bundles.read('diagnose.sh'), [mark])
  const { stdout } = await ssh.exec(node, throughStdin, { stdin, limit })
  return { node, ...readSections(stdout, mark) }
}

function diagnosed(
  { name, role, address }: ClusterNode,
  unreachable: string | undefined,
  answer: Answer | undefined,
  time: Date,
): DiagnosedNode {
  return {
    ...{ name, role, address },
    ...(unreachable === undefined ? {} : { unreachable }),
    ...(answer && !answer.whole ? { cut: true } : {}),
    findings: answer ? findingsOf(answer.sections, time) : [],
  }
}

/** The archive's bytes; its files are made where only this user may look. */
async function packed(
  session: Session,
  diagnosis: Diagnosis,
  answers: ReadonlyMap<ClusterNode, Answer>,
): Promise<Buffer> {
  const folder = mkdtempSync(join(session.state.sockets, 'diagnosis-'))
  const write = (path: string, text: string) =>
    writeFileSync(join(folder, path), withoutSecrets(text), { mode: 0o600 })
  write('README.md', firstPage(diagnosis))
  write('cluster.yaml', readFileSync(session.file, 'utf8'))
  if (diagnosis.view) write('status.json', JSON.stringify(diagnosis.view, undefined, 2))
  for (const [{ name }, { sections }] of answers) {
    mkdirSync(join(folder, 'nodes', name), { recursive: true, mode: 0o700 })
    for (const [title, text] of sections) write(`nodes/${name}/${title}.txt`, text)
  }
  // The first page first: it is what one sees when the archive is listed.
  const parts = ['README.md', 'cluster.yaml', 'status.json', 'nodes']
  const there = parts.filter((part) => existsSync(join(folder, part)))
  const options = { encoding: 'buffer', maxBuffer: 256 * 2 ** 20 } as const
  const argv = ['-czf', '-', '-C', folder, ...there]
  const { stdout } = await promisify(execFile)('tar', argv, options)
  return stdout
}

function tell({ print }: Session, diagnosis: Diagnosis, path: string): void {
  const wrong = wrongLines(diagnosis).map(plainLine)
  if (wrong.length === 0) print('Nothing looks wrong.')
  else for (const line of ['What looks wrong:', ...wrong.map((text) => `  ${text}`)]) print(line)
  print(`\n${path}  (readable for you only; private keys, tokens and passwords were taken out)`)
}
