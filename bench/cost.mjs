// What kubestrap costs, beside bare kubeadm and beside Ansible, on the same machines of one lab:
// `node bench/cost.mjs [--write]`. Takes about 15 minutes; --write renews docs/performance.md.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { ansible } from './cost/ansible.mjs'
import { byHand, together } from './cost/by-hand.mjs'
import { clusterFile, joinedAfter, labDo, root } from './cost/machines.mjs'
import { measured, medianBy, medianOf } from './cost/measure.mjs'

const kubestrap = (verb, ...words) =>
  measured([process.execPath, 'dist/orchestrate.mjs', verb, '--config', clusterFile, ...words])
const up = () => kubestrap('up', '--yes', '--accept-new-host-keys')
const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)}  ${text}`)

async function freshLab(controlPlanes, workers, ...more) {
  await labDo('down')
  rmSync(clusterFile, { force: true })
  await labDo('up', '--control-planes', `${controlPlanes}`, '--workers', `${workers}`, ...more)
}

/** In turns: `kubeadm join` alone takes 11 to 23 s, and the machine is not always equally fast. */
async function firstRuns(times) {
  const [firsts, hands] = [[], []]
  for (let turn = 1; turn <= times; turn += 1) {
    say(`${turn} of ${times}: six machines, and the lessons typed by a shell`)
    await freshLab(3, 3)
    hands.push(await byHand())
    say(`${turn} of ${times}: six machines again, and the first run`)
    await freshLab(3, 3)
    firsts.push({ ...(await up()), joined: joinedAfter() })
    say(`${together(hands.at(-1)).toFixed(1)} s, ${firsts.at(-1).seconds.toFixed(1)} s`)
  }
  return { first: medianBy(firsts, ({ seconds }) => seconds), hand: medianBy(hands, together) }
}

async function sixNodes() {
  const { first, hand } = await firstRuns(3)
  say('a minute for the cluster to settle, then the second run, three times')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
  const second = await medianOf(3, up)
  say('Ansible, three times')
  const playbook = await ansible()
  return { first, second, playbook, hand }
}

/** Machines without a cluster: enough to see what one node more costs the admin's computer. */
async function manyNodes(count) {
  say(`${count} bare machines, looked at three times`)
  await freshLab(3, count - 3)
  const look = () => kubestrap('plan', '--accept-new-host-keys')
  await look()
  return { count, ...(await medianOf(3, look)) }
}

const s = (value) => `${value.toFixed(1)} s`
const row = (...cells) => `| ${cells.join(' | ')} |`

function page({ first, second, playbook, hand, few, many }) {
  const bare = together(hand)
  const perNode = (many.cpu - few.cpu) / (many.count - few.count)
  return [
    ...[row('first run, six machines (median of 3)', 'time'), row('---', '---')],
    row('installing, all machines at once, by a shell', s(hand.install)),
    row('`kubeadm init`', s(hand.init)),
    ...hand.joins.map((one, index) =>
      row(`\`kubeadm join\` of control plane ${index + 2}`, s(one)),
    ),
    row('`kubeadm join` of three workers at once', s(hand.workerJoins)),
    row('**together**', `**${s(bare)}**`),
    row(
      '**kubestrap**, pod network, routes and all gates included',
      `**${s(first.seconds)}** (${(first.seconds / bare).toFixed(2)} times)`,
    ),
    row(
      'of it until the last node has joined, which is where the shell ends',
      `${s(first.joined)} (${(first.joined / bare).toFixed(2)} times)`,
    ),
    '',
    ...[
      row('nothing to do, six machines (median of 3)', 'time', "CPU of the admin's computer"),
      row('---', '---', '---'),
    ],
    row(
      `Ansible ${playbook.version}, ${playbook.tasks} small tasks, pipelining, 30 forks`,
      s(playbook.seconds),
      s(playbook.cpu),
    ),
    row(
      '**kubestrap**, all steps of all phases',
      `**${s(second.seconds)}** (${(playbook.seconds / second.seconds).toFixed(1)} times faster)`,
      s(second.cpu),
    ),
    '',
    ...[
      row('looking at machines (`plan`)', 'time', 'CPU', 'CPU a node', 'peak memory'),
      row('---', '---', '---', '---', '---'),
    ],
    ...[few, many].map(({ count, seconds, cpu, memory }) =>
      row(
        `${count} machines`,
        s(seconds),
        s(cpu),
        `${(cpu / count).toFixed(2)} s`,
        `${memory.toFixed(0)} MiB`,
      ),
    ),
    '',
    `One machine more costs ${perNode.toFixed(2)} s of CPU. Peak memory of the orchestrator in the first run: ${first.memory.toFixed(0)} MiB.`,
  ].join('\n')
}

function write(tables) {
  const path = `${root}/docs/performance.md`
  const [model] = cpus()
  const where = `Measured ${new Date().toISOString().slice(0, 10)} by \`node bench/cost.mjs\` on ${cpus().length} cores (${model?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}: the machines of the lab and the orchestrator share them.`
  const text = readFileSync(path, 'utf8')
  const [before] = text.split('<!-- measured -->')
  const [, after] = text.split('<!-- end -->')
  writeFileSync(path, `${before}<!-- measured -->\n${where}\n\n${tables}\n<!-- end -->${after}`)
}

try {
  const six = await sixNodes()
  const few = await manyNodes(6)
  const many = await manyNodes(20)
  const tables = page({ ...six, few, many })
  console.log(tables)
  if (process.argv.includes('--write')) write(tables)
} finally {
  await labDo('down')
}
