// The lab's machines as this bench uses them: raised, asked over ssh, taken down.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
export const lab = 'bench'
const folder = join(root, '.lab', lab)
export const clusterFile = join(folder, 'cluster.yaml')

/** Runs a command to its end. @throws when it fails, unless told otherwise */
export function run(argv, { stdin = '', mayFail = false, env = {} } = {}) {
  const [command, ...args] = argv
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env } })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 || mayFail) resolve(output)
      else reject(new Error(`${argv.join(' ')}: exit ${code}\n${output.slice(-4000)}`))
    })
  })
}

export const labDo = (...words) => run([process.execPath, 'dist/lab.mjs', '--name', lab, ...words])

/** Seconds from the beginning of the last `up` until its last node had joined, as it wrote down. */
export function joinedAfter() {
  const runs = join(folder, '.kubestrap', lab, 'runs')
  const [last] = readdirSync(runs).sort().reverse()
  const lines = readFileSync(join(runs, last, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
  const records = lines.map((line) => JSON.parse(line))
  const joins = ({ kind, phase }) => kind === 'task-ended' && /-(init|join)$/.test(phase)
  return (Date.parse(records.findLast(joins).at) - Date.parse(records[0].at)) / 1000
}

/** Nodes of the lab's cluster file: `{ name, address, role }`. */
export const nodes = () => parse(readFileSync(clusterFile, 'utf8')).nodes

export const sshFlags = () => [
  ...['-i', join(folder, 'id_ed25519'), '-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`],
  ...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
]

/** A shell script on a machine, as root: up to its first failure, or like a person on and on. */
export const onNode = ({ address }, script, { mayFail = false } = {}) =>
  run(
    ['ssh', ...sshFlags(), `kubernetesadmin@${address}`, `sudo -n /bin/sh -${mayFail ? '' : 'e'}s`],
    { stdin: `cd /root\n${script}\n`, mayFail },
  )
