// What one command costs this computer: time on the clock, CPU with all its children, memory.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './machines.mjs'

const unified = existsSync('/sys/fs/cgroup/cgroup.controllers')
const controller = unified ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpuacct'

/** CPU seconds used in a control group: ssh's background processes count too. */
function cpuSeconds(group) {
  if (!unified) return Number(readFileSync(join(group, 'cpuacct.usage'), 'utf8')) / 1e9
  const [, usec] = /^usage_usec (\d+)/m.exec(readFileSync(join(group, 'cpu.stat'), 'utf8')) ?? []
  return Number(usec) / 1e6
}

/** Peak resident memory of a process so far, MiB: VmHWM of proc_pid_status(5). */
function peakMemory(pid) {
  try {
    const [, kib] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib ?? 0) / 1024
  } catch {
    return 0
  }
}

/** @returns `{ seconds, cpu, memory, output }` of a command. @throws when it fails */
export async function measured(argv, env = {}) {
  const group = join(controller, `kubestrap-bench-${process.pid}`)
  mkdirSync(group)
  const enter = ['-c', 'echo $$ > "$0/cgroup.procs"; exec "$@"', group, ...argv]
  const began = process.hrtime.bigint()
  const child = spawn('sh', enter, { cwd: root, env: { ...process.env, ...env } })
  child.stdin.end()
  let [output, memory] = ['', 0]
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const timer = setInterval(() => (memory = Math.max(memory, peakMemory(child.pid))), 50)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const cpu = cpuSeconds(group)
  await leave(group)
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}\n${output.slice(-4000)}`)
  return { seconds, cpu, memory, output }
}

/**
 * ssh's masters end later than who started them: Ansible's after a minute. They are waited for, so
 * that every measured run has to connect, and has a control group of its own.
 */
async function leave(group) {
  for (let time = 0; time < 1000; time += 1) {
    try {
      rmdirSync(group)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** The run with the median time of several. */
export async function medianOf(times, measure) {
  const runs = []
  for (let time = 0; time < times; time += 1) runs.push(await measure())
  return medianBy(runs, ({ seconds }) => seconds)
}

/** The one in the middle, by a number of each. */
export const medianBy = (all, number) =>
  [...all].sort((a, b) => number(a) - number(b))[Math.floor(all.length / 2)]
