import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

declare const __ROOT__: string

/** The lab of the tests: beside a student’s own, which it never touches. Another name lets two run at once. */
export const lab = process.env.KUBESTRAP_TEST_LAB ?? 'test'
export const root = __ROOT__
export const clusterFile = join(root, '.lab', lab, 'cluster.yaml')
/** Of this test file: another one's may show join credentials on purpose. */
export const logFolder = join(
  root,
  '.test/e2e-logs',
  basename(process.argv[1] ?? 'e2e', '.test.mjs'),
)

/**
 * A folder with what no package registry has (lab/README.md): the lab is then made of the real parts.
 * Without it of stand-ins, and a test that needs the real ones says that it was skipped.
 */
export const artifacts = process.env.KUBESTRAP_ARTIFACTS
export const artifactFlags = artifacts === undefined ? [] : ['--artifacts', artifacts]

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

let number = 0

/** Runs a command; never throws for its exit code. Its output is kept in .test/e2e-logs. */
export async function run(
  command: string,
  args: readonly string[],
  options: {
    readonly stdin?: string
    readonly limit?: number
    readonly env?: NodeJS.ProcessEnv
  } = {},
): Promise<Ran> {
  const child = start(command, args, options.env)
  // A command that is done before it has read its input is no failure of ours.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin ?? '')
  return ended(child, [command, ...args].join(' '), options.limit ?? 600_000)
}

export function start(
  command: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): ChildProcess {
  return spawn(command, [...args], { cwd: root, env: { ...process.env, ...env } })
}

export function ended(child: ChildProcess, title: string, limit: number): Promise<Ran> {
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => (output.stdout += chunk))
  child.stderr?.on('data', (chunk) => (output.stderr += chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer)
      number += 1
      mkdirSync(logFolder, { recursive: true })
      const file = join(logFolder, `${String(number).padStart(3, '0')}.log`)
      writeFileSync(
        file,
        `$ ${title}\nexit ${code}\n${output.stdout}\n--- stderr\n${output.stderr}`,
      )
      resolve({ exitCode: code ?? -1, ...output })
    })
  })
}

/** Does something once, when the output of a program has shown the mark. */
export function onceShown(child: ChildProcess, mark: RegExp, what: () => void): void {
  let shown = ''
  const look = (chunk: Buffer) => {
    shown += chunk.toString('utf8')
    if (!mark.test(shown)) return
    child.stdout?.off('data', look)
    what()
  }
  child.stdout?.on('data', look)
}

/**
 * A command on a terminal, for which somebody types. Each mark is found in the whole output, so it
 * has to tell its question from those before; what is typed then is not in the log.
 */
export async function onTerminal(
  command: string,
  answers: readonly (readonly [mark: RegExp, typed: string])[],
): Promise<Ran> {
  const child = start('script', ['-qec', command, '/dev/null'])
  child.stdin?.on('error', () => undefined)
  for (const [mark, typed] of answers) onceShown(child, mark, () => void child.stdin?.write(typed))
  return ended(child, `on a terminal: ${command}`, 300_000)
}

/** One verb of the lab. @throws when it fails: then nothing after it makes sense */
export async function labDo(...words: readonly string[]): Promise<string> {
  const child = start(process.execPath, ['dist/lab.mjs', '--name', lab, ...words])
  child.stdin?.end()
  // Building everything takes long: what goes on is shown, not only kept.
  if (words[0] === 'up') child.stderr?.pipe(process.stderr)
  const ran = await ended(child, `lab ${words.join(' ')}`, 3_000_000)
  if (ran.exitCode !== 0) throw new Error(`lab ${words.join(' ')}: ${ran.stdout}${ran.stderr}`)
  return ran.stdout
}

/** A lab of the test's own from nothing: the file of an earlier one, which may have been edited, goes too. */
export async function freshLab(...words: readonly string[]): Promise<void> {
  await labDo('down')
  rmSync(clusterFile, { force: true })
  await labDo('up', ...words)
}

/** One verb of the orchestrator, on the lab's cluster file unless another is given. */
export async function kubestrap(verb: string, ...args: readonly string[]): Promise<Ran> {
  const config = args.includes('--config') ? [] : ['--config', clusterFile]
  return run(process.execPath, ['dist/orchestrate.mjs', verb, ...config, ...args])
}

/** `up` in a script's way; the text of what it said when it did not end well. */
export async function up(...args: readonly string[]): Promise<Ran> {
  return kubestrap('up', '--yes', '--accept-new-host-keys', ...args)
}

const sshOptions = (): string[] => {
  const state = join(root, '.lab', lab)
  const known = `UserKnownHostsFile=${join(state, 'known_hosts')}`
  const quiet = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'LogLevel=ERROR']
  return ['-i', join(state, 'id_ed25519'), '-o', known, ...quiet]
}

/** A command on a machine, over real ssh, as root. */
export async function onNode(node: string, script: string): Promise<Ran> {
  return asUser(node, 'sudo -n /bin/sh -s', script)
}

/** The same as the user that logs in. */
export async function asUser(node: string, command: string, stdin = ''): Promise<Ran> {
  const target = `kubernetesadmin@${addressOf(node)}`
  return run('ssh', [...sshOptions(), target, command], { stdin, limit: 300_000 })
}

/** Copies a file to a machine, for root, with the mode it has. @throws when it fails */
export async function copyTo(node: string, from: string, to: string): Promise<void> {
  const target = `kubernetesadmin@${addressOf(node)}`
  const copied = await run('scp', [...sshOptions(), from, `${target}:/tmp/copy`])
  const moved = await onNode(
    node,
    `install -D -m ${modeOf(from)} /tmp/copy '${to}' && rm /tmp/copy`,
  )
  if (copied.exitCode !== 0 || moved.exitCode !== 0)
    throw new Error(`${copied.stderr}${moved.stderr}`)
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

/** Addresses are part of the lab's layout: read from where the lab wrote them. */
export function addressOf(node: string): string {
  const octet = (
    JSON.parse(readFileSync(join(root, '.lab', lab, 'state.json'), 'utf8')) as { octet: number }
  ).octet
  const [, kind = '', index = ''] = /^k-(master|worker|spare)-(\d+)$/.exec(node) ?? []
  const base = { master: 10, worker: 40, spare: 70 }[kind] ?? 0
  return `10.${octet}.0.${base + Number(index)}`
}

/** kubectl on a control plane that lives. */
export async function kubectl(args: string, node = 'k-master-2', stdin = ''): Promise<Ran> {
  const input = stdin === '' ? '' : ` <<'MANIFEST'\n${stdin}\nMANIFEST`
  return onNode(node, `kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}${input}`)
}

export interface Status {
  readonly healthy: boolean
  readonly nodes: readonly {
    readonly name: string
    readonly reachable: boolean
    readonly known?: { readonly ready: boolean; readonly podCIDR?: string }
  }[]
  readonly etcd?: {
    readonly members: readonly { name: string; learner: boolean; answers: boolean }[]
  }
  readonly problems?: readonly string[]
}

export async function status(): Promise<Status> {
  const { stdout } = await kubestrap('status', '--json')
  return JSON.parse(stdout) as Status
}

/** Asks again and again until the answer is as wanted. @throws after `limit` milliseconds */
export async function eventually<T>(
  what: string,
  limit: number,
  ask: () => Promise<T | undefined>,
) {
  const began = Date.now()
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    if (Date.now() - began > limit) throw new Error(`not within ${limit / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

export const healthy = (limit = 180_000) =>
  eventually('the cluster is healthy', limit, async () =>
    (await status()).healthy ? true : undefined,
  )
